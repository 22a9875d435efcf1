/**
 * Figure 7: photos of each age group.
 *
 * @module
 */
import { groups } from "d3";
import { drawPage } from "@/figures/shared/document.ts";
import { pictureGrid } from "@/figures/shared/pictures.ts";

/** The most photos shown of a group. */
const PHOTOS = 5;

/**
 * Draws a column for each group, in the order given, with the first five of its photos.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two groups (the references would be data URLs)
 * ```ts
 * import { examplesFigure } from "@/figures/pictures/examples.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = examplesFigure([
 *   { group: "0-6", href: "child.png" },
 *   { group: "60+", href: "grandmother.png" },
 * ]);
 * ok(svg.includes("grandmother.png"));
 * ```
 */
export function examplesFigure(rows: readonly { group: string; href: string }[]): string {
  const pictures = groups(rows, ({ group }) => group).flatMap(([group, photos], column) =>
    photos.slice(0, PHOTOS).map(({ href }, row) => ({
      href,
      column,
      row,
      title: row === 0 ? group : undefined,
    }))
  );
  return drawPage({
    title: "Photos of each age group",
    empty: rows.length === 0 && "No photos",
    plots: [pictureGrid(pictures, { side: 140 })],
  });
}
