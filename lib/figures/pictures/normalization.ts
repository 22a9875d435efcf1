/** The distribution of pixel values before and after normalisation. */
import * as Plot from "@observablehq/plot";
import { descending, quantile, range } from "d3";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import type { IntensityBin } from "@/images/normalization.ts";
import { COLOR, GRID, percentTick } from "@/figures/shared/style.ts";

const WIDTH = 800, LEFT = 76, BOTTOM = 104;

/** The axes under the bars: bytes, and what division by 255 makes of them. */
const AXES = [
  { label: "before: bytes", text: (byte: number) => `${byte}`, y: 20 },
  { label: "after: divided by 255", text: (byte: number) => (byte / 255).toFixed(1), y: 62 },
];

/**
 * Draws a histogram of the pixel values over two axes: bytes before normalisation, 0 to 1 after it. A bar that would
 * squash the others, as the black of the padding does, is cut and carries its share.
 *
 * @example Two bins
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = normalizationFigure([
 *   { from: 0, to: 128, share: 0.6 },
 *   { from: 128, to: 256, share: 0.4 },
 * ]);
 * ok(svg.includes("before: bytes") && svg.includes("after: divided by 255"));
 * ```
 */
export function normalizationFigure(rows: readonly IntensityBin[]): string {
  const top = topOf(rows);
  return drawPage({
    title: "Pixel values before and after normalisation",
    subtitle:
      "Share of all pixel values in each bin. Normalisation changes the scale, not the shape.",
    caption: rows.some(({ share }) => share > top)
      ? "A bar with an arrow is cut so that the others can be read; its whole share stands beside it."
      : undefined,
    empty: rows.length === 0 && "No photos",
    plots: [histogram(rows, top)],
  });
}

/** The share at the top of the scale: the highest, unless the others mostly stay under half of it. */
function topOf(bins: readonly IntensityBin[]): number {
  const [highest = 1, ...others] = bins.map(({ share }) => share).sort(descending);
  const usual = quantile(others, 0.9) || highest;
  return highest > 2 * usual ? 1.5 * usual : highest || 1;
}

/** The bars, those higher than the top cut there, over both axes. */
function histogram(bins: readonly IntensityBin[], top: number): Plot.PlotOptions {
  return {
    width: WIDTH,
    height: 420,
    ...margins(34, MARGIN, BOTTOM, LEFT),
    x: { domain: [0, 256], axis: null },
    y: { domain: [0, top] },
    marks: [
      Plot.gridY({ ...GRID, ticks: 5 }),
      Plot.rectY(bins, {
        ...{ x1: "from", x2: "to", y: ({ share }) => Math.min(share, top) },
        ...{ fill: COLOR.bar, insetRight: bins.length > 100 ? 0 : 1, title: hint },
      }),
      Plot.text(bins.filter(({ share }) => share > top), {
        ...{ x: ({ from, to }) => (from + to) / 2, y: top, textAnchor: "start", dx: -5, dy: -12 },
        text: ({ share }) => `↑ ${percent(share)}`,
      }),
      Plot.ruleY([0], { stroke: COLOR.muted }),
      Plot.axisY({ ticks: 5, tickSize: 0, tickFormat: percentTick, label: null }),
      ...AXES.flatMap(axis),
    ],
  };
}

/** Values at every fifth of the scale, under the middle of the byte, and what they are. */
function axis({ label, text, y }: (typeof AXES)[number]): Plot.Markish[] {
  const place = { frameAnchor: "bottom", dy: y } as const;
  return [
    Plot.text(range(0, 256, 51), { ...place, x: (byte) => byte + 0.5, text }),
    Plot.text([label], { ...place, dy: y + 19, fill: COLOR.muted }),
  ];
}

function hint({ from, to, share }: IntensityBin): string {
  const [first, last] = [from, to - 1].map((byte) => (byte / 255).toFixed(3));
  return `${from} to ${to - 1} (${first} to ${last}): ${percent(share)}`;
}
