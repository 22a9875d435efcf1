/** Figures whose rows are shares with intervals: where the rows are, and the scale under them. */
import * as Plot from "@observablehq/plot";
import { extent, groups, max, ticks } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { MARGIN, margins } from "@/figures/shared/document.ts";
import { AXIS_UNDER, GRID, percentTick, SIZE } from "@/figures/shared/style.ts";

const WIDTH = 800, TOP = 8, BOTTOM = 56;

interface ShareRows {
  names: readonly string[];
  height: number;
  /** Room to the right of the scale in pixels. */
  right: number;
  /** The ends of the scale, 0 to 1. */
  domain: readonly [number, number];
  /** Label under the scale, and about how many ticks it has. */
  label: string;
  count: number;
}

/** A plot of rows on a scale of shares; heights are in pixels, from the first row's upper end down. */
export function shareRows(
  { names, height, right, domain, label, count }: ShareRows,
  marksOf: (left: number) => Plot.Markish[],
): Plot.PlotOptions {
  const marginLeft = MARGIN + 16 + (max(names, (name) => textWidth(name, SIZE.text)) ?? 0);
  const marks = ticks(...domain, count);
  return {
    width: WIDTH,
    height: TOP + height + BOTTOM,
    ...margins(TOP, MARGIN + right, BOTTOM, marginLeft),
    x: { domain },
    y: { domain: [0, height], range: [TOP, TOP + height], axis: null },
    marks: [
      Plot.gridX(marks, GRID),
      Plot.axisX(marks, {
        ...{ ...AXIS_UNDER, tickFormat: percentTick, label, labelOffset: BOTTOM - 12 },
      }),
      ...marksOf(marginLeft),
    ],
  };
}

/** The place of a row's name before the scale. */
export const NAME_BEFORE: Plot.TextOptions = {
  frameAnchor: "left",
  textAnchor: "end",
  dx: -14,
  fontSize: SIZE.text,
};

/** Texts behind the scale, a row each. */
export function textsBehind<Row>(rows: readonly Row[], options: Plot.TextOptions): Plot.Text {
  const place = { y: "y", frameAnchor: "right", textAnchor: "start", dx: 10 } as const;
  return Plot.text(rows as Row[], { ...place, ...options });
}

/** The scale around all values, within 0 and 1: whole steps, of which `steps` make 1, one at least. */
export function wholeScale(values: readonly number[], steps: number): [number, number] {
  const [low = 0, high = 1] = extent(values);
  const least = Math.max(0, Math.floor(low * steps)),
    most = Math.min(steps, Math.ceil(high * steps));
  return [Math.min(least, most - 1) / steps, most / steps];
}

/** Height of a row and of the head of a family of rows, in pixels. */
const ROW = 26, HEAD = 34;

/** Places rows under the heads of their families. */
export function placeUnderHeads<Row extends object>(
  rows: readonly Row[],
  headOf: (row: Row) => string,
) {
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
  const head = { text: "head", textAnchor: "start", dx: MARGIN - left, fontWeight: 600 } as const;
  return [
    Plot.text(heads, { y: "y", ...NAME_BEFORE, ...head }),
    Plot.text(placed, { y: "y", ...NAME_BEFORE, text: name, dx: -12 }),
  ];
}
