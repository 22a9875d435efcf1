/** Eyes and brows, nose, mouth, and the spectacles before them. */
import { clamp, lerp } from "@/sample/draw/curves.ts";
import { lightness, mix } from "@/sample/draw/color.ts";
import {
  along,
  clipped,
  ellipse,
  fill,
  gradient,
  loop,
  type Point,
  softStreak,
  spot,
  streak,
  stroke,
  symmetric,
  taper,
} from "@/sample/draw/svg.ts";
import { bothSides, type Head, onBothSides, places, type Side } from "@/sample/draw/head.ts";

export const drawEyes = onBothSides(drawEye);

type EyeShape = ReturnType<typeof eyeShape>;

/** An eye's outline: its lids from the inner to the outer corner, and back. */
function eyeShape({ person, shot, place }: Head, side: Side) {
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
  const ball = fill(inside, white) +
    spot(eye.at(-0.95, 0.1), shape.eyeSize * 0.4, 5, skin.blush, 0.6) + drawIris(head, eye) +
    streak(eye.upper, "#241418", 5, 0.24) + streak(eye.upper, "#241418", 2.6, 0.3);
  return drawLids(head, eye) + (shot.eyes > 0 ? clipped(`eye${side}`, inside, ball) : "") +
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
function drawLids({ person }: Head, { upper, at }: EyeShape): string {
  const { skin, shape, marks, makeUp, eyes } = person;
  const size = shape.eyeSize, gap = lerp(0.34, 0.2, marks.lidFold) * (0.7 + 0.6 * eyes.lid);
  const high = [0.4, 0.95, 1.1, 1, 0.75];
  const crease = upper.map(([x, y], i): Point => [x, y - gap * size * high[i]!]);
  const hang = taper([at(0.1, -0.75), at(0.75, -0.5), at(1.25, 0.08)], [1, 5 * marks.lidFold, 2]);
  const shadow = mix(skin.deep, makeUp > 0.55 ? "#4a3058" : skin.deep, 0.6);
  return spot(at(0, -0.75), size * 1.25, size * 0.62, shadow, 0.3 + 0.6 * makeUp) +
    streak(crease, skin.deep, 2.4, 0.25) + streak(crease, skin.deep, 1, 0.42) +
    fill(hang, skin.shade, marks.lidFold);
}

function drawLashes({ person, shot }: Head, { upper, at }: EyeShape): string {
  const { skin, sex, makeUp, hair } = person;
  const color = mix("#1c1210", hair.color, lightness(hair.color) > 0.5 ? 0.35 : 0.1);
  const thick = (sex === "f" ? 1.7 : 1.25) + 1.6 * makeUp;
  const line = fill(taper(upper, [0.5, thick * 0.8, thick, thick * 1.1, 0.6]), color, 0.92);
  const lashes = [2, 3, 4].map((i) => {
    const tip = at(0.25 + i * 0.2 + 0.28, -0.62 * shot.eyes + i * 0.09 - 0.16 * makeUp);
    return streak([upper.at(-1)!, tip], color, 0.6, 0.5 + 0.4 * makeUp);
  });
  return line + (makeUp > 0.2 || sex === "f" ? lashes.join("") : "") +
    streak(upper, skin.deep, 0.4, 0.3);
}

export const drawBrows = onBothSides(drawBrow);

function drawBrow({ person, shot, place }: Head, side: Side): string {
  const { shape, hair, makeUp, skin } = person;
  const x = shape.headWidth * shape.eyeDistance, size = shape.eyeSize;
  const y = shape.eyeHeight - shape.browDistance - 4 * shot.brows;
  const frown = Math.max(0, -shot.brows) * 2.5;
  const arch = -shape.browArch * 0.8;
  const line = [[-1.1, 1.6 + frown], [-0.5, -0.2], [0.3, arch], [1.25, 2]] as const;
  const points = line.map(([u, dy]) => place(side * (x + u * size), y + dy, 2));
  const widths = [0.6, 1, 0.95, 0.25].map((width) => width * shape.browWeight);
  const color = mix(mix(hair.color, "#20140e", 0.4 - 0.25 * hair.grey), skin.deep, 0.15);
  const bold = clamp(0.35 + 0.1 * shape.browWeight + 0.2 * makeUp, 0.3, 0.95);
  const hairs = [0.1, 0.3, 0.5, 0.7, 0.9].map((t) => {
    const [px, py] = along(points, t), w = shape.browWeight;
    const hair: Point[] = [[px - side * 1.6, py + w * 0.45], [px + side * 1.4, py - w * 0.5]];
    return streak(hair, color, 0.8, bold * 0.8);
  });
  return fill(taper(points, widths), color, bold * 0.9) + hairs.join("");
}

/** Draws the nose: mostly light and shadow, with lines only around the nostrils. */
export function drawNose(head: Head): string {
  const { person: { shape, skin }, shot, light, place } = head;
  const w = shape.noseWidth * (1 + 0.08 * Math.max(0, shot.smile)), top = shape.eyeHeight - 4;
  const end = shape.eyeHeight + shape.noseLength, bridge = clamp(shape.noseBridge);
  const away = light.from[0] > 0 ? -1 : 1, middle = (top + end) / 2;
  const tip = place(0, end - 7, 17), hard = 0.35 + 0.4 * light.hardness;
  const ridge = [place(0, top, 2), place(0, middle, 9), tip];
  const flank = places(head, [[away * 5, top], [away * (w * 0.45), middle, 4]]);
  const under = places(head, [[-w * 0.8, end, 8], [0, end + 4, 10], [w * 0.8, end, 8]]);
  const wing = place(away * w * 0.9, end - 6, 5);
  return softStreak([...flank, wing], skin.deep, 6, hard * (0.3 + 0.6 * bridge)) +
    softStreak(under, skin.deep, 4.4, 0.55) +
    softStreak(ridge, skin.light, 5, 0.35 + 0.4 * bridge) +
    spot(tip, w * 0.75, w * 0.62, mix(skin.blush, skin.base, 0.5), 0.45) +
    spot([tip[0] - away * 2, tip[1] - 2], w * 0.42, w * 0.36, skin.light, 0.85) +
    bothSides((side) => drawNostril(head, side, w, end));
}

function drawNostril(head: Head, side: Side, w: number, end: number): string {
  const { skin } = head.person;
  const at = (...rows: [u: number, dy: number, lift: number][]) =>
    places(head, rows.map(([u, dy, lift]) => [w * u, end + dy, lift]), side);
  const upper = at([0.74, -w * 0.78, 8], [1.04, -w * 0.3, 6]);
  const wing = [...upper, ...at([0.92, 0.8, 6], [0.62, 0.4, 8])];
  const hole = at([0.7, 0.2, 9], [0.42, -1.2, 10], [0.22, 1.4, 10]);
  return streak(wing, skin.deep, 2.6, 0.25) + streak(wing, skin.deep, 1.1, 0.5) +
    fill(taper(hole, [0.8, w * 0.2, 0.6]), mix(skin.deep, "#1a0806", 0.45), 0.85);
}

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
    bothSides((side) =>
      spot(at(side * 1.03, 0), 4, 3.4, skin.deep, 0.45 + 0.2 * Math.max(0, smile))
    );
}

type At = (u: number, dy: number) => Point;

function drawTeeth(hole: string, at: At, gap: number, w: number, age: number): string {
  const toothless = age < 0.7;
  const white = mix("#fbf8f2", "#d8c69a", clamp(age / 110) * 0.8);
  const upper = [at(-0.86, -0.5), at(0, -2), at(0.86, -0.5)];
  const row = loop([...upper, at(0.66, gap * 0.42), at(0, gap * 0.56), at(-0.66, gap * 0.42)]);
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

export function drawSpectacles(head: Head): string {
  const { person, shot } = head;
  if (shot.glasses === "sunglasses") return drawGlasses(head, "wide", "#141416", 3, 0.9);
  const { spectacles } = person;
  if (!spectacles || shot.glasses !== "spectacles") return "";
  return drawGlasses(head, spectacles.shape, spectacles.color, spectacles.weight, 0.1);
}

/** A lens in shares of its half width: half its height, how square it is, how far down it sits. */
const LENSES = {
  ...{ round: [0.92, 0.75, 0.02], square: [0.72, 1.02, 0] },
  ...{ wide: [0.8, 0.9, 0.06], half: [0.5, 0.9, 0.32] },
};

type Kind = keyof typeof LENSES;
type Lens = [high: number, square: number, down: number];

function drawGlasses(head: Head, kind: Kind, color: string, weight: number, dark: number): string {
  const { person: { shape }, place } = head, [high, square, down] = LENSES[kind] as Lens;
  const x = shape.headWidth * shape.eyeDistance, r = Math.min(x - 7, shape.eyeSize * 1.5);
  const y = shape.eyeHeight + 2 + down * r;
  const rim = (side: Side) => {
    const k = 0.74 * square + 0.1, h = high * r;
    const upper: Point[] = [[-1, 0], [-k, -k], [0, -1], [k, -k]];
    const points: Point[] = [...upper, [1, -0.1], [k * 0.96, k], [0, 1], [-k * 0.96, k]];
    return loop(points.map(([u, v]) => place(side * (x + u * r), y + v * h, 8)));
  };
  const glass = dark > 0.5 ? gradient("down", "#101014", "#3a3a44") : "#dfe8ee";
  const bridge = places(head, [[r - x, y - 2, 10], [0, y - 5, 14], [x - r, y - 2, 10]]);
  const drawLens = (side: Side) => {
    const ear: Point = [side * shape.headWidth * 0.97 + head.shot.yaw * 6, y - 1];
    const arm = [place(side * (x + r), y - 3, 6), ear];
    const [low, top] = [side * x - r * 0.4, side * x + r * 0.15];
    const glint = places(head, [[low, y + r * 0.3, 8], [top, y - r * 0.45, 8]]);
    return fill(rim(side), glass, dark) + stroke(rim(side), color, weight) +
      streak(arm, color, weight) + streak(glint, "#ffffff", 2.2, 0.28);
  };
  return bothSides(drawLens) + streak(bridge, color, weight);
}
