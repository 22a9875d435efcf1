/**
 * Figure 2: photos per gender.
 *
 * @module
 */
import { sum } from "d3";
import { barPlot } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { countOf, genderOf, gendersIn } from "@/figures/shared/style.ts";
import type { Gender } from "@/dataset/photo.ts";

/**
 * Draws the photos of each gender as bars: female, male, unknown, and those whose label gives none.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Three genders and no gender
 * ```ts
 * import { gendersFigure } from "@/figures/counts/genders.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = gendersFigure([
 *   { gender: "f", photos: 9368 },
 *   { gender: "m", photos: 8124 },
 *   { gender: "u", photos: 1099 },
 *   { gender: null, photos: 779 },
 * ]);
 * ok(svg.includes("9,368"));
 * ```
 */
export function gendersFigure(rows: readonly { gender: Gender | null; photos: number }[]): string {
  const ordered = gendersIn(rows).flatMap(({ gender }) => rows.filter((r) => r.gender === gender));
  return drawPage({
    title: "Photos per gender",
    subtitle: countOf(sum(rows, ({ photos }) => photos), "photo"),
    empty: rows.length === 0 && "No photos",
    plots: [
      barPlot(ordered, {
        across: ({ gender }) => genderOf(gender).name,
        fill: ({ gender }) => genderOf(gender).color,
        label: "gender",
      }),
    ],
  });
}
