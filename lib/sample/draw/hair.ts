/** Hair over the skull, against the forehead and above the ears. */
import type { Random } from "@/base/random.ts";
import { bell, between } from "@/sample/dice.ts";
import { lerp } from "@/sample/draw/curves.ts";
import { mix } from "@/sample/draw/color.ts";
import {
  bend,
  blurred,
  clipped,
  curve,
  fill,
  group,
  loop,
  type Point,
  spot,
  streak,
  stroke,
  taper,
} from "@/sample/draw/svg.ts";
import { type Head, type Side, SIDES } from "@/sample/draw/head.ts";
import { along, behind, curls, strandsOf } from "@/sample/draw/strands.ts";

/** The outer edge of the hair over the skull, from the left sideburn over the crown to the right. */
function outerEdge(head: Head): Point[] {
  const { person: { shape, hair } } = head, { style } = hair, shift = behind(head);
  const volume = lerp(0.6, 1, hair.density), top = style.top * volume, side = style.side * volume;
  const w = shape.headWidth * (1 - 0.05 * Math.abs(Math.sin(head.shot.yaw)));
  const random = strandsOf(head, "edge");
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
  return [
    sign * shape.headWidth * u * (1 - 0.1 * Math.abs(Math.sin(shot.yaw))) + Math.sin(shot.yaw) * 4,
    y,
  ];
}

/** Draws the hair over the skull and forehead; of a bald man the hair above the ears. */
export function drawHair(head: Head): string {
  return head.person.hair.style.name === "horseshoe"
    ? SIDES.map((side) => drawSideHair(head, side)).join("")
    : drawCrown(head);
}

function drawCrown(head: Head): string {
  const { hair, skin } = head.person;
  const outer = outerEdge(head), inner = innerEdge(head);
  const cover = hair.style.cover * lerp(0.75, 1, hair.density), thin = cover < 0.8;
  const path = curve(outer) + "L" + curve(inner).slice(1) + "Z";
  const shape = fill(path, hair.color, cover);
  const shadow = [2, 4, 6].map((y) =>
    group({ transform: `translate(0 ${y})` }, fill(path, skin.deep, 0.13 * cover))
  );
  return shadow.join("") + (thin ? blurred(2.2, shape) : shape) +
    clipped("hair", path, ...drawShine(head, cover), ...drawStrands(head, outer, inner, cover)) +
    (thin ? "" : curls(head, outer, "crown") + drawTips(head, inner, cover));
}

/** Hair that is left above the ears. */
function drawSideHair(head: Head, side: Side): string {
  const { shape, hair } = head.person, w = shape.headWidth;
  const shift = behind(head), bulge = hair.style.side;
  const rim: Point[] = [
    [side * w * 0.9 + shift, -58],
    [side * (w + bulge) + shift, -30],
    [side * (w + bulge) + shift, 4],
    [side * (w + 1) + shift * 0.5, 26],
    edgePlace(head, side, 0.93, 22),
    edgePlace(head, side, 0.86, -8),
    edgePlace(head, side, 0.88, -40),
  ];
  const random = strandsOf(head, `side ${side}`);
  const strands = Array.from({ length: 12 }, () => {
    const y = between(random, -50, 10), x = side * w * between(random, 0.88, 1);
    return streak(
      [[x + shift, y], [x + side * 3 + shift, y + 9], [x + side * 4 + shift, y + 18]],
      random() < 0.5 ? hair.light : hair.dark,
      1.2,
      0.5,
    );
  });
  return fill(loop(rim), hair.color, 0.92) +
    clipped(`side${side}`, loop(rim), ...strands);
}

function drawShine({ person: { hair, shape }, light }: Head, cover: number): string[] {
  const w = shape.headWidth + hair.style.side, [lx] = light.from;
  return [
    spot([lx * 35, -84 - hair.style.top * 0.5], w * 0.75, 24, hair.light, 0.8 * cover),
    ...SIDES.map((side) => spot([side * w, -5], w * 0.34, 75, hair.dark, 0.75 * cover)),
    spot([-lx * w, -70], w * 0.5, 60, hair.dark, 0.45 * cover),
  ];
}

/** Strands from the parting (or crown, or forehead) to the edge of the hair. */
function drawStrands(head: Head, outer: Point[], inner: Point[], cover: number): string[] {
  const { hair } = head.person, { curl } = hair.style;
  const random = strandsOf(head, "strands");
  if (curl > 0.8) return drawRinglets(head, random);
  const rim = outer.toReversed(); // from right to left, as the edge against the face
  return Array.from({ length: 46 }, (_, i) => {
    const t = (i + random()) / 46;
    const [x, y] = along(inner, t), [ox, oy] = along(rim, t);
    const end: Point = [x + bell(random) * 1.5, y + 4], start = strandRoot(head, end, random);
    const bow: Point = [
      lerp(lerp(start[0], end[0], 0.5), ox, 0.55) + curl * 7 * bell(random),
      lerp(lerp(start[1], end[1], 0.25), oy, 0.4) + curl * 4 * bell(random),
    ];
    const color = random() < 0.5 ? hair.light : hair.dark;
    const path = bend(start, bow, end);
    return stroke(path, color, between(random, 0.8, 3), between(random, 0.12, 0.34) * cover);
  });
}

/** Returns the root of the strand that ends at a place. */
function strandRoot(head: Head, end: Point, random: Random): Point {
  const { hair: { style, parting }, shape } = head.person;
  if (style.comb === "back") return [end[0] * 0.72, -108 - style.top];
  const y = style.comb === "down" ? -86 - style.top * 0.4 : -96 - style.top;
  return [parting * shape.headWidth * 0.45 + behind(head) + bell(random) * 4, y + bell(random) * 2];
}

/** Small arcs all over the hair. */
function drawRinglets({ person: { hair, shape } }: Head, random: Random): string[] {
  const w = shape.headWidth + hair.style.side, high = 60 + hair.style.top;
  return Array.from({ length: 90 }, () => {
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
  const random = strandsOf(head, "tips"), fringed = style.fringe > 0.3;
  const widths = fringed ? [3.4, 2.8, 0.2] : [1.6, 1.2, 0.1];
  return Array.from({ length: fringed ? 30 : 40 }, () => {
    const [x, y] = along(inner.slice(2, -2), random());
    const lean = style.comb === "aside" ? -Math.sign(hair.parting || 1) * 4 : bell(random) * 2;
    const down = (fringed ? 3 + 5 * style.fringe : 2.5) * between(random, 0.2, 1);
    const hairs = taper([[x - lean, y - 8], [x, y - 2], [x + lean, y + down]], widths);
    return fill(hairs, mix(hair.color, hair.dark, random() * 0.5), (fringed ? 0.85 : 0.5) * cover);
  }).join("");
}
