/**
 * Training photos as augmentation varies them.
 *
 * @module
 */
import { drawPage } from "@/figures/shared/document.ts";
import { pictureGrid } from "@/figures/shared/pictures.ts";

/** A photo, and what became of it. */
interface Row {
  /** The photo as it is, a reference such as a data URL. */
  href: string;
  /** The photo varied, once for each epoch. */
  varied: readonly string[];
}

/**
 * Draws a row for each photo: the photo as it is, then as the first epochs of a training see it.
 *
 * @returns the figure as the text of an SVG
 *
 * @example One photo in two epochs (the references would be data URLs)
 * ```ts
 * import { augmentationFigure } from "@/figures/pictures/augmentation.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = augmentationFigure([{ href: "ann.png", varied: ["turned.png", "darker.png"] }]);
 * ok(svg.includes("darker.png") && svg.includes("epoch 2"));
 * ```
 */
export function augmentationFigure(rows: readonly Row[]): string {
  const pictures = rows.flatMap(({ href, varied }, row) =>
    [href, ...varied].map((href, column) => ({
      href,
      column,
      row,
      title: row > 0 ? undefined : column === 0 ? "as it is" : `epoch ${column}`,
    }))
  );
  return drawPage({
    title: "Training photos, varied anew in each epoch",
    subtitle:
      "Mirrored, turned, shifted, scaled, lit differently, partly covered: the age stays the same.",
    empty: rows.length === 0 && "No photos",
    plots: [pictureGrid(pictures, { side: 118 })],
  });
}
