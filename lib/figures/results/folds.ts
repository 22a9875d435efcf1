/** Results of a network on each fold of a cross-validation, and on all of them together. */
import * as Plot from "@observablehq/plot";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import { NAME_BEFORE, shareRows, textsBehind, wholeScale } from "@/figures/shared/share_rows.ts";
import { COLOR, HUE } from "@/figures/shared/style.ts";

/** A measure of a cross-validation; all values are 0 to 1. */
interface Row {
  /** Such as `balanced accuracy`. */
  measure: string;
  folds: readonly { fold: number; value: number }[];
  /** Of all out-of-fold predictions, with the ends of their 95% interval. */
  pooled: number;
  low: number;
  high: number;
}

const ROW = 40;

/**
 * Draws each measure, in the order given: a ring for each fold, and a diamond with the 95% interval for all
 * folds together, its value in figures at the right.
 *
 * @example One measure on two folds
 * ```ts
 * import { foldsFigure } from "@/figures/results/folds.ts";
 * import { ok } from "node:assert/strict";
 *
 * const folds = [{ fold: 0, value: 0.71 }, { fold: 1, value: 0.67 }];
 * const svg = foldsFigure([{ measure: "accuracy", folds, pooled: 0.69, low: 0.68, high: 0.7 }]);
 * ok(svg.includes("accuracy"));
 * ```
 */
export function foldsFigure(rows: readonly Row[]): string {
  return drawPage({
    title: "Cross-validation: each fold, and all together",
    subtitle:
      "Every photo is tested once, by a network that has not seen its person as far as is " +
      "known. Lines are 95% intervals that draw whole persons.",
    key: [
      { name: "one fold", color: HUE.sky, sign: "○" },
      { name: "all folds", color: HUE.vermilion, sign: "◆" },
    ],
    empty: rows.length === 0 && "No results",
    plots: [folds(rows)],
  });
}

function folds(rows: readonly Row[]): Plot.PlotOptions {
  const placed = rows.map((row, k) => ({ ...row, y: (k + 0.5) * ROW }));
  const single = placed.flatMap(({ folds, ...of }) => folds.map((fold) => ({ ...fold, ...of })));
  const of = { y: "y" } as const;
  const plot = {
    names: rows.map(({ measure }) => measure),
    height: rows.length * ROW,
    right: textWidth("100.0%") + 16,
    domain: wholeScale(rows.flatMap(valuesOf), 10),
    label: "measure on photos that the network has not seen",
    count: 7,
  };
  return shareRows(plot, () => [
    Plot.text(placed, { ...of, text: "measure", ...NAME_BEFORE }),
    Plot.ruleY(placed, { ...of, x1: "low", x2: "high", stroke: HUE.vermilion, strokeWidth: 2 }),
    Plot.dot(placed, {
      ...{ ...of, x: "pooled", fill: HUE.vermilion, symbol: "diamond", r: 5, title: pooledHint },
    }),
    Plot.dot(single, {
      ...{ ...of, x: "value", stroke: HUE.sky, strokeWidth: 2, r: 6, title: foldHint },
    }),
    textsBehind(placed, {
      ...{ text: ({ pooled }) => percent(pooled), dx: 16, fontWeight: 600, fill: COLOR.ink },
    }),
  ]);
}

function valuesOf({ folds, low, high }: Row): number[] {
  return [...folds.map(({ value }) => value), low, high];
}

function pooledHint({ measure, pooled, low, high }: Row): string {
  return `${measure}, all folds: ${percent(pooled)} (${percent(low)} to ${percent(high)})`;
}

function foldHint({ measure, fold, value }: { measure: string; fold: number; value: number }) {
  return `${measure}, fold ${fold}: ${percent(value)}`;
}
