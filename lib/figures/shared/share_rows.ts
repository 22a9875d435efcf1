/**
 * Figures whose rows are shares with intervals: where the rows are, and the scale under them.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { groups, max, ticks } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { MARGIN } from "@/figures/shared/document.ts";
import { COLOR, percentTick, SIZE } from "@/figures/shared/style.ts";

/** Width of the page, and margins above and below the rows, in pixels. */
const WIDTH = 800, TOP = 8, BOTTOM = 56;

/** Options of a plot of rows. */
export interface ShareRows {
  /** Names to the left of the rows. */
  names: readonly string[];
  /** Height of all rows in pixels. */
  height: number;
  /** Room to the right of the scale in pixels. */
  right: number;
  /** The ends of the scale, 0 to 1. */
  domain: readonly [number, number];
  /** Label under the scale, and about how many ticks it has. */
  label: string;
  count: number;
}

/**
 * A plot of rows on a scale of shares; heights are in pixels, from the first row's upper end down.
 *
 * @param marksOf what is drawn, given the margin at the left, in pixels
 */
export function shareRows(
  { names, height, right, domain, label, count }: ShareRows,
  marksOf: (left: number) => Plot.Markish[],
): Plot.PlotOptions {
  const marginLeft = MARGIN + 16 + (max(names, (name) => textWidth(name, SIZE.text)) ?? 0);
  return {
    width: WIDTH,
    height: TOP + height + BOTTOM,
    marginLeft,
    marginRight: MARGIN + right,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { domain },
    y: { domain: [0, height], range: [TOP, TOP + height], axis: null },
    r: { type: "identity" },
    marks: [...shareAxis(domain, label, count), ...marksOf(marginLeft)],
  };
}

/** A grid and the axis under it, with the label in the middle. */
function shareAxis(
  domain: readonly [number, number],
  label: string,
  count: number,
): Plot.Markish[] {
  const marks = ticks(...domain, count);
  return [
    Plot.gridX(marks, { stroke: COLOR.grid, strokeOpacity: 1 }),
    Plot.axisX(marks, {
      tickSize: 0,
      tickFormat: percentTick,
      label,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: BOTTOM - 12,
    }),
  ];
}

/** Height of a row and of the head of a family of rows, in pixels. */
const ROW = 26, HEAD = 34;

/**
 * Places rows under the heads of their families.
 *
 * @param headOf what a row's family is called
 */
export function placeUnderHeads<Row extends object>(
  rows: readonly Row[],
  headOf: (row: Row) => string,
): { placed: (Row & { y: number })[]; heads: { head: string; y: number }[]; height: number } {
  const placed: (Row & { y: number })[] = [], heads: { head: string; y: number }[] = [];
  let y = 0;
  for (const [head, own] of groups(rows, headOf)) {
    heads.push({ head, y: y + HEAD / 2 });
    y += HEAD;
    placed.push(...own.map((row, k) => ({ ...row, y: y + (k + 0.5) * ROW })));
    y += own.length * ROW;
  }
  return { placed, heads, height: y };
}

/** The heads and, right beside the scale, the names of rows that are placed under them. */
export function headsAndNames<Row extends { y: number }>(
  { placed, heads }: { placed: readonly Row[]; heads: readonly { head: string; y: number }[] },
  name: keyof Row & string,
  left: number,
): Plot.Markish[] {
  const style = { y: "y", frameAnchor: "left", fontSize: SIZE.text } as const;
  return [
    Plot.text(heads, {
      ...style,
      text: "head",
      textAnchor: "start",
      dx: MARGIN - left,
      fontWeight: 600,
    }),
    Plot.text(placed, { ...style, text: name, textAnchor: "end", dx: -12 }),
  ];
}
