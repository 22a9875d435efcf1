/** Clothes on the shoulders. */
import { mix } from "@/sample/draw/color.ts";
import {
  clipped,
  curve,
  ellipse,
  fill,
  loop,
  mirrored,
  type Point,
  polygon,
  spot,
  streak,
  stroke,
  symmetric,
} from "@/sample/draw/svg.ts";
import { type Head, SIDES } from "@/sample/draw/head.ts";
import { type Clothes, folded } from "@/sample/plan/outfit.ts";

export function drawClothes(head: Head): string {
  const { person: { shape }, shot: { clothes } } = head;
  const chin = shape.chinHeight + shape.neckLength, s = shape.shoulderWidth, n = shape.neckWidth;
  const neckline = NECKLINES[clothes.kind](n, chin);
  const shoulder: Point[] = [[n * 1.9, chin + 31], [s * 0.82, chin + 46], [s, chin + 78]];
  const right: Point[] = [...shoulder, [s * 1.12, chin + 170], [s * 1.15, chin + 420]];
  const path = curve(neckEdge(neckline)) + "L" +
    curve(right).slice(1) + "L" + curve(mirrored(right).reverse()).slice(1) + "Z";
  const dark = folded(clothes.color);
  return clipped(
    "clothes",
    path,
    fill(path, clothes.color),
    PATTERNS[clothes.pattern](clothes),
    ...SIDES.map((side) => spot([side * s * 1.05, chin + 160], s * 0.5, 150, dark, 0.75)),
    spot([0, chin + 26], n * 2.4, 26, dark, 0.7),
    ...SIDES.map((side) =>
      streak(
        [[side * s * 0.62, chin + 190], [side * s * 0.68, chin + 130], [side * s * 0.8, chin + 90]],
        dark,
        3,
        0.5,
      )
    ),
  ) + COLLARS[clothes.kind](head, clothes);
}

/** The whole edge of an opening at the neck. */
function neckEdge(half: readonly Point[]): Point[] {
  return symmetric(mirrored(half.slice(0, -1)), half.at(-1)!);
}

/** The edge of the opening at the neck: its left half from the shoulder to the middle, mirrored. */
const NECKLINES: Record<Clothes["kind"], (neck: number, chin: number) => Point[]> = {
  crew: (n, c) => [[n * 1.5, c + 27], [n * 1.1, c + 37], [0, c + 50]],
  vneck: (n, c) => [[n * 1.5, c + 26], [n * 0.9, c + 50], [0, c + 92]],
  shirt: (n, c) => [[n * 1.3, c + 22], [n * 0.9, c + 36], [0, c + 64]],
  suit: (n, c) => [[n * 1.3, c + 22], [n * 0.9, c + 34], [0, c + 46]],
  hood: (n, c) => [[n * 1.4, c + 22], [n * 1.1, c + 36], [0, c + 50]],
  straps: (n, c) => [[n * 2.1, c + 36], [n * 1.7, c + 66], [0, c + 88]],
  turtleneck: (n, c) => [[n * 1.02, c + 10], [n * 0.8, c + 17], [0, c + 22]],
};

const none = () => "";

/** Collars and seams around the neck. */
const COLLARS: Record<Clothes["kind"], (head: Head, clothes: Clothes) => string> = {
  crew: (head, clothes) => drawSeam(head, clothes, 5),
  vneck: (head, clothes) => drawSeam(head, clothes, 4),
  shirt: (head, clothes) => drawCollar(head, clothes.color) + drawButtons(head, clothes),
  suit: (head, clothes) => drawSuit(head, clothes),
  hood: (head, clothes) => drawHood(head, clothes),
  straps: none,
  turtleneck: (head, clothes) => drawSeam(head, clothes, 3),
};

function drawSeam({ person: { shape } }: Head, { kind, color }: Clothes, width: number): string {
  const line = NECKLINES[kind](shape.neckWidth, shape.chinHeight + shape.neckLength);
  const edge = curve(neckEdge(line));
  return stroke(edge, mix(color, "#000000", 0.22), width, 0.9) +
    stroke(edge, mix(color, "#ffffff", 0.2), 0.8, 0.5);
}

function drawCollar({ person: { shape } }: Head, color: string): string {
  const n = shape.neckWidth, c = shape.chinHeight + shape.neckLength;
  return SIDES.map((side) => {
    const flap = polygon([
      [side * n * 1.35, c + 18],
      [side * n * 1.75, c + 40],
      [side * n * 0.95, c + 72],
      [side * n * 0.08, c + 64],
      [side * n * 0.85, c + 36],
    ]);
    return fill(flap, mix(color, "#ffffff", 0.14)) + stroke(flap, folded(color), 1, 0.6);
  }).join("");
}

function drawButtons({ person: { shape } }: Head, { color }: Clothes): string {
  const c = shape.chinHeight + shape.neckLength;
  return streak([[0, c + 66], [1, c + 300]], folded(color), 1.4, 0.6) +
    [86, 118, 150].map((dy) => ellipse([3, c + dy], 2.6, 2.6, { fill: mix(color, "#ffffff", 0.5) }))
      .join("");
}

function drawSuit(head: Head, { color, second }: Clothes): string {
  const { shape } = head.person, n = shape.neckWidth, c = shape.chinHeight + shape.neckLength;
  const bib = polygon([
    ...symmetric([[-n * 1.2, c + 26]], [0, c + 46]),
    ...symmetric([[n * 0.8, c + 140]], [0, c + 210]),
  ]);
  const knot: Point[] = [[-7, c + 52], [7, c + 52]];
  const tie = polygon([...knot, ...symmetric([[10, c + 66], [14, c + 170]], [0, c + 200])]);
  const lapels = SIDES.map((side) => {
    const lapel = polygon([
      [side * n * 1.35, c + 24],
      [side * n * 1.9, c + 62],
      [side * n * 1.35, c + 84],
      [side * 4, c + 214],
      [side * n * 0.72, c + 110],
    ]);
    return fill(lapel, mix(color, "#000000", 0.18)) + stroke(lapel, "#000000", 0.8, 0.4);
  });
  return fill(bib, "#f0eeea") + (head.person.sex === "m" ? fill(tie, second) : "") +
    lapels.join("") + drawCollar(head, "#f0eeea");
}

function drawHood({ person: { shape } }: Head, { color }: Clothes): string {
  const n = shape.neckWidth, c = shape.chinHeight + shape.neckLength;
  const roll = SIDES.map((side) =>
    fill(
      loop([
        [side * n * 1.25, c + 8],
        [side * n * 2.1, c + 26],
        [side * n * 1.7, c + 52],
        [side * n * 0.5, c + 68],
        [side * 2, c + 56],
        [side * n * 0.9, c + 38],
      ]),
      mix(color, "#000000", 0.14),
    )
  );
  const strings = SIDES.map((side) =>
    streak([[side * 12, c + 62], [side * 14, c + 84], [side * 13, c + 104]], "#eeeae4", 2.2, 0.9)
  );
  return roll.join("") + strings.join("");
}

const PATTERNS: Record<Clothes["pattern"], (clothes: Clothes) => string> = {
  plain: none,
  stripes: ({ second }) =>
    rows(14, (y) => streak([[-240, y + 14], [0, y], [240, y + 14]], second, 9, 0.8)),
  checks: ({ second }) =>
    rows(11, (y) => streak([[-240, y], [240, y]], second, 5, 0.5)) +
    rows(20, (y) => streak([[(y - 330) * 1.1, 60], [(y - 330) * 1.1, 480]], second, 5, 0.5)),
  dots: ({ second }) =>
    rows(
      12,
      (y, row) =>
        Array.from({ length: 17 }, (_, i) =>
          ellipse([(i - 8) * 28 + (row % 2) * 14, y], 4.6, 4.6, { fill: second })).join(""),
    ),
};

function rows(count: number, draw: (y: number, row: number) => string): string {
  return Array.from({ length: count }, (_, row) => draw(112 + row * 24, row)).join("");
}
