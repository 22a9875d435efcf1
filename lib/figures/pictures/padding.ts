/**
 * Figure 6: photos, padded to squares, and resized.
 *
 * @module
 */
import { drawPage } from "@/figures/shared/document.ts";
import { pictureGrid } from "@/figures/shared/pictures.ts";

/** A picture and its size in pixels. */
export interface Picture {
  /** Where the picture is: a data URL, so that the figure needs no other file. */
  href: string;
  width: number;
  height: number;
}

/** A photo and what becomes of it. */
interface Row {
  before: Picture;
  /** Padded to a square. */
  after: Picture;
  /** The square at the size that networks take, where it is to be shown. */
  resized?: Picture;
}

/**
 * Draws each photo, its zero-padded square and the resized square side by side, to the same scale, each
 * in a thin frame that tells the black padding from the page.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A wide photo (the references would be data URLs)
 * ```ts
 * import { paddingFigure } from "@/figures/pictures/padding.ts";
 * import { ok } from "node:assert/strict";
 *
 * const before = { href: "wide.jpg", width: 238, height: 200 };
 * const after = { href: "square.jpg", width: 238, height: 238 };
 * const resized = { href: "resized.jpg", width: 96, height: 96 };
 * ok(paddingFigure([{ before, after, resized }]).includes("1. original, ratio 1.19"));
 * ```
 */
export function paddingFigure(rows: readonly Row[]): string {
  const pictures = rows.flatMap(({ before, after, resized }, row) => {
    const steps = [before, after, ...resized ? [resized] : []];
    const side = Math.max(...steps.flatMap(({ width, height }) => [width, height]));
    const ratio = (before.width / before.height).toFixed(2);
    const titles = [`1. original, ratio ${ratio}`, "2. zero-padded", "3. resized"];
    return steps.map((picture, column) => (
      { ...place(picture, side), row, column, title: titles[column]! }
    ));
  });
  return drawPage({
    title: "From a photo to a square for the network",
    subtitle:
      "Black bars complete the shorter side, then the square is resized; the face keeps its " +
      "proportions. The pictures of a row are to scale.",
    empty: rows.length === 0 && "No photos",
    plots: [pictureGrid(pictures, { side: 236, gap: 22 })],
  });
}

/** A picture with its size as a share of the square's side, and in words. */
function place({ href, width, height }: Picture, side: number) {
  const note = `${width} × ${height} pixels`;
  return { href, width: width / side, height: height / side, note };
}
