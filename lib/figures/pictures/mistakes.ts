/**
 * Figures 10, 12, 14, 16 and 18: photos of a group predicted to be in another.
 *
 * @module
 */
import { drawPage } from "@/figures/shared/document.ts";
import { MISTAKE_SIDE, mistakeGrid, type Mistakes } from "@/figures/shared/mistakes.ts";

export { MISTAKE_SIDE };

/**
 * Draws up to four photos of one group side by side, in the order given, each under the group that
 * the network predicts, and over the probability that it gives it.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A child predicted to be older (the reference would be a data URL)
 * ```ts
 * import { mistakesFigure } from "@/figures/pictures/mistakes.ts";
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ href: "child.png", predicted: "21-37", probability: 0.87 }];
 * const svg = mistakesFigure({ group: "0-6", rows });
 * ok(svg.includes("predicted 21-37") && svg.includes("probability 87.0%"));
 * ```
 */
export function mistakesFigure({ group, rows }: Mistakes): string {
  return drawPage({
    title: `Photos of group ${group} predicted wrongly`,
    subtitle: rows.length === 1
      ? "The only mistake in this group"
      : "The mistakes that the network is surest of",
    empty: rows.length === 0 && `No photo of group ${group} is predicted wrongly`,
    plots: [mistakeGrid(rows)],
  });
}
