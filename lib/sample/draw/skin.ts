/** The skin of ears, neck and face, with its light, its shadows, and the marks of age. */
import { createRandom } from "@/base/random.ts";
import { bell, between } from "@/sample/dice.ts";
import { rise } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import {
  clipped,
  ellipse,
  fill,
  loop,
  many,
  type Point,
  spot,
  streak,
  stroke,
} from "@/sample/draw/svg.ts";
import { bothSides, type Head, onBothSides, places, type Side } from "@/sample/draw/head.ts";

/** Draws the ears, which the head then partly covers. */
export const drawEars = onBothSides(drawEar);

function drawEar({ person: { shape, skin, age }, shot }: Head, side: Side): string {
  const turn = Math.sin(shot.yaw) * side; // positive: this ear turns away
  const w = shape.headWidth * shape.templeWidth * (1 - 0.12 * Math.abs(Math.sin(shot.yaw)));
  const size = shape.earSize, reach = 0.62 * (1 - 1.1 * turn);
  const x = (dx: number) => side * (w - 5 + dx * size * reach - Math.max(0, turn) * 10);
  const y = (dy: number) => shape.eyeHeight + 12 + dy * size + rise(age, 40, 90) * 3;
  const at = (points: readonly Point[]) => points.map(([u, v]): Point => [x(u), y(v)]);
  const rim = [
    ...at([[-0.2, -0.9], [0.5, -1.05], [0.98, -0.55]]),
    ...at([[0.8, 0.2], [0.42, 0.95], [-0.1, 0.9]]),
  ];
  const fold = at([[0.1, -0.55], [0.55, -0.75], [0.68, -0.3], [0.4, 0.4]]);
  return fill(loop(rim), mix(skin.base, skin.blush, 0.35)) +
    spot([x(0.35), y(-0.1)], size * 0.38 * reach * 1.5, size * 0.6, skin.deep, 0.55) +
    streak(fold, skin.shade, 1.6, 0.9) + stroke(loop(rim), skin.shade, 0.9, 0.6);
}

/** Draws the neck down to where clothes begin, with the shadow of the chin on it. */
export function drawNeck({ person: { shape, skin, marks }, shot, outline }: Head): string {
  const w = shape.neckWidth, chin = shape.chinHeight + shape.neckLength;
  const sway = Math.sin(shot.yaw) * 8;
  const throat: Point[] = [[w + sway * 0.6, 40], [w * 0.96 + sway * 0.4, chin + 10]];
  const wide = Math.min(w * 3, shape.shoulderWidth * 0.86);
  const half = [...throat, [w * 1.1, chin + 34], [w * 1.9, chin + 52], [wide, chin + 90]] as const;
  const left = half.map(([x, y]): Point => [-x + (y < chin ? sway : 0), y]).reverse();
  const path = loop([...half, ...left]);
  const jaw = (drop: number) => {
    const edge = outline.slice(5, 12).map(([x, y]): Point => [x * 0.9, y + 14 + drop]);
    return loop([[-w * 2, 30], [w * 2, 30], ...edge]);
  };
  const lines = [16, 26, 35].map((dy, i) => {
    const y = chin + dy, line: Point[] = [[-w * 0.8, y], [0, y + 6], [w * 0.75, y - 1 + i]];
    return streak(line, skin.deep, 1.3, 0.55 * marks.neckLines);
  });
  return clipped(
    "neck",
    path,
    fill(path, mix(skin.base, skin.shade, 0.35)),
    ...[-6, -2, 2, 6].map((drop) => fill(jaw(drop), skin.deep, 0.26)),
    bothSides((side) => spot([side * w, chin + 20], w * 0.6, 60, skin.deep, 0.4)),
    spot([0, chin + 62], w * 1.3, 26, skin.light, 0.35),
    ...lines,
  );
}

/** Draws the bare face: its form by light and shadow, and the marks of age. */
export function drawFace(head: Head): string {
  const { person: { skin }, outline } = head;
  const path = loop(outline), marks = drawColors(head) + drawWrinkles(head) + drawSpots(head);
  return clipped("face", path, fill(path, skin.base), drawForm(head), marks) +
    stroke(path, skin.deep, 1, 0.3);
}

/** Light and shadow that make a flat outline round. */
function drawForm({ person: { shape, skin, marks }, place, light }: Head): string {
  const { headWidth: w, eyeHeight, eyeDistance, chinHeight, mouthHeight } = shape;
  const [lx, ly] = light.from, hard = light.hardness;
  const away = -Math.sign(lx || 1), dark = 0.25 + 0.5 * hard * Math.abs(lx);
  const eye = w * eyeDistance, cheek = (eyeHeight + mouthHeight) / 2 + 4;
  const round = 1 + 0.35 * marks.roundCheeks, hollow = 0.28 * (1 - 0.7 * marks.roundCheeks);
  return [
    spot([lx * 40, -22 + ly * 30], 100, 120, skin.light, 0.5 + 0.25 * hard),
    spot([away * w * 1.08, 10], w * 0.85, 135, skin.deep, dark),
    spot([-away * w * 1.12, 20], w * 0.5, 120, skin.shade, 0.55),
    spot(place(0, -58), w * 0.62, 30, skin.light, 0.45),
    spot(place(0, chinHeight + 10), w * 0.75, 26, skin.deep, 0.5),
    bothSides((side) =>
      spot(place(side * w * 0.86, -40), w * 0.34, 44, skin.shade, 0.5) +
      spot(place(side * eye, eyeHeight - 3), w * 0.33, 17, skin.shade, 0.5 + 0.22 * marks.lidFold) +
      spot(place(side * eye * 0.5, eyeHeight - 2), 9, 14, skin.deep, hollow) +
      spot(place(side * eye * 1.12, cheek - 4), 22 * round, 17 * round, skin.light, 0.5) +
      spot(place(side * w * 0.74, cheek + 17), 17, 34, skin.shade, 0.55 * (1 - marks.roundCheeks))
    ),
    spot(place(0, mouthHeight + 14), 20, 7, skin.deep, 0.32),
    spot(place(0, chinHeight - 11), 17, 11, skin.light, 0.5),
  ].join("");
}

/** Red cheeks, and with the years a skin of many colours. */
function drawColors({ person, shot, place }: Head): string {
  const { shape, skin, marks, makeUp } = person;
  const x = shape.headWidth * 0.56, y = (shape.eyeHeight + shape.mouthHeight) / 2 + 3;
  const red = 0.15 + 0.5 * marks.rosyCheeks + 0.3 * makeUp + 0.12 * Math.max(0, shot.smile);
  const random = createRandom(person.seed, "blotches");
  const blotches = many(Math.round(26 * marks.blotches), () => {
    const at = place(between(random, -0.9, 0.9) * shape.headWidth, between(random, -60, 95));
    const rx = between(random, 5, 15), ry = between(random, 4, 11);
    return spot(at, rx, ry, random() < 0.55 ? skin.blush : skin.shade, 0.4 * marks.blotches);
  });
  return bothSides((side) => spot(place(side * x, y), 25, 20, skin.blush, red)) + blotches;
}

/** Freckles of the young, dark spots of the old: the same in all photos of a person. */
function drawSpots({ person, place }: Head): string {
  const { shape, skin, marks, freckles } = person;
  const random = createRandom(person.seed, "spots");
  const w = shape.headWidth;
  const old = many(Math.round(20 * marks.spots ** 1.5), () => {
    const x = between(random, -0.9, 0.9) * w, y = between(random, -85, 80);
    const size = between(random, 1.2, 3.6);
    const look = { fill: skin.deep, "fill-opacity": between(random, 0.2, 0.45) };
    return ellipse(place(x, y), size, size * 0.75, look);
  });
  return old + many(Math.round(46 * freckles), () => {
    const at = place(0.34 * w * bell(random), shape.eyeHeight + 20 + 9 * bell(random));
    return ellipse(at, 1.1, 0.9, { fill: mix(skin.deep, skin.blush, 0.4), "fill-opacity": 0.4 });
  });
}

/** A line in the skin, through places on one side of the face: a dark furrow with a light ridge under it. */
function furrow(head: Head, side: Side, line: readonly Point[], width: number, strength: number) {
  if (strength < 0.05) return "";
  const { skin } = head.person, points = places(head, line, side);
  const depth = strength ** 1.3; // a faint furrow hardly shows
  return streak(points.map(([x, y]) => [x, y + width]), skin.light, width * 1.3, 0.32 * depth) +
    streak(points, skin.deep, width * 2, 0.32 * depth) +
    streak(points, skin.deep, width * 0.85, 0.54 * depth);
}

function drawWrinkles(head: Head): string {
  const sides = [drawFrown, drawCrowsFeet, drawMouthLines, drawBag].map(onBothSides);
  return [drawForehead, ...sides].map((draw) => draw(head)).join("");
}

function drawForehead(head: Head): string {
  const { person: { shape, marks }, shot } = head;
  const top = shape.eyeHeight - shape.browDistance - 12, w = shape.headWidth * 0.52;
  const strength = marks.forehead * (0.8 + 0.4 * Math.max(0, shot.brows));
  return many(4, (row) => {
    const y = top - row * 9.5, reach = w * (1 - 0.09 * row);
    const dip = (t: number) => y + 3.5 * t * t - (t === 0 ? -1.5 : 0);
    const line = [-1, -0.5, 0, 0.5, 1].map((t): Point => [t * reach, dip(t)]);
    return furrow(head, 1, line, 1.7, strength * (1.1 - 0.22 * row));
  });
}

function drawFrown(head: Head, side: Side): string {
  const { shape, marks } = head.person, y = shape.eyeHeight - shape.browDistance;
  const line: Point[] = [[5, y - 9], [5.6, y - 1], [4.4, y + 7]];
  return furrow(head, side, line, 1.5, marks.frown * 0.8);
}

function drawCrowsFeet(head: Head, side: Side): string {
  const { shape, marks } = head.person;
  const x = shape.headWidth * shape.eyeDistance + shape.eyeSize + 3, y = shape.eyeHeight;
  const strength = marks.crowsFeet * (0.75 + 0.35 * Math.max(0, head.shot.smile));
  return many(4, (k) => {
    const ray = k - 1, end: Point = [x + 12 - Math.abs(ray), y + ray * 7.6 + 0.5];
    const line: Point[] = [[x, y + ray * 2.6], [x + 6, y + ray * 4.8 - 0.6], end];
    return furrow(head, side, line, 1.3, strength * 0.85);
  });
}

/** From the nose around the mouth, and from the mouth down to the jaw. */
function drawMouthLines(head: Head, side: Side): string {
  const { shape, marks } = head.person, smile = Math.max(0, head.shot.smile);
  const nose = shape.eyeHeight + shape.noseLength, mouth = shape.mouthHeight;
  const x = shape.noseWidth + 3, w = shape.mouthWidth, out = w + 7 + 4 * smile;
  const middle: Point = [x + (out - x) * 0.55, (nose + mouth) / 2 - 5];
  const fold: Point[] = [[x, nose - 6], middle, [out, mouth - 3], [out - 1, mouth + 7]];
  const down: Point[] = [[w + 2, mouth + 6], [w + 4.5, mouth + 14], [w + 3.5, mouth + 22]];
  const deep = marks.nasolabial * (0.75 + 0.35 * smile) + 0.22 * smile * (1 - marks.roundCheeks);
  return furrow(head, side, fold, 2.1, Math.min(1, deep)) +
    furrow(head, side, down, 1.9, marks.marionette * 0.9);
}

function drawBag(head: Head, side: Side): string {
  const { shape, skin, marks } = head.person;
  const x = shape.headWidth * shape.eyeDistance, r = shape.eyeSize;
  const y = shape.eyeHeight + r * 0.55, drop = 4 + 4.5 * marks.bags;
  const points = places(head, [[x - r * 0.95, y], [x, y + drop], [x + r * 0.85, y + 1]], side);
  const dark = mix(skin.deep, "#5a3a5a", 0.2);
  return streak(points, dark, 5, 0.26 * marks.bags) +
    streak(points, dark, 2, 0.4 * marks.bags) +
    streak(points.map(([px, py]): Point => [px, py - 4]), skin.light, 2.6, 0.4 * marks.bags);
}
