/**
 * Figures 10, 12, 14, 16 and 18: photos of a group taken for another group.
 *
 * @module
 */
import { drawPage } from "@/figures/_document.ts";
import { mistakeGrid, type Mistakes } from "@/figures/_mistakes.ts";

/**
 * Draws up to four photos of one group side by side, in the order given, each under the group that
 * the network took it for, and over the probability that it gave it.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A child taken for somebody older (the reference would be a data URL)
 * ```ts
 * import { mistakesFigure } from "@/figures/mistakes.ts";
 * import { ok } from "node:assert/strict";
 *
 * const rows = [{ href: "child.png", predicted: "21-37", probability: 0.87 }];
 * const svg = mistakesFigure({ group: "0-6", rows });
 * ok(svg.includes("predicted 21-37") && svg.includes("probability 87.0%"));
 * ```
 */
export function mistakesFigure({ group, rows }: Mistakes): string {
  return drawPage({
    title: `Photos of group ${group} taken for another`,
    subtitle: rows.length === 1
      ? "The only mistake in this group"
      : "The mistakes that the network is surest of",
    empty: rows.length === 0 && `No photo of group ${group} is taken for another group`,
    plots: [mistakeGrid(rows)],
  });
}
