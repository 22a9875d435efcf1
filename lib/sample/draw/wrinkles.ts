/** Marks of age in a face: furrows, folds, and bags under the eyes. */
import { mix } from "@/sample/draw/color.ts";
import { curve, type Point, streak, stroke } from "@/sample/draw/svg.ts";
import { type Head, type Side, SIDES } from "@/sample/draw/head.ts";
import type { Person } from "@/sample/plan/traits.ts";

/** A line in the skin: a dark furrow with a light ridge under it. */
function furrow(points: Point[], { skin }: Person, width: number, strength: number): string {
  if (strength < 0.05) return "";
  const depth = strength ** 1.3; // a faint furrow hardly shows
  const ridge = curve(points.map(([x, y]): Point => [x, y + width]));
  const bottom = curve(points);
  return stroke(ridge, skin.light, width * 1.3, 0.32 * depth) +
    stroke(bottom, skin.deep, width * 2, 0.32 * depth) +
    stroke(bottom, skin.deep, width * 0.85, 0.54 * depth);
}

/** Draws the lines of a face, deeper with age and with the expression. */
export function drawWrinkles(head: Head): string {
  const { person, shot } = head;
  const deep = Math.max(0, shot.smile);
  return [
    drawForehead(head),
    ...SIDES.map((side) => drawFrown(head, side)),
    ...SIDES.map((side) =>
      drawCrowsFeet(head, side, person.marks.crowsFeet * (0.75 + 0.35 * deep))
    ),
    ...SIDES.map((side) => drawMouthLines(head, side, deep)),
    ...SIDES.map((side) => drawBag(head, side)),
  ].join("");
}

function drawForehead({ person, shot, place }: Head): string {
  const { shape, marks } = person;
  const top = shape.eyeHeight - shape.browDistance - 12, w = shape.headWidth * 0.52;
  const strength = marks.forehead * (0.8 + 0.4 * Math.max(0, shot.brows));
  return [0, 1, 2, 3].map((row) => {
    const y = top - row * 9.5, reach = w * (1 - 0.09 * row);
    const points = [-1, -0.5, 0, 0.5, 1].map((t) =>
      place(t * reach, y + 3.5 * t * t - (t === 0 ? -1.5 : 0))
    );
    return furrow(points, person, 1.7, strength * (1.1 - 0.22 * row));
  }).join("");
}

function drawFrown({ person, place }: Head, side: Side): string {
  const { shape, marks } = person;
  const y = shape.eyeHeight - shape.browDistance;
  const points = [place(side * 5, y - 9), place(side * 5.6, y - 1), place(side * 4.4, y + 7)];
  return furrow(points, person, 1.5, marks.frown * 0.8);
}

function drawCrowsFeet({ person, place }: Head, side: Side, strength: number): string {
  const { shape } = person;
  const x = shape.headWidth * shape.eyeDistance + shape.eyeSize + 3, y = shape.eyeHeight;
  return [-1, 0, 1, 2].map((ray) =>
    furrow(
      [
        place(side * x, y + ray * 2.6),
        place(side * (x + 6), y + ray * 4.8 - 0.6),
        place(side * (x + 12 - Math.abs(ray)), y + ray * 7.6 + 0.5),
      ],
      person,
      1.3,
      strength * 0.85,
    )
  ).join("");
}

/** From the nose around the mouth, and from the mouth down to the jaw. */
function drawMouthLines({ person, place }: Head, side: Side, smile: number): string {
  const { shape, marks } = person;
  const nose = shape.eyeHeight + shape.noseLength, mouth = shape.mouthHeight;
  const x = shape.noseWidth + 3, out = shape.mouthWidth + 7 + 4 * smile;
  const fold = [
    place(side * x, nose - 6),
    place(side * (x + (out - x) * 0.55), (nose + mouth) / 2 - 5),
    place(side * out, mouth - 3),
    place(side * (out - 1), mouth + 7),
  ];
  const down = [
    place(side * (shape.mouthWidth + 2), mouth + 6),
    place(side * (shape.mouthWidth + 4.5), mouth + 14),
    place(side * (shape.mouthWidth + 3.5), mouth + 22),
  ];
  const deep = marks.nasolabial * (0.75 + 0.35 * smile) + 0.22 * smile * (1 - marks.roundCheeks);
  return furrow(fold, person, 2.1, Math.min(1, deep)) +
    furrow(down, person, 1.9, marks.marionette * 0.9);
}

function drawBag({ person, place }: Head, side: Side): string {
  const { shape, skin, marks } = person;
  const x = shape.headWidth * shape.eyeDistance, r = shape.eyeSize;
  const y = shape.eyeHeight + r * 0.55, drop = 4 + 4.5 * marks.bags;
  const points = [
    place(side * (x - r * 0.95), y),
    place(side * x, y + drop),
    place(side * (x + r * 0.85), y + 1),
  ];
  const dark = mix(skin.deep, "#5a3a5a", 0.2);
  return streak(points, dark, 5, 0.26 * marks.bags) +
    streak(points, dark, 2, 0.4 * marks.bags) +
    streak(points.map(([px, py]): Point => [px, py - 4]), skin.light, 2.6, 0.4 * marks.bags);
}
