/** A network's certainty and accuracy: the reliability diagram, and accuracy against coverage. */
import * as Plot from "@observablehq/plot";
import { groups, min } from "d3";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import type { Reliability } from "@/metrics/reliability.ts";
import { AXIS_UNDER, COLOR, countOf, GRID, percentTick, toSigns } from "@/figures/shared/style.ts";

type Bin = Reliability["bins"][number];
type Coverage = Omit<Reliability["coverage"][number], "threshold">;

const WIDTH = 400, HEIGHT = 380, LEFT = 68, BOTTOM = 56;

/**
 * Draws the accuracy of answers against their certainty, where a calibrated network lies on the diagonal, and against
 * coverage, where one that knows when it may err rises to the left.
 *
 * @throws {RangeError} if there are more than three series
 *
 * @example Answers of 90% certainty, of which 70% are correct
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const bin = { confidence: 0.9, accuracy: 0.7, low: 0.6, high: 0.8, photos: 100 };
 * const svg = calibrationFigure({ bins: [{ series: "as trained", ...bin }], coverage: [] });
 * ok(svg.includes("as trained"));
 * ```
 */
export function calibrationFigure(
  { bins, coverage }: { bins: readonly Bin[]; coverage: readonly Coverage[] },
): string {
  const names = [...new Set([...bins, ...coverage].map(({ series }) => series))];
  const series = toSigns(names, "series"), signs = new Map(series.map((sign) => [sign.name, sign]));
  return drawPage({
    title: "Certainty against accuracy",
    subtitle:
      "Left: on the diagonal, answers are as often correct as they are certain; lines are 95% " +
      "intervals. Right: the least certain photos are left unanswered.",
    key: series,
    empty: bins.length + coverage.length === 0 && "No answers",
    plots: [reliability(bins, signs), silence(coverage, signs)],
  });
}

type Signs = ReadonlyMap<string, ReturnType<typeof toSigns>[number]>;

function reliability(bins: readonly Bin[], signs: Signs): Plot.PlotOptions {
  const drawn = bins.map((bin) => ({ ...bin, ...signs.get(bin.series)! }));
  const at = { x: "confidence", title: hint } as const;
  return {
    ...frame(lowest(drawn.flatMap(({ confidence, low }) => [confidence, low]))),
    marks: [
      ...axes("certainty of the answer", "accuracy"),
      Plot.line([[0, 0], [1, 1]], { stroke: COLOR.frame, strokeDasharray: "4 4", clip: true }),
      Plot.ruleX(drawn, { ...at, y1: "low", y2: "high", stroke: "color", strokeWidth: 1.5 }),
      Plot.dot(drawn, { ...at, y: "accuracy", fill: "color", symbol: "symbol", r: 5 }),
    ],
  };
}

function silence(rows: readonly Coverage[], signs: Signs): Plot.PlotOptions {
  return {
    ...frame(0),
    y: { domain: [lowest(rows.map(({ accuracy }) => accuracy)), 1] },
    marks: [
      ...axes("photos answered", "accuracy of the answers"),
      ...groups(rows, (row) => row.series).map(([name, own]) => {
        const stroke = signs.get(name)!.color;
        return Plot.line(own, { x: "coverage", y: "accuracy", stroke, strokeWidth: 2.5 });
      }),
    ],
  };
}

function frame(least: number): Plot.PlotOptions {
  return {
    width: WIDTH,
    height: HEIGHT,
    ...margins(34, MARGIN, BOTTOM, LEFT),
    x: { domain: [least, 1] },
    y: { domain: [least, 1] },
  };
}

function axes(x: string, y: string): Plot.Markish[] {
  const scale = { ticks: 5, tickSize: 0, tickFormat: percentTick };
  return [
    Plot.gridX({ ticks: 5, ...GRID }),
    Plot.gridY({ ticks: 5, ...GRID }),
    Plot.axisX({ ...AXIS_UNDER, ...scale, label: x, labelOffset: BOTTOM - 12 }),
    Plot.axisY({ ...scale, label: y, labelOffset: LEFT - MARGIN }),
  ];
}

/** Returns the start of a scale that holds all these shares: a whole tenth, 0.9 at most. */
function lowest(shares: readonly number[]): number {
  return Math.max(0, Math.min(Math.floor((min(shares) ?? 0) * 10), 9)) / 10;
}

function hint({ series, confidence, accuracy, low, high, photos }: Bin): string {
  return `${series}, ${countOf(photos, "photo")} of ${percent(confidence)} certainty: ` +
    `${percent(accuracy)} correct (${percent(low)} to ${percent(high)})`;
}
