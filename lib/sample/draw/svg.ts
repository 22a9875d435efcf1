/**
 * Pieces of SVG as text: smooth lines, soft spots, and the definitions that they refer to.
 *
 * A piece refers to a gradient or a filter by a name that describes it fully (`spot-aa5533` fades from
 * that colour to nothing), so that {@linkcode document} can write the definitions from the names.
 */
import type { Box, Size } from "@/base/pixels.ts";
import { clamp, lerp } from "@/sample/draw/curves.ts";
import type { Color } from "@/sample/draw/color.ts";

/** A place: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** Attributes of an element, written in order; undefined ones are left out. */
export type Attributes = Record<string, string | number | undefined>;

export function tag(name: string, attributes: Attributes, body = ""): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const write = (value?: string | number) => typeof value === "number" ? short(value) : value;
  const written = given.map(([key, value]) => ` ${key}="${write(value)}"`).join("");
  return body ? `<${name}${written}>${body}</${name}>` : `<${name}${written}/>`;
}

export function group(attributes: Attributes, ...pieces: string[]): string {
  const body = pieces.join("");
  return body ? tag("g", attributes, body) : "";
}

/** Puts pieces in a group that is blurred as a whole; `blur` is the spread in units of the drawing. */
export function blurred(blur: number, ...pieces: string[]): string {
  return group({ filter: `url(#blur-${short(blur)})` }, ...pieces);
}

export function clipped(id: string, d: string, ...pieces: string[]): string {
  return tag("clipPath", { id: `inside-${id}` }, tag("path", { d })) +
    group({ "clip-path": `url(#inside-${id})` }, ...pieces);
}

export function fill(d: string, color: Color, opacity?: number): string {
  return tag("path", { d, fill: color, "fill-opacity": opacity });
}

/** Draws along a path with a round pen. */
export function stroke(d: string, color: Color, width: number, opacity?: number): string {
  const pen = { stroke: color, "stroke-width": width, "stroke-opacity": opacity };
  const round = { "stroke-linecap": "round", "stroke-linejoin": "round" };
  return tag("path", { d, fill: "none", ...pen, ...round });
}

/** Draws a smooth line through points with a round pen. */
export function streak(points: readonly Point[], color: Color, width: number, opacity?: number) {
  return stroke(curve(points), color, width, opacity);
}

/** Draws a smooth line with a pen whose edge is soft: pens of several widths, one over the other. */
export function softStreak(line: readonly Point[], color: Color, width: number, opacity: number) {
  const pens = [2.1, 1.5, 1, 0.5];
  return pens.map((share) => streak(line, color, width * share, opacity * 0.32)).join("");
}

export function ellipse([cx, cy]: Point, rx: number, ry: number, attributes: Attributes): string {
  return tag("ellipse", { cx, cy, rx, ry, ...attributes });
}

/** An ellipse that is strongest in its middle and fades out to its edge. */
export function spot(center: Point, rx: number, ry: number, color: Color, opacity: number): string {
  return ellipse(center, rx, ry, { fill: `url(#spot-${color.slice(1)})`, "fill-opacity": opacity });
}

/** Draws so many pieces, each by its number from 0. */
export function many(count: number, draw: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => draw(i)).join("");
}

/** The same points on the other side of the middle. */
export function mirrored(points: readonly Point[]): Point[] {
  return points.map(([x, y]) => [-x, y]);
}

/** Points from the left over the middle to the right, by those on the left and in the middle. */
export function symmetric(left: readonly Point[], ...middle: Point[]): Point[] {
  return [...left, ...middle, ...mirrored(left).reverse()];
}

/** The place at share `t` of the way along a line of points. */
export function along(points: readonly Point[], t: number): Point {
  const at = clamp(t) * (points.length - 1), k = Math.min(Math.floor(at), points.length - 2);
  const [x0, y0] = points[k]!, [x1, y1] = points[k + 1]!;
  return [lerp(x0, x1, at - k), lerp(y0, y1, at - k)];
}

/** Straight lines through points, closed. */
export function polygon(points: readonly Point[]): string {
  return "M" + points.map(at).join("L") + "Z";
}

/** A smooth line through points (Catmull-Rom), open. */
function curve(points: readonly Point[]): string {
  return "M" + at(points[0]!) + bends(points, (i) => points[i] ?? points[i < 0 ? 0 : i - 1]!);
}

/** Smooth lines, each joined to the next by a straight one, closed. */
export function joined(...lines: (readonly Point[])[]): string {
  return "M" + lines.map((line) => curve(line).slice(1)).join("L") + "Z";
}

/** A line from one point to another that bends towards a third. */
export function bend(start: Point, towards: Point, end: Point): string {
  return `M${at(start)}Q${at(towards)} ${at(end)}`;
}

/** A smooth line through points, closed. */
export function loop(points: readonly Point[]): string {
  const count = points.length;
  const around = (i: number) => points[(i + count) % count]!;
  return "M" + at(points[0]!) + bends([...points, points[0]!], around) + "Z";
}

/** The Bezier pieces of a Catmull-Rom line: each leaves a point towards its second next. */
function bends(points: readonly Point[], get: (i: number) => Point): string {
  return points.slice(1).map((end, i) => {
    const start = points[i]!, before = get(i - 1), after = get(i + 2);
    const leave: Point = [start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6];
    const arrive: Point = [end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6];
    return `C${at(leave)} ${at(arrive)} ${at(end)}`;
  }).join("");
}

/** A tapering stroke through points: as wide as `widths` says at each, closed and pointed. */
export function taper(points: readonly Point[], widths: readonly number[]): string {
  const side = (sign: number) =>
    points.map(([x, y], i): Point => {
      const [x0, y0] = points[i - 1] ?? points[0]!, [x1, y1] = points[i + 1] ?? points.at(-1)!;
      const length = Math.hypot(x1 - x0, y1 - y0) || 1;
      const reach = sign * widths[i]! / 2 / length;
      return [x - (y1 - y0) * reach, y + (x1 - x0) * reach];
    });
  return joined(side(1), side(-1).reverse());
}

/** Writes a whole SVG: its size in pixels, the part of the drawing that it shows, and its pieces. */
export function document(size: Size, view: Box, body: string): string {
  const viewBox = [view.x, view.y, view.width, view.height].map(short).join(" ");
  const shown = { ...size, viewBox, preserveAspectRatio: "none" };
  const defs = tag("defs", {}, definitions(body));
  return tag("svg", { xmlns: "http://www.w3.org/2000/svg", ...shown }, defs + body);
}

/** Writers of each kind of definition, from the rest of its name. */
const DEFINITIONS: Record<string, (id: string, rest: string) => string> = {
  spot: (id, color) => tag("radialGradient", { id }, fading(`#${color}`)),
  down: (id, colors) => tag("linearGradient", { id, x2: 0, y2: 1 }, stops(colors)),
  across: (id, colors) => tag("linearGradient", { id }, stops(colors)),
  round: (id, colors) => tag("radialGradient", { id }, stops(colors)),
  blur: (id, spread) =>
    tag("filter", { id, ...AROUND }, tag("feGaussianBlur", { stdDeviation: spread })),
};

const AROUND = {
  ...{ x: "-25%", y: "-25%", width: "150%", height: "150%" },
  "color-interpolation-filters": "sRGB", // saves a conversion there and back
};

/** Opacities of a spot from its middle to its edge: a bell curve that ends. */
const FADE = [[0, 1], [0.35, 0.72], [0.7, 0.2], [1, 0]] as const;

function fading(color: Color): string {
  const look = { "stop-color": color };
  return FADE.map(([offset, opacity]) => tag("stop", { offset, ...look, "stop-opacity": opacity }))
    .join("");
}

function stops(colors: string): string {
  const list = colors.split("-"), last = list.length - 1;
  return many(list.length, (i) => tag("stop", { offset: i / last, "stop-color": `#${list[i]}` }));
}

/** Refers to a gradient through colours: `down` from top to bottom, `across`, or `round` outwards. */
export function gradient(kind: "down" | "across" | "round", ...colors: Color[]): string {
  return `url(#${kind}-${colors.map((color) => color.slice(1)).join("-")})`;
}

function definitions(body: string): string {
  const ids = new Set(body.match(/(?<=url\(#)(spot|down|across|round|blur)-[^)]+/g));
  return [...ids].map((id) => {
    const [kind, ...rest] = id.split("-");
    return DEFINITIONS[kind!]!(id, rest.join("-"));
  }).join("");
}

function at([x, y]: Point): string {
  return `${short(x)} ${short(y)}`;
}

/** Writes a number to a hundredth, which is far below a pixel. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
