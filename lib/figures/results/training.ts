/** Figure 8: accuracy against the epoch of training. */
import * as Plot from "@observablehq/plot";
import { extent, greatest, ticks } from "d3";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import type { Epoch } from "@/training/run.ts";
import { AXIS_UNDER, COLOR, GRID, HUE, SIZE } from "@/figures/shared/style.ts";

/** The accuracies, 0 to 1, after an epoch of training. */
type Row = Pick<Epoch, "epoch" | "accuracy" | "valAccuracy">;

/** Near the original's blue, red and yellow; the yellow paler, so that the lines stand out. */
const TRAINING = HUE.blue, VALIDATION = HUE.vermilion, OVERFITTING = "#f8f2a6";

const WIDTH = 800, LEFT = 76, BOTTOM = 56;

/** The part of the scale of accuracies kept free under the lines, for what the mark says. */
const FOOT = 0.13;

/**
 * Draws training accuracy (blue) and validation accuracy (red) against the epoch, fills yellow where the training
 * accuracy is the higher, and marks the first epoch with the highest validation accuracy.
 *
 * @example Two epochs
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = trainingFigure([
 *   { epoch: 1, accuracy: 0.31, valAccuracy: 0.35 },
 *   { epoch: 2, accuracy: 0.52, valAccuracy: 0.44 },
 * ]);
 * ok(svg.includes("best validation: 44.0% in epoch 2"));
 * ```
 */
export function trainingFigure(rows: readonly Row[]): string {
  const [first = 0, last = 0] = extent(rows, ({ epoch }) => epoch);
  const best = greatest(rows, ({ valAccuracy }) => valAccuracy); // the first of equals
  const domain = accuracies(rows);
  return drawPage({
    title: "Accuracy against the epoch of training",
    key: [
      { name: "training", color: TRAINING, sign: "—" },
      { name: "validation", color: VALIDATION, sign: "—" },
      { name: "overfitting: training above validation", color: OVERFITTING },
    ],
    empty: rows.length === 0 && "No epochs",
    plots: [{
      width: WIDTH,
      height: 450,
      ...margins(34, MARGIN, BOTTOM, LEFT),
      x: { domain: first < last ? [first, last] : [first - 1, last + 1] },
      y: { domain },
      marks: [
        Plot.gridY({ ticks: 6, ...GRID }),
        Plot.axisY({
          ...{ ticks: 6, tickSize: 0, tickFormat: "%", label: "accuracy" },
          labelOffset: LEFT - MARGIN,
        }),
        Plot.axisX(ticks(first, last, 10).filter(Number.isInteger), {
          ...{ ...AXIS_UNDER, tickFormat: ",d", label: "epoch", labelOffset: BOTTOM - 10 },
        }),
        Plot.differenceY(rows, {
          ...{ x: "epoch", y1: "valAccuracy", y2: "accuracy", stroke: "none" },
          ...{ positiveFill: OVERFITTING, positiveFillOpacity: 1, negativeFill: "none" },
        }),
        ...lineOf(rows, "accuracy", TRAINING),
        ...lineOf(rows, "valAccuracy", VALIDATION),
        ...best ? bestMark(best, domain[0], (first + last) / 2) : [],
      ],
    }],
  });
}

/** The scale of accuracies: whole tenths around the lines, two at least, and a foot under them. */
function accuracies(rows: readonly Row[]): [number, number] {
  const all = rows.flatMap(({ accuracy, valAccuracy }) => [accuracy, valAccuracy]);
  const [least = 0, most = 1] = extent(all.filter(Number.isFinite));
  const bottom = Math.min(Math.floor(least * 10), 8) / 10;
  const top = Math.max(Math.ceil(most * 10) / 10, bottom + 0.2);
  return [bottom - (top - bottom) * FOOT, top];
}

/** A thick line with a dot for each epoch, which tells its accuracy; a single epoch is a large dot. */
function lineOf(rows: readonly Row[], y: "accuracy" | "valAccuracy", color: string) {
  const name = y === "accuracy" ? "training" : "validation", r = rows.length === 1 ? 7 : 3;
  const title = (row: Row) => `epoch ${row.epoch}, ${name}: ${percent(row[y])}`;
  return [
    ...rows.length > 1 ? [Plot.line(rows, { x: "epoch", y, stroke: color, strokeWidth: 4 })] : [],
    Plot.dot(rows, { x: "epoch", y, r, fill: color, title }),
  ];
}

/** The best epoch: a dot, and under it what it reached, on the side that has room. */
function bestMark(best: Row, foot: number, middle: number): Plot.Markish[] {
  const note = `best validation: ${percent(best.valAccuracy)} in epoch ${best.epoch}`;
  const isLate = best.epoch > middle;
  return [
    Plot.ruleX([best], { x: "epoch", y1: foot, y2: "valAccuracy", stroke: COLOR.ink }),
    Plot.dot([best], { x: "epoch", y: "valAccuracy", r: 7, fill: COLOR.ink, stroke: "white" }),
    Plot.text([note], {
      ...{ x: () => best.epoch, frameAnchor: "bottom", dx: isLate ? -8 : 8, dy: -8 },
      ...{ textAnchor: isLate ? "end" : "start", fontSize: SIZE.text, fontWeight: 600 },
    }),
  ];
}
