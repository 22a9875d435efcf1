/**
 * A network's certainty and accuracy: the reliability diagram, and accuracy against coverage.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { groups, min } from "d3";
import { drawPage, MARGIN } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, countOf, HUE, percentTick } from "@/figures/shared/style.ts";

/** Answers of about the same certainty. */
interface Bin {
  /** Whose answers they are, such as `as trained`. */
  series: string;
  /** Mean probability of the answers, 0 to 1. */
  confidence: number;
  /** Share of them that is correct, and the ends of its 95% interval, 0 to 1. */
  accuracy: number;
  low: number;
  high: number;
  /** Number of the answers. */
  photos: number;
}

/** The rest of the answers if the least certain are left out. */
interface Coverage {
  series: string;
  /** Share of the photos that are answered, and share of the answers that are correct, 0 to 1. */
  coverage: number;
  accuracy: number;
}

/** The figure's data. */
export interface Calibration {
  bins: readonly Bin[];
  coverage: readonly Coverage[];
}

/** Colours and signs of the series, in the order given. */
const SIGNS = [
  { color: HUE.blue, symbol: "circle", sign: "●" },
  { color: HUE.vermilion, symbol: "diamond", sign: "◆" },
  { color: HUE.green, symbol: "square", sign: "■" },
] as const;

const WIDTH = 400, HEIGHT = 380, LEFT = 68, BOTTOM = 56;

/**
 * Draws two plots: the accuracy of answers against their certainty, where a network that knows how certain
 * it may be lies on the diagonal; and accuracy against coverage, where one that knows when to be silent
 * rises to the left.
 *
 * @returns the figure as the text of an SVG
 * @throws {RangeError} if there are more than three series
 *
 * @example Answers of 90% certainty, of which 70% are correct
 * ```ts
 * import { calibrationFigure } from "@/figures/results/calibration.ts";
 * import { ok } from "node:assert/strict";
 *
 * const bin = { confidence: 0.9, accuracy: 0.7, low: 0.6, high: 0.8, photos: 100 };
 * const svg = calibrationFigure({ bins: [{ series: "as trained", ...bin }], coverage: [] });
 * ok(svg.includes("as trained"));
 * ```
 */
export function calibrationFigure({ bins, coverage }: Calibration): string {
  const series = [...new Set([...bins, ...coverage].map(({ series }) => series))];
  if (series.length > SIGNS.length) {
    throw new RangeError(
      `Cannot draw ${series.length} series (${series.join(", ")}): the figure has colours for ` +
        `${SIGNS.length}`,
    );
  }
  return drawPage({
    title: "Certainty against accuracy",
    subtitle:
      "Left: on the diagonal, answers are as often correct as they are certain; lines are 95% " +
      "intervals. Right: the least certain photos are left unanswered.",
    key: series.map((name, i) => ({ name, color: SIGNS[i]!.color, sign: SIGNS[i]!.sign })),
    empty: bins.length + coverage.length === 0 && "No answers",
    plots: [reliability(bins, series), silence(coverage, series)],
  });
}

function reliability(bins: readonly Bin[], series: readonly string[]): Plot.PlotOptions {
  const drawn = bins.map((bin) => ({ ...bin, ...SIGNS[series.indexOf(bin.series)]! }));
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

function silence(rows: readonly Coverage[], series: readonly string[]): Plot.PlotOptions {
  return {
    ...frame(0),
    y: { domain: [lowest(rows.map(({ accuracy }) => accuracy)), 1] },
    marks: [
      ...axes("photos answered", "accuracy of the answers"),
      ...groups(rows, (row) => row.series).map(([name, own]) => (
        Plot.line(own, {
          x: "coverage",
          y: "accuracy",
          stroke: SIGNS[series.indexOf(name)]!.color,
          strokeWidth: 2.5,
        })
      )),
    ],
  };
}

/** A plot whose axes begin at a share, and end at 1. */
function frame(least: number): Plot.PlotOptions {
  return {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: LEFT,
    marginRight: MARGIN,
    marginTop: 34,
    marginBottom: BOTTOM,
    x: { domain: [least, 1] },
    y: { domain: [least, 1] },
    r: { type: "identity" },
  };
}

function axes(x: string, y: string): Plot.Markish[] {
  return [
    Plot.gridX({ ticks: 5, stroke: COLOR.grid, strokeOpacity: 1 }),
    Plot.gridY({ ticks: 5, stroke: COLOR.grid, strokeOpacity: 1 }),
    Plot.axisX({
      ticks: 5,
      tickSize: 0,
      tickFormat: percentTick,
      label: x,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: BOTTOM - 12,
    }),
    Plot.axisY({
      ticks: 5,
      tickSize: 0,
      tickFormat: percentTick,
      label: y,
      labelOffset: LEFT - MARGIN,
    }),
  ];
}

/** Returns the start of a scale that holds all these shares: a whole tenth, 0.9 at most. */
function lowest(shares: readonly number[]): number {
  return Math.max(0, Math.min(Math.floor((min(shares) ?? 0) * 10), 9)) / 10;
}

/** Writes what a browser shows when the pointer rests on a point. */
function hint({ series, confidence, accuracy, low, high, photos }: Bin): string {
  const interval = `${percent(low)} to ${percent(high)}`;
  return `${series}, ${countOf(photos, "photo")} of ${percent(confidence)} certainty: ` +
    `${percent(accuracy)} correct (${interval})`;
}
