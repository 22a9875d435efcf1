/** Measures of a network with their 95% intervals: by fold, by way of splitting, by subgroup. */
import * as Plot from "@observablehq/plot";
import { groups, min } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { percent, withInterval } from "@/base/text.ts";
import type { FoldMeasure } from "@/metrics/cross_validation.ts";
import type { Interval } from "@/metrics/interval.ts";
import { BEHIND, placeUnderHeads, shareRows, wholeScale } from "@/figures/shared/share_rows.ts";
import { COLOR, count, countOf, HUE, toSigns } from "@/figures/shared/style.ts";

/** A measure of a cross-validation, such as `balanced accuracy`; all values are 0 to 1. */
type FoldsRow = Pick<FoldMeasure, "measure" | "folds" | "pooled" | "low" | "high">;

const FOLDS_ROW = 40;

/**
 * Draws a row for each measure: a ring for each fold, and a diamond with the 95% interval for all folds together.
 *
 * @example One measure on two folds
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const folds = [{ fold: 0, value: 0.71 }, { fold: 1, value: 0.67 }];
 * const svg = foldsFigure([{ measure: "accuracy", folds, pooled: 0.69, low: 0.68, high: 0.7 }]);
 * ok(svg.includes("accuracy"));
 * ```
 */
export function foldsFigure(rows: readonly FoldsRow[]): string {
  return drawPage({
    title: "Cross-validation: each fold, and all together",
    subtitle:
      "Every photo is tested once, by a network that has not seen its person as far as is " +
      "known. Lines are 95% intervals; persons that are known are drawn whole.",
    key: [
      { name: "one fold", color: HUE.sky, sign: "○" },
      { name: "all folds", color: HUE.vermilion, sign: "◆" },
    ],
    empty: rows.length === 0 && "No results",
    plots: [foldsPlot(rows)],
  });
}

function foldsPlot(rows: readonly FoldsRow[]): Plot.PlotOptions {
  const placed = rows.map((row, k) => ({ ...row, y: (k + 0.5) * FOLDS_ROW }));
  const single = placed.flatMap(({ folds, measure, y }) =>
    folds.map(({ fold, value }) => (
      { value, y, hint: `${measure}, fold ${fold}: ${percent(value)}` }
    ))
  );
  const ends = rows.flatMap(({ folds, low, high }) => [...folds.map((f) => f.value), low, high]);
  const hint = ({ measure, pooled, low, high }: FoldsRow) =>
    `${measure}, all folds: ${withInterval(pooled, low, high)}`;
  const plot = {
    names: placed.map(({ measure, y }) => ({ name: measure, y })),
    ...{ height: rows.length * FOLDS_ROW, right: textWidth("100.0%") + 16, count: 7 },
    domain: wholeScale(ends, 10),
    label: "measure on photos that the network has not seen",
  };
  const y = "y", fill = HUE.vermilion;
  return shareRows(plot, [
    Plot.ruleY(placed, { y, x1: "low", x2: "high", stroke: fill, strokeWidth: 2 }),
    Plot.dot(placed, { y, x: "pooled", fill, symbol: "diamond", r: 5, title: hint }),
    Plot.dot(single, { y, x: "value", stroke: HUE.sky, strokeWidth: 2, r: 6, title: "hint" }),
    Plot.text(placed, {
      ...{ ...BEHIND, text: ({ pooled }) => percent(pooled), dx: 16 },
      ...{ fontWeight: 600, fill: COLOR.ink },
    }),
  ]);
}

/** A measure with a split of the photos, such as `by photo`. */
interface SplitRow extends Interval {
  split: string;
  measure: string;
}

/** Height of a row and of the gap between two measures, in pixels. */
const SPLIT_ROW = 30, GAP = 22;

/**
 * Draws each measure once for each split: the value as a symbol, its 95% interval as a line.
 *
 * @throws {RangeError} if there are more than three splits
 *
 * @example One measure with two splits
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = splitComparisonFigure([
 *   { split: "by photo", measure: "accuracy", value: 0.694, low: 0.682, high: 0.708 },
 *   { split: "by person", measure: "accuracy", value: 0.688, low: 0.674, high: 0.702 },
 * ]);
 * ok(svg.includes("by person"));
 * ```
 */
export function splitComparisonFigure(rows: readonly SplitRow[]): string {
  const splits = toSigns([...new Set(rows.map(({ split }) => split))], "splits");
  return drawPage({
    title: "Test results by way of splitting",
    subtitle: "Symbols are the measures on the test photos, lines their 95% intervals.",
    key: splits,
    empty: rows.length === 0 && "No results",
    plots: [splitsPlot(rows, splits)],
  });
}

function splitsPlot(rows: readonly SplitRow[], splits: ReturnType<typeof toSigns>) {
  const measures = groups(rows, ({ measure }) => measure), block = splits.length * SPLIT_ROW + GAP;
  const placed = measures.flatMap(([, own], k) =>
    own.map((row) => {
      const split = splits.findIndex(({ name }) => name === row.split);
      const { color, symbol } = splits[split]!;
      return { ...row, y: k * block + (split + 0.5) * SPLIT_ROW + GAP / 2, color, symbol };
    })
  );
  const hint = ({ split, measure, value, low, high }: SplitRow) =>
    `${measure}, ${split}: ${withInterval(value, low, high)}`;
  const at = { y: "y", title: hint } as const;
  const plot = {
    names: measures.map(([name], k) => ({ name, y: (k + 0.5) * block })),
    under: [Plot.ruleY(measures.slice(1), { y: (_, i) => (i + 1) * block, stroke: COLOR.grid })],
    ...{ height: measures.length * block, right: textWidth("100.0%") + 12, count: 7 },
    domain: wholeScale(rows.flatMap(({ low, high }) => [low, high]), 20),
    label: "measure on the test photos",
  };
  return shareRows(plot, [
    Plot.ruleY(placed, { ...at, x1: "low", x2: "high", stroke: "color", strokeWidth: 2 }),
    ...["low", "high"].map((x) =>
      Plot.ruleX(placed, { x, y1: ({ y }) => y - 5, y2: ({ y }) => y + 5, stroke: "color" })
    ),
    Plot.dot(placed, { ...at, x: "value", fill: "color", symbol: "symbol", r: 5 }),
    Plot.text(placed, {
      ...{ x: "high", y: "y", text: ({ value }) => percent(value) },
      ...{ textAnchor: "start", dx: 10, fontWeight: 600 },
    }),
  ]);
}

/** A subgroup, such as `female`, by the label that divides the photos, such as `gender`. */
interface SubgroupRow extends Interval {
  by: string;
  name: string;
  photos: number;
}

interface SubgroupsOptions {
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
 * Draws a measure for each subgroup: the value as a dot, its 95% interval as a line, all photos as a dashed line.
 *
 * @example Two subgroups
 * ```ts
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
  rows: readonly SubgroupRow[],
  { measure, overall, title = `Test ${measure} by subgroup`, note = LABELLED }: SubgroupsOptions,
): string {
  return drawPage({
    title,
    subtitle: "Dots are the measure, lines its 95% interval; the dashed line is all photos, " +
      `${percent(overall)}. ${note}`,
    empty: rows.length === 0 && "No subgroups",
    plots: [subgroupsPlot(rows, measure, overall)],
  });
}

function subgroupsPlot(rows: readonly SubgroupRow[], measure: string, overall: number) {
  const { placed, heads, bottom } = placeUnderHeads(rows, ({ by }) => `by ${by}`);
  const least = Math.min(overall, min(rows, ({ low }) => low) ?? 0);
  const hint = ({ by, name, photos, value, low, high }: SubgroupRow) =>
    `${by}, ${name}: ${percent(value)} of ${countOf(photos, "photo")} ` +
    `(${percent(low)} to ${percent(high)})`;
  const at = { y: "y", title: hint } as const;
  const plot = {
    ...{ names: placed, heads },
    under: [Plot.ruleX([overall], { stroke: COLOR.frame, strokeDasharray: "4 4" })],
    ...{ height: bottom, right: textWidth("100.0% of 19,370"), count: 6 },
    domain: [Math.min(9, Math.floor(least * 10)) / 10, 1],
    label: `${measure} on the test photos`,
  } as const;
  return shareRows(plot, [
    Plot.ruleY(placed, { ...at, x1: "low", x2: "high", stroke: HUE.blue, strokeWidth: 2 }),
    Plot.dot(placed, { ...at, x: "value", fill: HUE.blue, r: 5 }),
    Plot.text(placed, {
      ...BEHIND,
      text: ({ value, photos }) => `${percent(value)} of ${count(photos)}`,
    }),
  ]);
}
