/** Hair that hangs from the head: behind the shoulders, before them, and in tails and knots. */
import { bell, between } from "@/sample/dice.ts";
import { lerp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
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
import { behind, curls, strandsOf } from "@/sample/draw/strands.ts";
import type { HairStyle } from "@/sample/plan/hair_styles.ts";

export function drawBackHair(head: Head): string {
  const { style } = head.person.hair;
  const extra = style.extra ? EXTRAS[style.extra](head) : "";
  return (style.length > 0 ? drawMane(head) : "") + extra;
}

function drawMane(head: Head): string {
  const { person: { hair, shape } } = head;
  const { style } = hair, w = shape.headWidth + style.side, shift = behind(head);
  const random = strandsOf(head, "mane");
  const wave = () => style.curl * 7 * bell(random);
  const side = (sign: Side): Point[] => [
    [sign * w * 0.8 + shift, -70],
    [sign * (w + 2) + shift, -10],
    [sign * (w + style.flare * 0.5) + wave() + shift, style.length * 0.35],
    [sign * (w + style.flare) + wave() + shift * 0.5, style.length * 0.7],
    [sign * (w + style.flare * 0.6) * 0.92 + wave(), style.length],
    [sign * w * 0.45, style.length + 6 + wave()],
  ];
  const path = loop([...side(1), ...side(-1).reverse()]);
  const strands = Array.from({ length: 34 }, () => {
    const u = between(random, -1, 1), bend = style.curl * 14 * bell(random);
    const x = u * (w + style.flare * 0.6);
    const upper: Point[] = [[u * w * 0.8 + shift, -50], [x * 1.02 + shift, style.length * 0.3]];
    const lower: Point[] = [[x + bend, style.length * 0.65], [x * 0.95 - bend, style.length + 4]];
    const color = random() < 0.5 ? hair.light : hair.dark;
    return streak([...upper, ...lower], color, between(random, 0.8, 2.6), 0.4);
  });
  return clipped(
    "mane",
    path,
    fill(path, mix(hair.color, hair.dark, 0.5)),
    ...strands,
    spot([0, 60], w * 0.9, 90, hair.dark, 0.85),
  ) + curls(head, side(1).slice(1, 5), "right") + curls(head, side(-1).slice(1, 5), "left");
}

/** Draws tails and knots behind the head, on one side or both. */
const EXTRAS: Record<NonNullable<HairStyle["extra"]>, (head: Head) => string> = {
  pigtails: (head) =>
    SIDES.map((side) => drawTail(head, [side * 74, -20], [side * 112, 8], [side * 100, 66], 26))
      .join(""),
  braids: (head) => SIDES.map((side) => drawBraid(head, side)).join(""),
  ponytail: (head) => drawTail(head, [30, -80], [96, -40], [88, 90], 30),
  topknot: (head) => drawKnot(head, [behind(head), -122], 27),
  bun: (head) => drawKnot(head, [behind(head), -104], 30),
};

function drawTail(
  { person: { hair } }: Head,
  root: Point,
  bend: Point,
  tip: Point,
  width: number,
): string {
  const middle: Point = [(bend[0] + tip[0]) / 2 + 4, (bend[1] + tip[1]) / 2];
  const path = taper([root, bend, middle, tip], [width * 0.5, width, width * 0.9, 3]);
  const strands = [-0.3, -0.1, 0.1, 0.3].map((u) => {
    const points: Point[] = [root, [bend[0] + u * width, bend[1]], [tip[0] + u * 8, tip[1] - 8]];
    return streak(points, u > 0 ? hair.light : hair.dark, 1.6, 0.45);
  });
  return fill(path, mix(hair.color, hair.dark, 0.25)) + strands.join("") +
    ellipse(root, 7, 6, { fill: "#b83a5a" });
}

function drawBraid(head: Head, side: Side): string {
  const { hair, shape } = head.person;
  const x = side * (shape.headWidth + 4);
  return Array.from({ length: 9 }, (_, i) => {
    const y = 20 + i * 13, lean = (i % 2 ? 1 : -1) * 2.5;
    const fill = i % 2 ? hair.color : mix(hair.color, hair.dark, 0.4);
    const fold: Point[] = [[x + lean - 6, y - 4], [x + lean, y + 2], [x + lean + 6, y - 3]];
    return ellipse([x + lean, y], 9.5 - i * 0.45, 8.5, { fill }) +
      streak(fold, hair.dark, 1.1, 0.6);
  }).join("");
}

function drawKnot({ person: { hair } }: Head, [x, y]: Point, size: number): string {
  const rings = [0.85, 0.6, 0.35].map((t) =>
    streak(
      [[x - size * t, y + 3], [x, y - size * t * 0.75], [x + size * t, y + 3]],
      t > 0.5 ? hair.light : hair.dark,
      1.5,
      0.5,
    )
  );
  return ellipse([x, y], size, size * 0.82, { fill: gradient("down", hair.color, hair.dark) }) +
    rings.join("");
}

/** Draws long hair that falls before the shoulders, on both sides of the face. */
export function drawLocks(head: Head): string {
  const { style } = head.person.hair;
  return style.length > 95 ? SIDES.map((side) => drawLock(head, side)).join("") : "";
}

function drawLock(head: Head, side: Side): string {
  const { person: { hair, shape } } = head, { style } = hair;
  const random = strandsOf(head, `lock ${side}`);
  const w = shape.headWidth, end = style.length + 12 * bell(random), wave = style.curl * 8;
  const out = w + style.side + style.flare * 0.7, shift = behind(head);
  const rim: Point[] = [
    [side * (w + style.side) + shift, -20],
    [side * (out + wave * bell(random)), end * 0.4],
    [side * (out + wave * bell(random)), end * 0.75],
    [side * (out - 12), end],
    [side * (w * 0.62), end - 6],
    [side * (w * 0.66 + wave * bell(random)), end * 0.66],
    [side * (w * 0.86), end * 0.34],
    [side * (w * 0.94) + shift * 0.4, -10],
  ];
  const strands = Array.from({ length: 13 }, (_, i) => {
    const u = (i + 0.5) / 13, mid = lerp(w * 0.72, out, u), bend = wave * bell(random);
    const top: Point = [side * lerp(w * 0.94, w + style.side, u), -15];
    const points: Point[] = [top, [side * (mid + bend), end * 0.5], [side * (mid - bend), end]];
    return streak(points, random() < 0.5 ? hair.light : hair.dark, between(random, 0.8, 2.4), 0.42);
  });
  return clipped(
    `lock${side}`,
    loop(rim),
    fill(loop(rim), hair.color),
    ...strands,
    spot([side * w * 0.7, 50], 24, 60, hair.dark, 0.55),
  );
}
