/** Eyes with their lids and lashes, and the brows above them. */
import { clamp, lerp } from "@/sample/draw/curves.ts";
import { lightness, mix } from "@/sample/draw/color.ts";
import {
  clipped,
  ellipse,
  fill,
  gradient,
  loop,
  type Point,
  spot,
  streak,
  taper,
} from "@/sample/draw/svg.ts";
import { type Head, type Side, SIDES } from "@/sample/draw/head.ts";

export function drawEyes(head: Head): string {
  return SIDES.map((side) => drawEye(head, side)).join("");
}

/** An eye's outline: its lids from the inner to the outer corner, and back. */
interface EyeShape {
  upper: Point[];
  lower: Point[];
  at: (u: number, v: number) => Point;
}

function eyeShape({ person, shot, place }: Head, side: Side): EyeShape {
  const { headWidth, eyeDistance, eyeHeight, eyeSize: size, eyeOpenness, eyeTilt } = person.shape;
  const open = Math.max(0.03, eyeOpenness * shot.eyes);
  const at = (u: number, v: number) =>
    place(side * (headWidth * eyeDistance + u * size), eyeHeight + v * size - u * eyeTilt);
  const inner = at(-1, 0.1), outer = at(1, -0.02);
  const lid = (points: readonly Point[]) => points.map(([u, v]) => at(u, v * open));
  const upper = lid([[-0.55, -0.72], [0.05, -1.02], [0.62, -0.72]]);
  const lower = lid([[0.55, 0.5], [-0.05, 0.68], [-0.6, 0.46]]);
  return { at, upper: [inner, ...upper, outer], lower: [outer, ...lower, inner] };
}

function drawEye(head: Head, side: Side): string {
  const { person: { skin, shape, makeUp }, shot } = head;
  const eye = eyeShape(head, side);
  const inside = loop([...eye.upper, ...eye.lower.slice(1, -1)]);
  const white = mix("#f4efea", skin.shade, 0.12);
  return drawLids(head, eye) +
    (shot.eyes > 0
      ? clipped(
        `eye${side}`,
        inside,
        fill(inside, white),
        spot(eye.at(-0.95, 0.1), shape.eyeSize * 0.4, 5, skin.blush, 0.6),
        drawIris(head, eye),
        streak(eye.upper, "#241418", 5, 0.24),
        streak(eye.upper, "#241418", 2.6, 0.3),
      )
      : "") +
    streak(eye.lower, mix(skin.deep, skin.blush, 0.3), 1.1, 0.55 + 0.3 * makeUp) +
    drawLashes(head, eye);
}

function drawIris({ person: { eyes, shape }, shot, light }: Head, { at }: EyeShape): string {
  const r = shape.eyeSize * shape.irisSize;
  const [gx, gy] = shot.gaze;
  const center = at(0, -0.08 + gy), [x, y] = [center[0] + gx * 8, center[1]];
  const bright = mix(eyes.iris, "#ffffff", 0.08), dark = mix(eyes.iris, "#0c0806", 0.3);
  const shine: Point = [x + (light.from[0] > 0 ? 1 : -1) * r * 0.36, y - r * 0.38];
  return ellipse([x, y], r, r, { fill: mix(eyes.iris, "#0c0806", 0.62) }) +
    ellipse([x, y], r * 0.86, r * 0.86, { fill: gradient("round", bright, eyes.iris, dark) }) +
    spot([x, y + r * 0.5], r * 0.7, r * 0.45, mix(eyes.iris, "#fff0c8", 0.55), 0.6) +
    ellipse([x, y], r * 0.42, r * 0.42, { fill: "#0b0808" }) +
    ellipse(shine, r * 0.24, r * 0.26, { fill: "#ffffff", "fill-opacity": 0.92 }) +
    spot([x - (shine[0] - x) * 0.9, y + r * 0.42], r * 0.3, r * 0.22, "#ffffff", 0.35);
}

/** The crease of the upper lid, which sinks with age until the skin hangs over the outer corner. */
function drawLids(
  { person: { skin, shape, marks, makeUp, eyes } }: Head,
  { upper, at }: EyeShape,
): string {
  const size = shape.eyeSize, gap = lerp(0.34, 0.2, marks.lidFold) * (0.7 + 0.6 * eyes.lid);
  const crease = upper.map((
    [x, y],
    i,
  ): Point => [x, y - gap * size * [0.4, 0.95, 1.1, 1, 0.75][i]!]);
  const hang = taper([at(0.1, -0.75), at(0.75, -0.5), at(1.25, 0.08)], [1, 5 * marks.lidFold, 2]);
  const shadow = mix(skin.deep, makeUp > 0.55 ? "#4a3058" : skin.deep, 0.6);
  return spot(at(0, -0.75), size * 1.25, size * 0.62, shadow, 0.3 + 0.6 * makeUp) +
    streak(crease, skin.deep, 2.4, 0.25) + streak(crease, skin.deep, 1, 0.42) +
    fill(hang, skin.shade, marks.lidFold);
}

function drawLashes(
  { person: { skin, sex, makeUp, hair }, shot }: Head,
  { upper, at }: EyeShape,
): string {
  const color = mix("#1c1210", hair.color, lightness(hair.color) > 0.5 ? 0.35 : 0.1);
  const thick = (sex === "f" ? 1.7 : 1.25) + 1.6 * makeUp;
  const line = fill(taper(upper, [0.5, thick * 0.8, thick, thick * 1.1, 0.6]), color, 0.92);
  const count = makeUp > 0.2 || sex === "f" ? 5 : 0;
  const lashes = Array.from({ length: count }, (_, i) => {
    const u = 0.25 + i * 0.2, [x, y] = upper[i < 2 ? 3 : 4]!;
    const root: Point = i < 2 ? [x - (1 - i) * 3, y - (1 - i) * 0.4] : [x, y];
    const tip = at(u + 0.28, -0.62 * shot.eyes + i * 0.09 - 0.16 * makeUp);
    return streak([root, tip], color, 0.6, 0.5 + 0.4 * makeUp);
  });
  return line + lashes.slice(2).join("") + streak(upper, skin.deep, 0.4, 0.3);
}

export function drawBrows(head: Head): string {
  return SIDES.map((side) => drawBrow(head, side)).join("");
}

function drawBrow({ person, shot, place }: Head, side: Side): string {
  const { shape, hair, makeUp, skin } = person;
  const x = shape.headWidth * shape.eyeDistance, size = shape.eyeSize;
  const y = shape.eyeHeight - shape.browDistance - 4 * shot.brows;
  const frown = Math.max(0, -shot.brows) * 2.5;
  const arch = -shape.browArch * 0.8;
  const line =
    ([[-1.1, 1.6 + frown, 0.6], [-0.5, -0.2, 1], [0.3, arch, 0.95], [1.25, 2, 0.25]] as const)
      .map(([u, dy, w]) => (
        { at: place(side * (x + u * size), y + dy, 2), width: w * shape.browWeight }
      ));
  const color = mix(mix(hair.color, "#20140e", 0.4 - 0.25 * hair.grey), skin.deep, 0.15);
  const bold = clamp(0.35 + 0.1 * shape.browWeight + 0.2 * makeUp, 0.3, 0.95);
  const points = line.map(({ at }) => at);
  const hairs = [0.1, 0.3, 0.5, 0.7, 0.9].map((t) => {
    const k = Math.min(2, Math.floor(t * 3)), [x0, y0] = points[k]!, [x1, y1] = points[k + 1]!;
    const f = t * 3 - k, px = lerp(x0, x1, f), py = lerp(y0, y1, f), w = shape.browWeight;
    const hair: Point[] = [[px - side * 1.6, py + w * 0.45], [px + side * 1.4, py - w * 0.5]];
    return streak(hair, color, 0.8, bold * 0.8);
  });
  return fill(taper(points, line.map(({ width }) => width)), color, bold * 0.9) +
    hairs.join("");
}
