/**
 * Figure 3: photos per age label and gender.
 *
 * @module
 */
import { sum } from "d3";
import { barPlot } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { countOf, genderOf, gendersIn } from "@/figures/shared/style.ts";
import type { Gender } from "@/dataset/photo.ts";

/**
 * Draws the photos of each age label, in the order given, as a group of bars, one for each gender.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two labels and two genders
 * ```ts
 * import { ageByGenderFigure } from "@/figures/counts/age_by_gender.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = ageByGenderFigure([
 *   { label: "(0, 2)", gender: "f", photos: 681 },
 *   { label: "(0, 2)", gender: "u", photos: 1091 },
 *   { label: "(4, 6)", gender: "f", photos: 1230 },
 * ]);
 * ok(svg.includes("1,091"));
 * ```
 */
export function ageByGenderFigure(
  rows: readonly { label: string; gender: Gender | null; photos: number }[],
): string {
  const genders = gendersIn(rows);
  return drawPage({
    title: "Photos per age label and gender",
    subtitle: countOf(sum(rows, ({ photos }) => photos), "photo"),
    key: genders,
    empty: rows.length === 0 && "No photos",
    plots: [
      barPlot(rows, {
        across: ({ label }) => label,
        within: ({ gender }) => genderOf(gender).name,
        inner: genders.map(({ name }) => name),
        fill: ({ gender }) => genderOf(gender).color,
        label: "age label",
      }),
    ],
  });
}
