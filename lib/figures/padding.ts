/**
 * Figure 6: photos before and after padding.
 *
 * @module
 */
import { drawPage } from "@/figures/_document.ts";
import { pictureGrid } from "@/figures/_pictures.ts";

/** A picture and its size in pixels. */
export interface Picture {
  /** Where the picture is: a data URL, so that the figure needs no other file. */
  href: string;
  width: number;
  height: number;
}

/**
 * Draws each photo beside its zero-padded square, both to the same scale, with a thin frame that
 * tells the black padding from the page.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A wide photo (the references would be data URLs)
 * ```ts
 * import { paddingFigure } from "@/figures/padding.ts";
 * import { ok } from "node:assert/strict";
 *
 * const before = { href: "wide.png", width: 238, height: 200 };
 * const after = { href: "square.png", width: 238, height: 238 };
 * ok(paddingFigure([{ before, after }]).includes("Original image, ratio 1.19"));
 * ```
 */
export function paddingFigure(rows: readonly { before: Picture; after: Picture }[]): string {
  const pictures = rows.flatMap(({ before, after }, row) => {
    const side = Math.max(after.width, after.height);
    const ratio = (before.width / before.height).toFixed(2);
    return [
      { ...place(before, side), row, column: 0, title: `Original image, ratio ${ratio}` },
      { ...place(after, side), row, column: 1, title: "Zero-padded image" },
    ];
  });
  return drawPage({
    title: "Padding to a square",
    subtitle: "Black bars complete the shorter side; the face keeps its proportions.",
    empty: rows.length === 0 && "No photos",
    plots: [pictureGrid(pictures, { side: 300, gap: 24 })],
  });
}

/** A picture with its size as a share of the square's side, and in words. */
function place({ href, width, height }: Picture, side: number) {
  const note = `${width} × ${height} pixels`;
  return { href, width: width / side, height: height / side, note };
}
