/**
 * The distribution of pixel values before and after normalisation.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { descending, groups, max, min, quantile } from "d3";
import { drawPage, MARGIN } from "@/figures/_document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, percentTick, SIZE } from "@/figures/_style.ts";

/** The share of the pixels whose value lies between two bounds, in one stage of the work. */
interface Bin {
  stage: string;
  from: number;
  to: number;
  /** 0 to 1. */
  share: number;
}

/**
 * Draws a histogram of the pixel values for each stage, side by side, in the order given. A bar that
 * would squash the others, as the black of the padding does, is cut and carries its share.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two bins before and after
 * ```ts
 * import { normalizationFigure } from "@/figures/normalization.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = normalizationFigure([
 *   { stage: "before", from: 0, to: 128, share: 0.6 },
 *   { stage: "before", from: 128, to: 256, share: 0.4 },
 *   { stage: "after", from: 0, to: 0.5, share: 0.6 },
 *   { stage: "after", from: 0.5, to: 1, share: 0.4 },
 * ]);
 * ok(svg.includes("before"));
 * ```
 */
export function normalizationFigure(rows: readonly Bin[]): string {
  const stages = groups(rows, ({ stage }) => stage);
  const top = max(stages, ([, bins]) => topOf(bins)) ?? 1;
  return drawPage({
    title: "Pixel values before and after normalisation",
    subtitle: "Share of all pixels in each bin of values",
    caption: rows.some(({ share }) => share > top)
      ? "A bar with an arrow is cut so that the others can be read; its whole share stands beside it."
      : undefined,
    empty: rows.length === 0 && "No photos",
    plots: stages.map(([stage, bins]) => histogram(stage, bins, top, 800 / stages.length)),
  });
}

/** The share at the top of the scale: the highest, unless the others mostly stay under half of it. */
function topOf(bins: readonly Bin[]): number {
  const [highest = 1, ...others] = bins.map(({ share }) => share).sort(descending);
  const usual = quantile(others, 0.9) || highest;
  return highest > 2 * usual ? 1.5 * usual : highest || 1;
}

/** One stage's plot; bins higher than the top are cut there. */
function histogram(stage: string, bins: readonly Bin[], top: number, width: number) {
  const cut = bins.filter(({ share }) => share > top);
  const [first, last] = [min(bins, ({ from }) => from)!, max(bins, ({ to }) => to)!];
  return {
    width,
    height: 340,
    marginLeft: 76,
    marginRight: MARGIN,
    marginTop: 56,
    marginBottom: 56,
    x: { domain: [first, last] },
    y: { domain: [0, top] },
    marks: [
      Plot.gridY({ stroke: COLOR.grid, strokeOpacity: 1, ticks: 5 }),
      Plot.rectY(bins, {
        x1: "from",
        x2: "to",
        y: ({ share }) => Math.min(share, top),
        fill: COLOR.bar,
        insetRight: bins.length > 100 ? 0 : 1,
      }),
      Plot.text(cut, {
        x: ({ from, to }) => (from + to) / 2,
        y: top,
        text: ({ share }) => `↑ ${percent(share)}`,
        textAnchor: "start",
        dx: -5,
        dy: -12,
      }),
      Plot.ruleY([0], { stroke: COLOR.muted }),
      Plot.axisX({
        ticks: 5,
        tickSize: 0,
        label: "pixel value",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 46,
      }),
      Plot.axisY({ ticks: 5, tickSize: 0, tickFormat: percentTick, label: null }),
      Plot.text([stage], {
        frameAnchor: "top-left",
        dy: -50,
        fontWeight: 600,
        fontSize: SIZE.text,
      }),
    ],
  } satisfies Plot.PlotOptions;
}
