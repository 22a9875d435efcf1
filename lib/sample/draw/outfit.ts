/** Clothes on the shoulders, hats over the hair. */
import { type Color, mix } from "@/sample/draw/color.ts";
import {
  clipped,
  ellipse,
  fill,
  joined,
  loop,
  many,
  mirrored,
  type Point,
  polygon,
  spot,
  streak,
  stroke,
  symmetric,
  tag,
} from "@/sample/draw/svg.ts";
import { bothSides, type Head, type Side } from "@/sample/draw/head.ts";
import { type Clothes, folded, type Hat } from "@/sample/plan/outfit.ts";

export function drawClothes(head: Head): string {
  const { person: { shape }, shot: { clothes } } = head;
  const { chin, at } = neckOf(head), s = shape.shoulderWidth, n = shape.neckWidth;
  const shoulder: Point[] = [[n * 1.9, chin + 31], [s * 0.82, chin + 46], [s, chin + 78]];
  const right: Point[] = [...shoulder, [s * 1.12, chin + 170], [s * 1.15, chin + 420]];
  const { edge, seam, collar } = NECKS[clothes.kind];
  const opening = symmetric(at(edge.slice(0, -1), -1), ...at(edge.slice(-1)));
  const path = joined(opening, right, mirrored(right).reverse()), dark = folded(clothes.color);
  const drawFold = (side: Side) => {
    const fold = [[0.62, 190], [0.68, 130], [0.8, 90]] as const;
    return streak(fold.map(([u, dy]): Point => [side * s * u, chin + dy]), dark, 3, 0.5);
  };
  return clipped(
    "clothes",
    path,
    fill(path, clothes.color) + PATTERNS[clothes.pattern](clothes.second),
    bothSides((side) => spot([side * s * 1.05, chin + 160], s * 0.5, 150, dark, 0.75)),
    spot([0, chin + 26], n * 2.4, 26, dark, 0.7) + bothSides(drawFold),
  ) + (seam ? drawSeam(opening, clothes, seam) : "") + (collar?.(head, clothes) ?? "");
}

/** A place at the neck: from its middle in half widths of the neck, and down from where it ends. */
type AtNeck = readonly [u: number, dy: number];

function neckOf({ person: { shape } }: Head) {
  const n = shape.neckWidth, chin = shape.chinHeight + shape.neckLength;
  const at = (rows: readonly AtNeck[], side: Side = 1) =>
    rows.map(([u, dy]): Point => [side * n * u, chin + dy]);
  return { n, chin, at };
}

/** An opening at the neck: the half of its edge from the shoulder to the middle, and its seam's width or its collar. */
interface Neck {
  edge: AtNeck[];
  seam?: number;
  collar?: (head: Head, clothes: Clothes) => string;
}

const NECKS: Record<Clothes["kind"], Neck> = {
  crew: { edge: [[1.5, 27], [1.1, 37], [0, 50]], seam: 5 },
  vneck: { edge: [[1.5, 26], [0.9, 50], [0, 92]], seam: 4 },
  shirt: { edge: [[1.3, 22], [0.9, 36], [0, 64]], collar: drawShirt },
  suit: { edge: [[1.3, 22], [0.9, 34], [0, 46]], collar: drawSuit },
  hood: { edge: [[1.4, 22], [1.1, 36], [0, 50]], collar: drawHood },
  straps: { edge: [[2.1, 36], [1.7, 66], [0, 88]] },
  turtleneck: { edge: [[1.02, 10], [0.8, 17], [0, 22]], seam: 3 },
};

function drawSeam(edge: Point[], { color }: Clothes, width: number): string {
  return streak(edge, mix(color, "#000000", 0.22), width, 0.9) +
    streak(edge, mix(color, "#ffffff", 0.2), 0.8, 0.5);
}

function drawCollar(head: Head, color: string): string {
  const { at } = neckOf(head);
  return bothSides((side) => {
    const flap = polygon(at([[1.35, 18], [1.75, 40], [0.95, 72], [0.08, 64], [0.85, 36]], side));
    return fill(flap, mix(color, "#ffffff", 0.14)) + stroke(flap, folded(color), 1, 0.6);
  });
}

function drawShirt(head: Head, { color }: Clothes): string {
  const { chin: c } = neckOf(head), button = { fill: mix(color, "#ffffff", 0.5) };
  return drawCollar(head, color) + streak([[0, c + 66], [1, c + 300]], folded(color), 1.4, 0.6) +
    many(3, (i) => ellipse([3, c + 86 + 32 * i], 2.6, 2.6, button));
}

function drawSuit(head: Head, { color, second }: Clothes): string {
  const { n, chin: c, at } = neckOf(head);
  const bib = polygon([
    ...symmetric([[-n * 1.2, c + 26]], [0, c + 46]),
    ...symmetric([[n * 0.8, c + 140]], [0, c + 210]),
  ]);
  const knot: Point[] = [[-7, c + 52], [7, c + 52]];
  const tie = polygon([...knot, ...symmetric([[10, c + 66], [14, c + 170]], [0, c + 200])]);
  const lapels = bothSides((side) => {
    const outer = at([[1.35, 24], [1.9, 62], [1.35, 84]], side);
    const lapel = polygon([...outer, [side * 4, c + 214], ...at([[0.72, 110]], side)]);
    return fill(lapel, mix(color, "#000000", 0.18)) + stroke(lapel, "#000000", 0.8, 0.4);
  });
  return fill(bib, "#f0eeea") + (head.person.sex === "m" ? fill(tie, second) : "") +
    lapels + drawCollar(head, "#f0eeea");
}

function drawHood(head: Head, { color }: Clothes): string {
  const { chin: c, at } = neckOf(head);
  const roll = bothSides((side) => {
    const outer = at([[1.25, 8], [2.1, 26], [1.7, 52], [0.5, 68]], side);
    const path = loop([...outer, [side * 2, c + 56], ...at([[0.9, 38]], side)]);
    return fill(path, mix(color, "#000000", 0.14));
  });
  return roll + bothSides((side) => {
    const string: Point[] = [[side * 12, c + 62], [side * 14, c + 84], [side * 13, c + 104]];
    return streak(string, "#eeeae4", 2.2, 0.9);
  });
}

const PATTERNS: Record<Clothes["pattern"], (color: Color) => string> = {
  plain: () => "",
  stripes: (color) =>
    rows(14, (y) => streak([[-240, y + 14], [0, y], [240, y + 14]], color, 9, 0.8)),
  checks: (color) =>
    rows(11, (y) => streak([[-240, y], [240, y]], color, 5, 0.5)) +
    rows(20, (y) => streak([[(y - 330) * 1.1, 60], [(y - 330) * 1.1, 480]], color, 5, 0.5)),
  dots: (fill) =>
    rows(12, (y, row) => {
      const shift = (row % 2) * 14;
      return many(17, (i) => ellipse([(i - 8) * 28 + shift, y], 4.6, 4.6, { fill }));
    }),
};

function rows(count: number, draw: (y: number, row: number) => string): string {
  return many(count, (row) => draw(112 + row * 24, row));
}

export function drawHat(head: Head): string {
  const { hat } = head.shot;
  return hat ? HATS[hat.kind](head, hat) : "";
}

/** The head's half width, with the hair that a hat presses flat, and the height of the hat's edge. */
function fit({ person: { shape, hair } }: Head): { w: number; edge: number } {
  const w = shape.headWidth + Math.min(8, hair.style.side);
  return { w, edge: shape.eyeHeight - shape.browDistance - 16 };
}

const HATS = { beanie: drawBeanie, cap: drawCap, brim: drawBrim, scarf: drawScarf };

function drawBeanie(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head);
  const side: Point[] = [[-w - 3, edge], [-w * 0.96, -74], [-w * 0.5, -112]];
  const crown = loop([...symmetric(side, [0, -121]), [0, edge + 5]]);
  const folds: Point[] = [[-w - 4, edge - 12], [-w - 5, edge + 7]];
  const cuff = loop([...symmetric(folds, [0, edge + 14]), [0, edge - 6]]);
  const ribs = [-0.8, -0.55, -0.3, 0, 0.3, 0.55, 0.8].map((u) =>
    streak([[u * w, edge], [u * w * 0.9, -75], [u * w * 0.3, -116]], folded(color), 1.8, 0.5)
  );
  return fill(crown, color) + ribs.join("") +
    clipped("beanie", crown, spot([w, -70], w * 0.6, 70, "#000000", 0.35)) +
    fill(cuff, second) + stroke(cuff, folded(second), 1.2, 0.6);
}

/** A cap with a visor over the brow, which swings as the head turns. */
function drawCap(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head), sway = Math.sin(head.shot.yaw) * 34;
  const side: Point[] = [[-w - 2, edge + 3], [-w * 0.94, -78], [-w * 0.45, -112]];
  const crown = loop([...symmetric(side, [0, -118]), [0, edge - 4]]);
  const front = [[-0.6, 1, 13], [0, 1, 17], [0.6, 1, 13]];
  const visor = [[-0.92, 0.3, 1], ...front, [0.92, 0.3, 1], [0, 0.6, -9]];
  const brim = loop(visor.map(([u, swung, dy]): Point => [u! * w + sway * swung!, edge + dy!]));
  return fill(crown, color) + spot([-w * 0.3, -95], w * 0.6, 26, "#ffffff", 0.25) +
    streak([[0, -118], [sway * 0.4, -80], [sway * 0.6, edge - 8]], folded(color), 1.3, 0.6) +
    fill(brim, second) + stroke(brim, folded(second), 1.2, 0.7) +
    spot([sway, edge + 22], w * 0.8, 16, "#000000", 0.4);
}

function drawBrim(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head);
  const side: Point[] = [[-w * 0.96, edge - 4], [-w * 0.86, -92], [-w * 0.4, -116]];
  const crown = loop(symmetric(side, [0, -111]));
  const brim = loop([
    ...symmetric([[-w * 1.75, edge + 4], [-w, edge - 12]], [0, edge - 15]),
    ...symmetric([[w * 0.8, edge + 11]], [0, edge + 14]),
  ]);
  const band = loop([
    ...symmetric([[-w * 0.96, edge - 22]], [0, edge - 17]),
    ...symmetric([[w * 0.97, edge - 8]], [0, edge - 2]),
  ]);
  return fill(brim, mix(color, "#000000", 0.18)) + fill(crown, color) + fill(band, second) +
    spot([0, edge + 24], w * 0.95, 22, "#000000", 0.42) +
    streak([[-w * 1.7, edge + 5], [0, edge + 14], [w * 1.7, edge + 5]], folded(color), 1.4, 0.7);
}

/** A scarf that leaves the face alone free. */
function drawScarf(head: Head, { color, second }: Hat): string {
  const { w, edge } = fit(head), chin = head.person.shape.chinHeight;
  const side: Point[] = [[-w - 10, 60], [-w - 12, 0], [-w * 0.98, -70], [-w * 0.5, -112]];
  const jaw = symmetric([[w * 0.7, chin + 26]], [0, chin + 38]);
  const outer = [...symmetric(side, [0, -120]), ...jaw];
  const cheek: Point[] = [[-w * 0.86, 40], [-w * 0.88, 0], [-w * 0.72, edge]];
  const face = [
    ...symmetric(cheek, [0, edge - 12]),
    ...symmetric([[w * 0.58, chin - 8]], [0, chin + 8]),
  ];
  const folds = [0.93, 0.96].map((k, i) => {
    const path = loop(face.map(([x, y]): Point => [x / k ** (2 + i), y / k ** (i + 1)]));
    return stroke(path, folded(color), 1.8, 0.5);
  });
  return tag("path", { d: loop(outer) + loop(face), fill: color, "fill-rule": "evenodd" }) +
    folds.join("") + stroke(loop(face), second, 2.2, 0.7);
}
