/**
 * The look that the figures share: font, colours, and how numbers are written.
 *
 * @module
 */
import { format } from "d3";
import type { Gender } from "@/dataset/photo.ts";

/**
 * The font of every figure. The PNG is drawn with Inter; a browser without it takes the next, which
 * are all a little narrower, so that what fits in one fits in the others.
 */
export const FONT = "Inter, 'Helvetica Neue', Arial, sans-serif";

/** Sizes of text in pixels, for a figure 800 pixels wide that is also read at half size. */
export const SIZE = { title: 21, text: 15, tick: 14 };

/** Colours of the parts that every figure has. */
export const COLOR = {
  ink: "#1f2933",
  muted: "#5f6b76",
  grid: "#e4e7eb",
  frame: "#9aa5b1",
  bar: "#3a6ea5",
  barMuted: "#b3bcc6",
};

/** The genders in the order and the colours of the original; `null` is a label without a gender. */
export const GENDERS: readonly { gender: Gender | null; name: string; color: string }[] = [
  { gender: "f", name: "female", color: "blueviolet" },
  { gender: "m", name: "male", color: "darkorange" },
  { gender: "u", name: "unknown", color: "forestgreen" },
  { gender: null, name: "not given", color: "#8b95a1" },
];

/** Returns the genders that occur in the rows, in the order of {@linkcode GENDERS}. */
export function gendersIn(rows: readonly { gender: Gender | null }[]): typeof GENDERS {
  return GENDERS.filter(({ gender }) => rows.some((row) => row.gender === gender));
}

/** Returns the name and the colour of a gender. */
export function genderOf(gender: Gender | null): (typeof GENDERS)[number] {
  return GENDERS.find((entry) => entry.gender === gender)!;
}

/** Writes a count with thousands separators: 19370 as `19,370`. */
export const count: (value: number) => string = format(",d");

/** Writes a share as a percentage: 0.524 as `52%`; only none is `0%` and only all is `100%`. */
export function percent(share: number): string {
  if (0 < share && share < 0.005) return "<1%";
  if (0.995 <= share && share < 1) return ">99%";
  return format(".0%")(share);
}

/** Writes a number of things, `1 photo` or `19,370 photos`. */
export function countOf(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}
