/**
 * Figures 11, 13, 15, 17 and 19: where the network looked when it was mistaken.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { interpolateInferno, range } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage, IN_PIXELS, MARGIN } from "@/figures/shared/document.ts";
import { mistakeGrid, type Mistakes } from "@/figures/shared/mistakes.ts";
import { COLOR } from "@/figures/shared/style.ts";

/** Width in pixels of the key's bar of colours, and the steps it has. */
const BAR = 180, STEPS = 60;

/**
 * Draws the pictures of {@linkcode mistakesFigure} with the cells of Grad-CAM laid over them,
 * and a key to its colours: those of d3's `interpolateInferno`, which also tell apart in grey and
 * to the colour-blind.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A child predicted to be older (the reference would be a data URL)
 * ```ts
 * import { reasonsFigure } from "@/figures/pictures/reasons.ts";
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ href: "heat.png", predicted: "21-37", probability: 0.87 }];
 * ok(reasonsFigure({ group: "0-6", rows }).includes("strongest cell"));
 * ```
 */
export function reasonsFigure({ group, rows }: Mistakes): string {
  return drawPage({
    title: `Where the network looked, photos of group ${group}`,
    subtitle: "The brighter a cell, the more it spoke for the wrong group (Grad-CAM). " +
      cellsOf(rows) +
      "Each photo has its own scale, from 0 to its strongest cell: colours cannot be compared " +
      "between photos. The grey rim lies beyond the outermost cells.",
    empty: rows.length === 0 && `No photo of group ${group} is predicted wrongly`,
    columns: 1,
    plots: [colorKey("0", "the photo's strongest cell"), mistakeGrid(rows)],
  });
}

/** Says how many cells there are, where that is known. */
function cellsOf([first]: Mistakes["rows"]): string {
  if (!first?.cells) return "";
  const { rows, columns } = first.cells;
  return `The network's last convolution has ${rows} × ${columns} cells. `;
}

/** A bar of all colours between two words. */
function colorKey(low: string, high: string): Plot.PlotOptions {
  const left = MARGIN + textWidth(low) + 4;
  const at = (step: number) => left + step * BAR / STEPS;
  const text = { y: 16, textAnchor: "start" } as const;
  return {
    height: 36,
    ...IN_PIXELS,
    marks: [
      Plot.rect(range(STEPS), {
        x1: at,
        x2: (step) => at(step + 1) + 0.5, // no seams
        y1: 8,
        y2: 24,
        fill: (step) => interpolateInferno(step / (STEPS - 1)),
      }),
      Plot.rect([0], { x1: left, x2: left + BAR, y1: 8, y2: 24, stroke: COLOR.frame }),
      Plot.text([low], { ...text, x: MARGIN }),
      Plot.text([high], { ...text, x: left + BAR + 10 }),
    ],
  };
}
