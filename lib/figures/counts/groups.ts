/**
 * Photos per age group, before and after cleaning.
 *
 * @module
 */
import { barPlot } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { COLOR } from "@/figures/shared/style.ts";

/**
 * Draws the photos of each age group as a group of bars, one for each stage of the work, groups and
 * stages in the order given; the last stage stands out.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A group before and after cleaning
 * ```ts
 * import { groupsFigure } from "@/figures/counts/groups.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = groupsFigure([
 *   { group: "0-6", stage: "as labelled", photos: 4649 },
 *   { group: "0-6", stage: "after cleaning", photos: 4602 },
 * ]);
 * ok(svg.includes("4,602"));
 * ```
 */
export function groupsFigure(
  rows: readonly { group: string; stage: string; photos: number }[],
): string {
  const stages = [...new Set(rows.map(({ stage }) => stage))];
  const colorOf = (stage: string) => stage === stages.at(-1) ? COLOR.bar : COLOR.barMuted;
  return drawPage({
    title: "Photos per age group",
    key: stages.map((stage) => ({ name: stage, color: colorOf(stage) })),
    empty: rows.length === 0 && "No photos",
    plots: [
      barPlot(rows, {
        across: ({ group }) => group,
        within: ({ stage }) => stage,
        inner: stages,
        fill: ({ stage }) => colorOf(stage),
        label: "age group",
      }),
    ],
  });
}
