/** Results of a network by the way in which the photos are split. */
import * as Plot from "@observablehq/plot";
import { groups } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import { NAME_BEFORE, shareRows, wholeScale } from "@/figures/shared/share_rows.ts";
import { COLOR, toSigns } from "@/figures/shared/style.ts";

interface Row {
  /** The split of the photos, such as `by photo`. */
  split: string;
  /** Such as `balanced accuracy`. */
  measure: string;
  /** The measure and the ends of its 95% interval, 0 to 1. */
  value: number;
  low: number;
  high: number;
}

/** Height of a row and of the gap between two measures, in pixels. */
const ROW = 30, GAP = 22;

/**
 * Draws each measure, in the order given, once for each split: the value as a symbol, its 95% interval
 * as a line, and the value in figures behind it.
 *
 * @throws {RangeError} if there are more than three splits
 *
 * @example One measure with two splits
 * ```ts
 * import { splitComparisonFigure } from "@/figures/results/split_comparison.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = splitComparisonFigure([
 *   { split: "by photo", measure: "accuracy", value: 0.694, low: 0.682, high: 0.708 },
 *   { split: "by person", measure: "accuracy", value: 0.688, low: 0.674, high: 0.702 },
 * ]);
 * ok(svg.includes("by person"));
 * ```
 */
export function splitComparisonFigure(rows: readonly Row[]): string {
  const splits = toSigns([...new Set(rows.map(({ split }) => split))], "splits");
  return drawPage({
    title: "Test results by way of splitting",
    subtitle: "Symbols are the measures on the test photos, lines their 95% intervals.",
    key: splits,
    empty: rows.length === 0 && "No results",
    plots: [comparison(rows, splits)],
  });
}

type Signs = ReturnType<typeof toSigns>;

type Placed = Row & { y: number; color: string; symbol: string };

function place(rows: readonly Row[], splits: Signs): Placed[] {
  return groups(rows, ({ measure }) => measure).flatMap(([, own], measure) =>
    own.map((row) => {
      const split = splits.findIndex(({ name }) => name === row.split);
      const { color, symbol } = splits[split]!;
      const y = measure * (splits.length * ROW + GAP) + (split + 0.5) * ROW + GAP / 2;
      return { ...row, y, color, symbol };
    })
  );
}

function comparison(rows: readonly Row[], splits: Signs): Plot.PlotOptions {
  const placed = place(rows, splits), measures = groups(placed, ({ measure }) => measure);
  const block = splits.length * ROW + GAP, height = measures.length * block;
  const at = { y: "y", title: hint } as const;
  const plot = {
    names: rows.map(({ measure }) => measure),
    height,
    right: textWidth("100.0%") + 12,
    domain: wholeScale(rows.flatMap(({ low, high }) => [low, high]), 20),
    label: "measure on the test photos",
    count: 7,
  };
  return shareRows(plot, () => [
    Plot.ruleY(measures.slice(1), { y: (_, i) => (i + 1) * block, stroke: COLOR.grid }),
    Plot.text(measures, {
      ...{ y: (_, i) => (i + 0.5) * block, text: ([measure]) => measure, ...NAME_BEFORE },
    }),
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

function hint({ split, measure, value, low, high }: Row): string {
  return `${measure}, ${split}: ${percent(value)} (${percent(low)} to ${percent(high)})`;
}
