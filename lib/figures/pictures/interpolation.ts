/**
 * One photo, resized by different methods.
 *
 * @module
 */
import { drawPage } from "@/figures/shared/document.ts";
import { pictureGrid } from "@/figures/shared/pictures.ts";

/**
 * Draws the same photo as each method resizes it, side by side, enlarged so that every pixel is a
 * sharp square.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two methods (the references would be data URLs)
 * ```ts
 * import { interpolationFigure } from "@/figures/pictures/interpolation.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = interpolationFigure([
 *   { method: "bicubic", href: "bicubic.png" },
 *   { method: "nearest neighbour", href: "nearest.png" },
 * ]);
 * ok(svg.includes("nearest neighbour"));
 * ```
 */
export function interpolationFigure(rows: readonly { method: string; href: string }[]): string {
  const side = Math.min(364, 776 / rows.length - 24); // two pictures fill a page 800 pixels wide
  const pictures = rows.map(({ method, href }, column) => ({
    href,
    column,
    row: 0,
    title: method,
  }));
  return drawPage({
    title: "One photo resized by different methods",
    subtitle: "Enlarged: each square is one pixel of the resized photo.",
    empty: rows.length === 0 && "No photos",
    plots: [pictureGrid(pictures, { side, gap: 24, pixelated: true })],
  });
}
