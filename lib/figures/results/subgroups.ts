/** Results of a network on each subgroup of the photos. */
import * as Plot from "@observablehq/plot";
import { min } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import {
  headsAndNames,
  placeUnderHeads,
  shareRows,
  textsBehind,
} from "@/figures/shared/share_rows.ts";
import { COLOR, count, countOf, HUE } from "@/figures/shared/style.ts";

interface Row {
  /** The label that divides the photos, such as `gender`. */
  by: string;
  /** The subgroup, such as `female`. */
  name: string;
  photos: number;
  /** The measure and the ends of its 95% interval, 0 to 1. */
  value: number;
  low: number;
  high: number;
}

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

/**
 * Draws a measure for each subgroup, in the order given: the value as a dot, its 95% interval as a line,
 * wide where there are few photos, and a dashed line where all photos are.
 *
 * @example Two subgroups
 * ```ts
 * import { subgroupsFigure } from "@/figures/results/subgroups.ts";
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

function intervals(rows: readonly Row[], measure: string, overall: number): Plot.PlotOptions {
  const { placed, heads, height } = placeUnderHeads(rows, ({ by }) => `by ${by}`);
  const least = Math.min(overall, min(rows, ({ low }) => low) ?? 0);
  const at = { y: "y", title: hint } as const;
  const plot = {
    names: rows.map(({ name }) => name),
    height,
    right: textWidth("100.0% of 19,370"),
    domain: [Math.floor(least * 10) / 10, 1],
    label: `${measure} on the test photos`,
    count: 6,
  } as const;
  return shareRows(plot, (left) => [
    Plot.ruleX([overall], { stroke: COLOR.frame, strokeDasharray: "4 4" }),
    ...headsAndNames({ placed, heads }, "name", left),
    Plot.ruleY(placed, { ...at, x1: "low", x2: "high", stroke: HUE.blue, strokeWidth: 2 }),
    Plot.dot(placed, { ...at, x: "value", fill: HUE.blue, r: 5 }),
    textsBehind(placed, { text: ({ value, photos }) => `${percent(value)} of ${count(photos)}` }),
  ]);
}

function hint({ by, name, photos, value, low, high }: Row): string {
  const interval = `${percent(low)} to ${percent(high)}`;
  return `${by}, ${name}: ${percent(value)} of ${countOf(photos, "photo")} (${interval})`;
}
