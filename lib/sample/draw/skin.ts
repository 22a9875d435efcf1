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
  type Point,
  spot,
  streak,
  stroke,
} from "@/sample/draw/svg.ts";
import { type Head, type Side, SIDES } from "@/sample/draw/head.ts";
import { drawWrinkles } from "@/sample/draw/wrinkles.ts";

/** Draws the ears, which the head then partly covers. */
export function drawEars(head: Head): string {
  return SIDES.map((side) => drawEar(head, side)).join("");
}

function drawEar({ person: { shape, skin, age }, shot }: Head, side: Side): string {
  const turn = Math.sin(shot.yaw) * side; // positive: this ear turns away
  const w = shape.headWidth * shape.templeWidth * (1 - 0.12 * Math.abs(Math.sin(shot.yaw)));
  const size = shape.earSize, reach = 0.62 * (1 - 1.1 * turn);
  const x = (dx: number) => side * (w - 5 + dx * size * reach - Math.max(0, turn) * 10);
  const y = (dy: number) => shape.eyeHeight + 12 + dy * size + rise(age, 40, 90) * 3;
  const at = (points: readonly Point[]) => points.map(([u, v]): Point => [x(u), y(v)]);
  const rim = at([
    ...[[-0.2, -0.9], [0.5, -1.05], [0.98, -0.55]] as const,
    ...[[0.8, 0.2], [0.42, 0.95], [-0.1, 0.9]] as const,
  ]);
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
  const right: Point[] = [...throat, [w * 1.1, chin + 34]];
  const wide = Math.min(w * 3, shape.shoulderWidth * 0.86);
  const base: Point[] = [[w * 1.9, chin + 52], [wide, chin + 90]];
  const left = [...right, ...base].map(([x, y]): Point => [-x + (y < chin ? sway : 0), y])
    .reverse();
  const path = loop([...right, ...base, ...left]);
  const jaw = (drop: number) =>
    loop([
      [-w * 2, 30],
      [w * 2, 30],
      ...outline.slice(5, 12).map(([x, y]): Point => [x * 0.9, y + 14 + drop]),
    ]);
  const lines = [16, 26, 35].map((dy, i) =>
    streak(
      [[-w * 0.8, chin + dy], [0, chin + dy + 6], [w * 0.75, chin + dy - 1 + i]],
      skin.deep,
      1.3,
      0.55 * marks.neckLines,
    )
  );
  return clipped(
    "neck",
    path,
    fill(path, mix(skin.base, skin.shade, 0.35)),
    ...[-6, -2, 2, 6].map((drop) => fill(jaw(drop), skin.deep, 0.26)),
    spot([-w, chin + 20], w * 0.6, 60, skin.deep, 0.4),
    spot([w, chin + 20], w * 0.6, 60, skin.deep, 0.4),
    spot([0, chin + 62], w * 1.3, 26, skin.light, 0.35),
    ...lines,
  );
}

/** Draws the bare face: its form by light and shadow, and the marks of age. */
export function drawFace(head: Head): string {
  const { person: { skin }, outline } = head;
  const path = loop(outline);
  return clipped(
    "face",
    path,
    fill(path, skin.base),
    drawForm(head),
    drawColors(head),
    drawWrinkles(head),
    drawSpots(head),
  ) + stroke(path, skin.deep, 1, 0.3);
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
    ...SIDES.flatMap((side) => [
      spot(place(side * w * 0.86, -40), w * 0.34, 44, skin.shade, 0.5),
      spot(place(side * eye, eyeHeight - 3), w * 0.33, 17, skin.shade, 0.5 + 0.22 * marks.lidFold),
      spot(place(side * eye * 0.5, eyeHeight - 2), 9, 14, skin.deep, hollow),
      spot(place(side * eye * 1.12, cheek - 4), 22 * round, 17 * round, skin.light, 0.5),
      spot(place(side * w * 0.74, cheek + 17), 17, 34, skin.shade, 0.55 * (1 - marks.roundCheeks)),
    ]),
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
  const blotches = Array.from({ length: Math.round(26 * marks.blotches) }, () => {
    const at = place(between(random, -0.9, 0.9) * shape.headWidth, between(random, -60, 95));
    const rx = between(random, 5, 15), ry = between(random, 4, 11);
    return spot(at, rx, ry, random() < 0.55 ? skin.blush : skin.shade, 0.4 * marks.blotches);
  });
  return SIDES.map((side) => spot(place(side * x, y), 25, 20, skin.blush, red)).join("") +
    blotches.join("");
}

/** Freckles of the young, dark spots of the old: the same in all photos of a person. */
function drawSpots({ person, place }: Head): string {
  const { shape, skin, marks, freckles } = person;
  const random = createRandom(person.seed, "spots");
  const w = shape.headWidth;
  const old = Array.from({ length: Math.round(20 * marks.spots ** 1.5) }, () => {
    const x = between(random, -0.9, 0.9) * w, y = between(random, -85, 80);
    const size = between(random, 1.2, 3.6);
    const look = { fill: skin.deep, "fill-opacity": between(random, 0.2, 0.45) };
    return ellipse(place(x, y), size, size * 0.75, look);
  });
  const young = Array.from({ length: Math.round(46 * freckles) }, () => {
    const at = place(0.34 * w * bell(random), shape.eyeHeight + 20 + 9 * bell(random));
    return ellipse(at, 1.1, 0.9, { fill: mix(skin.deep, skin.blush, 0.4), "fill-opacity": 0.4 });
  });
  return [...old, ...young].join("");
}
