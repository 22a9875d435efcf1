/** The mouth. */
import { clamp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import { clipped, fill, loop, type Point, spot, streak, symmetric } from "@/sample/draw/svg.ts";
import { type Head, SIDES } from "@/sample/draw/head.ts";

export function drawMouth(head: Head): string {
  const { person, shot, place } = head;
  const { shape, skin, makeUp, age } = person;
  const smile = shot.smile, open = shot.mouth * (smile > 0.2 ? 0.75 : 1);
  const w = shape.mouthWidth * (1 + 0.2 * Math.max(0, smile) - 0.12 * (smile < 0.2 ? open : 0));
  const y = shape.mouthHeight, lift = -5.5 * smile;
  const gap = 11 * open, up = shape.upperLip, low = shape.lowerLip;
  const at = (u: number, dy: number) =>
    place(u * w, y + dy + lift * u * u * 0.8 - 0.25 * lift, 4 * (1 - u * u));
  const color = mix(skin.lip, makeUp > 0.3 ? "#a8142e" : skin.lip, makeUp * 0.6);
  const line = (half: Point[], middle: Point) =>
    symmetric(half, middle).map(([u, dy]) => at(u, dy));
  const top = line([[-1, 0], [-0.5, -up * 0.75], [-0.17, -up]], [0, -up * 0.72]);
  const under = line([[1, 0], [0.5, gap * 0.1]], [0, 0.6]);
  const inner = line([[-1, 0], [-0.5, gap * 0.78]], [0, gap]);
  const bottom = line([[1, 0], [0.55, gap * 0.85 + low * 0.75]], [0, gap + low]);
  const hole = loop([...inner, ...under.slice(1, -1)]);
  return spot(at(0, gap + low + 4.5), w * 0.65, 6, skin.deep, 0.5) +
    fill(loop([...top, ...under.slice(1, -1)]), mix(color, skin.deep, 0.22)) +
    fill(loop([...inner, ...bottom.slice(1, -1)]), color) +
    (gap > 1.2
      ? drawTeeth(hole, at, gap, w, age)
      : streak(inner, mix(skin.deep, "#2a0a0a", 0.4), 1.3, 0.8)) +
    spot(at(0.08, gap + low * 0.5), w * 0.42, low * 0.34, "#ffe8e4", 0.3 + 0.25 * makeUp) +
    SIDES.map((side) =>
      spot(at(side * 1.03, 0), 4, 3.4, skin.deep, 0.45 + 0.2 * Math.max(0, smile))
    ).join("");
}

function drawTeeth(
  hole: string,
  at: (u: number, dy: number) => Point,
  gap: number,
  w: number,
  age: number,
): string {
  const toothless = age < 0.7;
  const white = mix("#fbf8f2", "#d8c69a", clamp(age / 110) * 0.8);
  const row = loop([
    at(-0.86, -0.5),
    at(0, -2),
    at(0.86, -0.5),
    at(0.66, gap * 0.42),
    at(0, gap * 0.56),
    at(-0.66, gap * 0.42),
  ]);
  const splits = [-0.42, -0.2, 0, 0.2, 0.42].map((u) =>
    streak([at(u, -1), at(u * 0.95, gap * 0.46)], "#8a6a60", 0.5, 0.4)
  );
  return clipped(
    "mouth",
    hole,
    fill(hole, "#3a0f12"),
    spot(at(0, gap), w * 0.55, gap * 0.5, "#b85560", 0.85),
    toothless ? "" : fill(row, white) + splits.join(""),
    streak([at(-1, -0.5), at(0, -0.5), at(1, -0.5)], "#1a0606", 2.4, 0.3),
  );
}
