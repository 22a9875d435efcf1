/**
 * Figure 1: photos per age label.
 *
 * @module
 */
import { sum } from "d3";
import { barPlot } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { COLOR, count, countOf } from "@/figures/shared/style.ts";

/**
 * Draws the photos of each age label as bars, in the order given; the label `none`, the photos
 * without an age, stands last in a muted colour.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two labels and no age
 * ```ts
 * import { ageLabelsFigure } from "@/figures/counts/age_labels.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = ageLabelsFigure([
 *   { label: "(0, 2)", photos: 2488 },
 *   { label: "(4, 6)", photos: 2140 },
 *   { label: "none", photos: 748 },
 * ]);
 * ok(svg.includes("2,488"));
 * ```
 */
export function ageLabelsFigure(rows: readonly { label: string; photos: number }[]): string {
  const given = rows.filter(({ label }) => label !== "none");
  const none = rows.filter(({ label }) => label === "none");
  const ageless = sum(none, ({ photos }) => photos);
  return drawPage({
    title: "Photos per age label",
    subtitle: countOf(sum(rows, ({ photos }) => photos), "photo") + ", " +
      (ageless ? `of which ${count(ageless)} without an age` : "all with an age"),
    empty: rows.length === 0 && "No photos",
    plots: [
      barPlot([...given, ...none], {
        across: ({ label }) => label,
        fill: ({ label }) => label === "none" ? COLOR.barMuted : COLOR.bar,
        label: "age label",
      }),
    ],
  });
}
