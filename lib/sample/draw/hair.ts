/** Hair over the skull, hair that hangs from it, tails and knots, and beards. */
import { createRandom, type Random } from "@/base/random.ts";
import { bell, between } from "@/sample/dice.ts";
import { clamp, lerp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import {
  along,
  bend,
  blurred,
  clipped,
  ellipse,
  fill,
  gradient,
  group,
  joined,
  loop,
  many,
  type Point,
  spot,
  streak,
  stroke,
  symmetric,
  taper,
} from "@/sample/draw/svg.ts";
import { bothSides, type Head, onBothSides, places, type Side } from "@/sample/draw/head.ts";
import type { HairStyle } from "@/sample/plan/hair_styles.ts";
import type { BeardKind } from "@/sample/plan/traits.ts";

/** Computes how far the skull shifts behind the face when the head turns. */
function behind({ shot }: Head): number {
  return -Math.sin(shot.yaw) * 12;
}

/** Tight curls along a line, so that its edge is not smooth. */
function curls(head: Head, line: readonly Point[], purpose: string): string {
  const { hair } = head.person, { curl } = hair.style;
  if (curl < 0.8) return "";
  const random = createRandom(head.person.seed, `curls ${purpose}`);
  return many(6 * (line.length - 1), (i) => {
    const [x0, y0] = line[Math.floor(i / 6)]!, [x1, y1] = line[Math.floor(i / 6) + 1]!;
    const t = random();
    const x = lerp(x0, x1, t) + 3 * bell(random), y = lerp(y0, y1, t) + 3 * bell(random);
    const size = between(random, 4, 9);
    return ellipse([x, y], size, size, { fill: mix(hair.color, hair.dark, random() * 0.6) });
  });
}

/** The outer edge of the hair over the skull, from the left sideburn over the crown to the right. */
function outerEdge(head: Head): Point[] {
  const { person: { shape, hair } } = head, { style } = hair, shift = behind(head);
  const volume = lerp(0.6, 1, hair.density), top = style.top * volume, side = style.side * volume;
  const w = shape.headWidth * (1 - 0.05 * Math.abs(Math.sin(head.shot.yaw)));
  const random = createRandom(head.person.seed, "edge");
  const rough = () => (style.curl > 0.3 ? 2.4 * style.curl : 0.6) * bell(random);
  const half = (sign: Side): Point[] => [
    [sign * (w * 0.985 + side * 0.7) + shift * 0.5, style.sideburn],
    [sign * (w * 0.99 + side) + rough() + shift, Math.min(-6, style.sideburn - 12)],
    [sign * (w * 0.98 + side * 1.1) + rough() + shift, -40],
    [sign * (w * 0.84 + side) + rough() + shift, -72 - top * 0.35],
    [sign * (w * 0.48 + side * 0.4) + shift, -95 - top * 0.8 + rough()],
  ];
  return [...half(-1), [shift, -101 - top], ...half(1).reverse()];
}

/** The edge of the hair against the face, from the right sideburn over the forehead to the left. */
function innerEdge(head: Head): Point[] {
  const { person: { shape, hair }, place } = head, { style, recession } = hair;
  const w = shape.headWidth, burn = style.sideburn;
  const brow = shape.eyeHeight - shape.browDistance;
  const line = lerp(Math.max(shape.hairline - 22 * recession, -88), brow - 3, style.fringe * 0.9);
  const part = hair.parting * w * 0.4 * (style.comb === "aside" ? 1 : 0.3);
  const rise = style.fringe > 0.3 ? -5 : 3 + 14 * recession;
  const corner = Math.max(line - rise, -90);
  const half = (sign: Side): Point[] => {
    const near = sign * part > 0 ? -5 : 3; // the hair rises at the parting
    return [
      edgePlace(head, sign, 0.95, burn),
      edgePlace(head, sign, 0.86, lerp(burn, brow, 0.5)),
      place(sign * w * (0.84 - 0.06 * recession), Math.min(brow + 2, burn - 8) - 30 * recession),
      place(sign * w * 0.68, corner + 8 - near - 6 * recession),
      place(sign * w * 0.36, corner + near * 0.6 - 4 * (1 - recession)),
    ];
  };
  return [...half(1), place(part, line + (style.fringe > 0.3 ? 1 : 1.5)), ...half(-1).reverse()];
}

/** A place at the side of the head, where turning moves it little. */
function edgePlace({ person: { shape }, shot }: Head, sign: Side, u: number, y: number): Point {
  const turn = Math.sin(shot.yaw);
  return [sign * shape.headWidth * u * (1 - 0.1 * Math.abs(turn)) + turn * 4, y];
}

/** Draws the hair over the skull and forehead; of a bald man the hair above the ears. */
export function drawHair(head: Head): string {
  const isBald = head.person.hair.style.name === "horseshoe";
  return isBald ? bothSides((side) => drawSideHair(head, side)) : drawCrown(head);
}

function drawCrown(head: Head): string {
  const { hair, skin } = head.person;
  const outer = outerEdge(head), inner = innerEdge(head);
  const cover = hair.style.cover * lerp(0.75, 1, hair.density), thin = cover < 0.8;
  const path = joined(outer, inner);
  const shape = fill(path, hair.color, cover);
  const shade = fill(path, skin.deep, 0.13 * cover);
  const shadow = many(3, (i) => group({ transform: `translate(0 ${2 * i + 2})` }, shade));
  return shadow + (thin ? blurred(2.2, shape) : shape) +
    clipped("hair", path, drawShine(head, cover), drawStrands(head, outer, inner, cover)) +
    (thin ? "" : curls(head, outer, "crown") + drawTips(head, inner, cover));
}

/** Hair that is left above the ears. */
function drawSideHair(head: Head, side: Side): string {
  const { shape, hair } = head.person, w = shape.headWidth;
  const shift = behind(head), bulge = hair.style.side;
  const out = side * (w + bulge) + shift;
  const rim: Point[] = [
    ...[[side * w * 0.9 + shift, -58], [out, -30], [out, 4]] as const,
    [side * (w + 1) + shift * 0.5, 26],
    ...[[0.93, 22], [0.86, -8], [0.88, -40]].map(([u, y]) => edgePlace(head, side, u!, y!)),
  ];
  const random = createRandom(head.person.seed, `side ${side}`);
  const strands = many(12, () => {
    const y = between(random, -50, 10), x = side * w * between(random, 0.88, 1);
    const low: Point[] = [[x + side * 3 + shift, y + 9], [x + side * 4 + shift, y + 18]];
    return streak([[x + shift, y], ...low], lightOrDark(hair, random), 1.2, 0.5);
  });
  return fill(loop(rim), hair.color, 0.92) + clipped(`side${side}`, loop(rim), strands);
}

function drawShine({ person: { hair, shape }, light }: Head, cover: number): string {
  const w = shape.headWidth + hair.style.side, [lx] = light.from;
  return spot([lx * 35, -84 - hair.style.top * 0.5], w * 0.75, 24, hair.light, 0.8 * cover) +
    bothSides((side) => spot([side * w, -5], w * 0.34, 75, hair.dark, 0.75 * cover)) +
    spot([-lx * w, -70], w * 0.5, 60, hair.dark, 0.45 * cover);
}

function lightOrDark({ light, dark }: Head["person"]["hair"], random: Random): string {
  return random() < 0.5 ? light : dark;
}

/** Strands from the parting (or crown, or forehead) to the edge of the hair. */
function drawStrands(head: Head, outer: Point[], inner: Point[], cover: number): string {
  const { hair } = head.person, { curl } = hair.style;
  const random = createRandom(head.person.seed, "strands");
  if (curl > 0.8) return drawRinglets(head, random);
  const rim = outer.toReversed(); // from right to left, as the edge against the face
  return many(46, (i) => {
    const t = (i + random()) / 46;
    const [x, y] = along(inner, t), [ox, oy] = along(rim, t);
    const end: Point = [x + bell(random) * 1.5, y + 4], start = strandRoot(head, end, random);
    const bow: Point = [
      lerp(lerp(start[0], end[0], 0.5), ox, 0.55) + curl * 7 * bell(random),
      lerp(lerp(start[1], end[1], 0.25), oy, 0.4) + curl * 4 * bell(random),
    ];
    const color = lightOrDark(hair, random), width = between(random, 0.8, 3);
    return stroke(bend(start, bow, end), color, width, between(random, 0.12, 0.34) * cover);
  });
}

function strandRoot(head: Head, end: Point, random: Random): Point {
  const { hair: { style, parting }, shape } = head.person;
  if (style.comb === "back") return [end[0] * 0.72, -108 - style.top];
  const y = style.comb === "down" ? -86 - style.top * 0.4 : -96 - style.top;
  return [parting * shape.headWidth * 0.45 + behind(head) + bell(random) * 4, y + bell(random) * 2];
}

/** Small arcs all over the hair. */
function drawRinglets({ person: { hair, shape } }: Head, random: Random): string {
  const w = shape.headWidth + hair.style.side, high = 60 + hair.style.top;
  return many(90, () => {
    const x = w * between(random, -1.05, 1.05), y = -45 - high * between(random, -0.9, 1.05);
    const r = between(random, 3.5, 8), turn = random() < 0.7 ? 1 : -1;
    const start: Point[] = [[x - r, y + r * 0.3 * turn], [x - r * 0.2, y - r * 0.7 * turn]];
    const color = random() < 0.45 ? hair.light : hair.dark;
    return streak([...start, [x + r, y]], color, between(random, 1.4, 3.4), 0.3);
  });
}

/** Single hairs that cross the edge against the forehead: long ones of a fringe, else fine ones. */
function drawTips(head: Head, inner: Point[], cover: number): string {
  const { hair } = head.person, { style } = hair;
  const random = createRandom(head.person.seed, "tips"), fringed = style.fringe > 0.3;
  const widths = fringed ? [3.4, 2.8, 0.2] : [1.6, 1.2, 0.1];
  return many(fringed ? 30 : 40, () => {
    const [x, y] = along(inner.slice(2, -2), random());
    const lean = style.comb === "aside" ? -Math.sign(hair.parting || 1) * 4 : bell(random) * 2;
    const down = (fringed ? 3 + 5 * style.fringe : 2.5) * between(random, 0.2, 1);
    const hairs = taper([[x - lean, y - 8], [x, y - 2], [x + lean, y + down]], widths);
    return fill(hairs, mix(hair.color, hair.dark, random() * 0.5), (fringed ? 0.85 : 0.5) * cover);
  });
}

export function drawBackHair(head: Head): string {
  const { style } = head.person.hair;
  const extra = style.extra ? EXTRAS[style.extra](head) : "";
  return (style.length > 0 ? drawMane(head) : "") + extra;
}

function drawMane(head: Head): string {
  const { person: { hair, shape } } = head;
  const { style } = hair, w = shape.headWidth + style.side, shift = behind(head);
  const random = createRandom(head.person.seed, "mane");
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
  const strands = many(34, () => {
    const u = between(random, -1, 1), bend = style.curl * 14 * bell(random);
    const x = u * (w + style.flare * 0.6);
    const upper: Point[] = [[u * w * 0.8 + shift, -50], [x * 1.02 + shift, style.length * 0.3]];
    const lower: Point[] = [[x + bend, style.length * 0.65], [x * 0.95 - bend, style.length + 4]];
    const color = lightOrDark(hair, random);
    return streak([...upper, ...lower], color, between(random, 0.8, 2.6), 0.4);
  });
  return clipped(
    "mane",
    path,
    fill(path, mix(hair.color, hair.dark, 0.5)),
    strands,
    spot([0, 60], w * 0.9, 90, hair.dark, 0.85),
  ) + curls(head, side(1).slice(1, 5), "right") + curls(head, side(-1).slice(1, 5), "left");
}

/** Draws tails and knots behind the head, on one side or both. */
const EXTRAS: Record<NonNullable<HairStyle["extra"]>, (head: Head) => string> = {
  pigtails: (head) =>
    bothSides((side) => drawTail(head, [side * 74, -20], [side * 112, 8], [side * 100, 66], 26)),
  braids: onBothSides(drawBraid),
  ponytail: (head) => drawTail(head, [30, -80], [96, -40], [88, 90], 30),
  topknot: (head) => drawKnot(head, [behind(head), -122], 27),
  bun: (head) => drawKnot(head, [behind(head), -104], 30),
};

function drawTail(head: Head, root: Point, bend: Point, tip: Point, width: number): string {
  const { hair } = head.person;
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
  return many(9, (i) => {
    const y = 20 + i * 13, lean = (i % 2 ? 1 : -1) * 2.5;
    const fill = i % 2 ? hair.color : mix(hair.color, hair.dark, 0.4);
    const fold: Point[] = [[x + lean - 6, y - 4], [x + lean, y + 2], [x + lean + 6, y - 3]];
    return ellipse([x + lean, y], 9.5 - i * 0.45, 8.5, { fill }) +
      streak(fold, hair.dark, 1.1, 0.6);
  });
}

function drawKnot({ person: { hair } }: Head, [x, y]: Point, size: number): string {
  const rings = [0.85, 0.6, 0.35].map((t) => {
    const ring: Point[] = [[x - size * t, y + 3], [x, y - size * t * 0.75], [x + size * t, y + 3]];
    return streak(ring, t > 0.5 ? hair.light : hair.dark, 1.5, 0.5);
  });
  return ellipse([x, y], size, size * 0.82, { fill: gradient("down", hair.color, hair.dark) }) +
    rings.join("");
}

/** Draws long hair that falls before the shoulders, on both sides of the face. */
export function drawLocks(head: Head): string {
  const { style } = head.person.hair;
  return style.length > 95 ? bothSides((side) => drawLock(head, side)) : "";
}

function drawLock(head: Head, side: Side): string {
  const { person: { hair, shape } } = head, { style } = hair;
  const random = createRandom(head.person.seed, `lock ${side}`);
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
  const strands = many(13, (i) => {
    const u = (i + 0.5) / 13, mid = lerp(w * 0.72, out, u), bend = wave * bell(random);
    const top: Point = [side * lerp(w * 0.94, w + style.side, u), -15];
    const points: Point[] = [top, [side * (mid + bend), end * 0.5], [side * (mid - bend), end]];
    return streak(points, lightOrDark(hair, random), between(random, 0.8, 2.4), 0.42);
  });
  return clipped(
    `lock${side}`,
    loop(rim),
    fill(loop(rim), hair.color),
    strands,
    spot([side * w * 0.7, 50], 24, 60, hair.dark, 0.55),
  );
}

/** Draws the beard, before the mouth is drawn on it. */
export function drawBeard(head: Head): string {
  const { beard } = head.person;
  return beard ? BEARDS[beard.kind](head, beard.color) : "";
}

const BEARDS: Record<BeardKind, (head: Head, color: string) => string> = {
  stubble: (head, color) => drawChinBeard(head, color, 0, 0.34),
  moustache: (head, color) => drawMoustache(head, color, 0.92),
  goatee: (head, color) => drawGoatee(head, color) + drawMoustache(head, color, 0.85),
  full: (head, color) => drawChinBeard(head, color, 5, 0.9) + drawMoustache(head, color, 0.9),
  long: (head, color) => drawChinBeard(head, color, 44, 0.96) + drawMoustache(head, color, 0.95),
};

/** A beard around the jaw; `long` is how far it hangs under the chin. */
function drawChinBeard(head: Head, color: string, long: number, cover: number): string {
  const short = long === 0;
  const { headWidth: w, mouthHeight: mouth, chinHeight: chin, mouthWidth } = head.person.shape;
  const wide = short ? 0.99 : 1.03;
  const hang = (y: number) => y > 60 ? long * ((y - 60) / (chin - 60)) : 0;
  const jaw = head.outline.slice(4, 13).map(([x, y]): Point => [x * wide, y + hang(y)]);
  const cheek: Point[] = [[-w * 0.8, 30], [-w * 0.6, mouth - 10]];
  const corner: Point[] = [[-mouthWidth - 5, mouth - 3], [-mouthWidth, mouth + 7]];
  const inner = places(head, symmetric([...cheek, ...corner], [0, mouth + 15]));
  const path = joined(jaw, inner);
  const random = createRandom(head.person.seed, "beard");
  const hairs = many(short ? 0 : 60, () => {
    const x = w * 0.85 * between(random, -1, 1), y = between(random, mouth - 20, chin + long);
    const points: Point[] = [[x, y], [x * 0.98 + bell(random), y + 9]];
    return streak(points, beardHair(color, random), 1.1, 0.4);
  });
  const lip = drawPhiltrum(head, color, short ? cover : 0);
  return blurred(short ? 4 : 2, fill(path, color, cover)) + lip + clipped("beard", path, hairs);
}

function beardHair(color: string, random: Random): string {
  return mix(color, random() < 0.5 ? "#ffffff" : "#000000", 0.3);
}

/** The shadow of a shaven upper lip. */
function drawPhiltrum({ person: { shape }, place }: Head, color: string, cover: number): string {
  const y = (shape.eyeHeight + shape.noseLength + shape.mouthHeight - shape.upperLip) / 2 + 1;
  return cover ? spot(place(0, y, 4), shape.mouthWidth * 1.1, 7, color, cover) : "";
}

function drawMoustache(head: Head, color: string, cover: number): string {
  const { person: { shape }, shot } = head;
  const top = shape.eyeHeight + shape.noseLength + 3;
  const mouth = shape.mouthHeight - shape.upperLip * 0.6;
  const w = shape.mouthWidth * (1.08 + 0.15 * Math.max(0, shot.smile));
  const y = (top + mouth) / 2, tip = mouth + 4 - 3 * shot.smile, half = w * 0.5;
  const line = places(head, [[-w, tip], [-half, y, 4], [0, y - 1, 6], [half, y, 4], [w, tip]]);
  const thick = clamp(mouth - top + 4, 6, 10);
  const random = createRandom(head.person.seed, "moustache");
  const hairs = many(24, () => {
    const u = between(random, -0.9, 0.9), end = u * w * 1.02 + Math.sign(u);
    const points = places(head, [[u * w * 0.9, y - 2, 5], [end, y + 4, 5]]);
    return streak(points, beardHair(color, random), 0.9, 0.45);
  });
  return fill(taper(line, [1, thick, thick * 0.8, thick, 1]), color, cover) + hairs;
}

function drawGoatee(head: Head, color: string): string {
  const { mouthHeight: mouth, mouthWidth: w, chinHeight: chin } = head.person.shape;
  const rim = [
    ...symmetric([[-w * 1.02, mouth + 2], [-w * 0.8, mouth + 11]], [0, mouth + 13]),
    ...symmetric([[w * 1.05, chin - 12], [w * 0.6, chin + 3]]),
  ];
  return blurred(1.8, fill(loop(places(head, rim)), color, 0.85));
}
