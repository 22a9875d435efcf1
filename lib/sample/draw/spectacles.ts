/** Spectacles and sunglasses. */
import { curve, fill, gradient, loop, type Point, streak, stroke } from "@/sample/draw/svg.ts";
import { type Head, type Side, SIDES } from "@/sample/draw/head.ts";

export function drawSpectacles(head: Head): string {
  const { person, shot } = head;
  if (shot.glasses === "sunglasses") return drawGlasses(head, LENSES.wide, "#141416", 3, 0.9);
  const { spectacles } = person;
  if (!spectacles || shot.glasses !== "spectacles") return "";
  return drawGlasses(head, LENSES[spectacles.shape], spectacles.color, spectacles.weight, 0.1);
}

/** A lens in shares of its half width: half its height, how square it is, how far down it sits. */
const LENSES = {
  round: { high: 0.92, square: 0.75, down: 0.02 },
  square: { high: 0.72, square: 1.02, down: 0 },
  wide: { high: 0.8, square: 0.9, down: 0.06 },
  half: { high: 0.5, square: 0.9, down: 0.32 },
};

function drawGlasses(
  head: Head,
  lens: (typeof LENSES)["round"],
  color: string,
  weight: number,
  dark: number,
): string {
  const { person: { shape }, place } = head;
  const x = shape.headWidth * shape.eyeDistance, r = Math.min(x - 7, shape.eyeSize * 1.5);
  const y = shape.eyeHeight + 2 + lens.down * r;
  const rim = (side: Side) => {
    const k = 0.74 * lens.square + 0.1, h = lens.high * r;
    const upper: Point[] = [[-1, 0], [-k, -k], [0, -1], [k, -k]];
    const points: Point[] = [...upper, [1, -0.1], [k * 0.96, k], [0, 1], [-k * 0.96, k]];
    return loop(points.map(([u, v]) => place(side * (x + u * r), y + v * h, 8)));
  };
  const glass = dark > 0.5 ? gradient("down", "#101014", "#3a3a44") : "#dfe8ee";
  const bridge = curve([place(-(x - r), y - 2, 10), place(0, y - 5, 14), place(x - r, y - 2, 10)]);
  return SIDES.map((side) => {
    const ear: Point = [side * shape.headWidth * 0.97 + head.shot.yaw * 6, y - 1];
    const arm = curve([place(side * (x + r), y - 3, 6), ear]);
    const glint = [
      place(side * x - r * 0.4, y + r * 0.3, 8),
      place(side * x + r * 0.15, y - r * 0.45, 8),
    ];
    return fill(rim(side), glass, dark) + stroke(rim(side), color, weight) +
      stroke(arm, color, weight) + streak(glint, "#ffffff", 2.2, 0.28);
  }).join("") + stroke(bridge, color, weight);
}
