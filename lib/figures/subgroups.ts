/**
 * How well a network does on each subgroup of the photos.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { groups, max, min } from "d3";
import { textWidth } from "@/figures/_bars.ts";
import { drawPage, MARGIN } from "@/figures/_document.ts";
import { percent } from "@/base/text.ts";
import { shareAxis } from "@/figures/_share_axis.ts";
import { COLOR, count, countOf, HUE, SIZE } from "@/figures/_style.ts";

/** A measure of a network on the photos of one subgroup. */
interface Row {
  /** What the photos are divided by, such as `gender`. */
  by: string;
  /** The subgroup, such as `female`. */
  name: string;
  photos: number;
  /** The measure and the ends of its 95% interval, 0 to 1. */
  value: number;
  low: number;
  high: number;
}

/** What is measured, and its value on all photos. */
export interface SubgroupsOptions {
  /** Such as `accuracy`. */
  measure: string;
  /** The measure on all photos, 0 to 1. */
  overall: number;
  /** Title of the figure, and what its subtitle says of the rows; by default those of subgroups. */
  title?: string;
  note?: string;
}

const LABELLED = "Subgroups are as the data set's labels name them.";

/** Width of the page, height of a row and of the gap between two families, and margins, in pixels. */
const WIDTH = 800, ROW = 26, GAP = 34, TOP = 8, BOTTOM = 56;

/**
 * Draws a measure for each subgroup, in the order given: the value as a dot, its 95% interval as a line,
 * wide where there are few photos, and a dashed line where all photos are.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two subgroups
 * ```ts
 * import { subgroupsFigure } from "@/figures/subgroups.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = subgroupsFigure([
 *   { by: "gender", name: "female", photos: 900, value: 0.76, low: 0.73, high: 0.79 },
 *   { by: "gender", name: "male", photos: 20, value: 0.71, low: 0.49, high: 0.9 },
 * ], { measure: "accuracy", overall: 0.758 });
 * ok(svg.includes("female"));
 * ```
 */
export function subgroupsFigure(
  rows: readonly Row[],
  { measure, overall, title = `Test ${measure} by subgroup`, note = LABELLED }: SubgroupsOptions,
): string {
  return drawPage({
    title,
    subtitle: "Dots are the measure, lines its 95% interval; the dashed line is all photos, " +
      `${percent(overall)}. ${note}`,
    empty: rows.length === 0 && "No subgroups",
    plots: [intervals(rows, measure, overall)],
  });
}

/** A row, or the head of a family of rows, at its height on the page. */
type Placed = Row & { y: number };

function place(
  rows: readonly Row[],
): { placed: Placed[]; heads: { by: string; y: number }[]; height: number } {
  const placed: Placed[] = [], heads: { by: string; y: number }[] = [];
  let y = 0;
  for (const [by, own] of groups(rows, (row) => row.by)) {
    heads.push({ by, y: y + GAP / 2 });
    y += GAP;
    placed.push(...own.map((row, k) => ({ ...row, y: y + (k + 0.5) * ROW })));
    y += own.length * ROW;
  }
  return { placed, heads, height: y };
}

function intervals(rows: readonly Row[], measure: string, overall: number): Plot.PlotOptions {
  const { placed, heads, height } = place(rows);
  const marginLeft = MARGIN + 16 + (max(rows, ({ name }) => textWidth(name, SIZE.text)) ?? 0);
  const least = Math.min(overall, min(rows, ({ low }) => low) ?? 0);
  const domain = [Math.floor(least * 10) / 10, 1] as const, at = { y: "y", title: hint } as const;
  const left = { frameAnchor: "left", fontSize: SIZE.text } as const;
  return {
    width: WIDTH,
    height: TOP + height + BOTTOM,
    marginLeft,
    marginRight: MARGIN + textWidth("100.0% of 19,370"),
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { domain },
    y: { domain: [0, height], range: [TOP, TOP + height], axis: null },
    r: { type: "identity" },
    marks: [
      ...shareAxis(domain, `${measure} on the test photos`, { count: 6, bottom: BOTTOM }),
      Plot.ruleX([overall], { stroke: COLOR.frame, strokeDasharray: "4 4" }),
      Plot.text(heads, {
        ...left,
        y: "y",
        text: ({ by }) => `by ${by}`,
        textAnchor: "start",
        dx: MARGIN - marginLeft,
        fontWeight: 600,
      }),
      Plot.text(placed, { ...left, y: "y", text: "name", textAnchor: "end", dx: -12 }),
      Plot.ruleY(placed, { ...at, x1: "low", x2: "high", stroke: HUE.blue, strokeWidth: 2 }),
      Plot.dot(placed, { ...at, x: "value", fill: HUE.blue, r: 5 }),
      Plot.text(placed, {
        y: "y",
        frameAnchor: "right",
        textAnchor: "start",
        dx: 10,
        text: ({ value, photos }) => `${percent(value)} of ${count(photos)}`,
      }),
    ],
  };
}

/** What a browser shows when the pointer rests on a row. */
function hint({ by, name, photos, value, low, high }: Row): string {
  const interval = `${percent(low)} to ${percent(high)}`;
  return `${by}, ${name}: ${percent(value)} of ${countOf(photos, "photo")} (${interval})`;
}
