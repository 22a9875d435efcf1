/** The gain of each part of a recipe. */
import * as Plot from "@observablehq/plot";
import { extent } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import type { AblationResult } from "@/metrics/ablation.ts";
import { BEHIND, placeUnderHeads, shareRows, wholeScale } from "@/figures/shared/share_rows.ts";
import { COLOR, countOf, HUE } from "@/figures/shared/style.ts";

type Row = Omit<AblationResult, "id" | "than" | "accuracy" | "oneOffAccuracy">;

const PARTS = {
  "from IV": { head: "from model IV, one thing at a time", color: HUE.blue },
  "less": { head: "the network less one thing", color: HUE.vermilion },
  "with": { head: "the network with one thing more", color: HUE.green },
};

/**
 * Draws each network's balanced accuracy as a dot, that of the network it is compared with as a tick, and the 95%
 * interval of their difference as a line: where it does not reach the tick, the difference is more than noise.
 *
 * @example Two networks
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const trained = { part: "from IV", seeds: 3, photos: 3000, over: "seeds" } as const;
 * const none = { difference: null, low: null, high: null };
 * const svg = ablationFigure([
 *   { ...trained, change: "model IV", balancedAccuracy: 0.6, ...none },
 *   { ...trained, change: "+ residual blocks", balancedAccuracy: 0.64, difference: 0.04, low: 0.03, high: 0.05 },
 * ]);
 * ok(svg.includes("+4.0 (+3.0 to +5.0)"));
 * ```
 */
export function ablationFigure(rows: readonly Row[]): string {
  return drawPage({
    title: "What each part of the recipe gives",
    subtitle:
      `${dotsOf(rows)} The tick marks the network that it is compared with: the one above, or ` +
      `the whole network. The line is the 95% interval of the difference${overOf(rows)}.`,
    empty: rows.length === 0 && "No networks",
    plots: [comparison(rows)],
  });
}

function dotsOf(rows: readonly Row[]): string {
  const trained = rows.filter(({ seeds }) => seeds > 0);
  const [least = 0, most = 0] = extent(trained, ({ seeds }) => seeds);
  const seeds = least === most ? countOf(most, "seed") : `${least} to ${most} seeds`;
  return `Dots are means over ${seeds}, on ${countOf(rows[0]?.photos ?? 0, "validation photo")}.`;
}

function overOf(rows: readonly Row[]): string {
  const over = new Set(rows.flatMap(({ over }) => over ?? []));
  return over.size > 0 ? `, over ${[...over].join(" or ")}` : "";
}

type Placed = Row & { y: number };

/** Where the interval and the other network are on the scale, for a network that was trained; else nothing. */
function measure(row: Placed) {
  const { balancedAccuracy, difference, low, high } = row;
  if (balancedAccuracy === null) return [];
  const other = difference === null ? null : balancedAccuracy - difference;
  const start = other ?? balancedAccuracy;
  return [{ ...row, balancedAccuracy, other, from: start + (low ?? 0), to: start + (high ?? 0) }];
}

type Measured = ReturnType<typeof measure>[number];

function comparison(rows: readonly Row[]): Plot.PlotOptions {
  const { placed, heads, bottom } = placeUnderHeads(rows, ({ part }) => PARTS[part].head);
  const measured = placed.flatMap(measure);
  const compared = measured.filter(({ other }) => other !== null);
  const at = { y: "y", title: hint } as const, color = ({ part }: Row) => PARTS[part].color;
  const plot = {
    ...{ names: placed.map(({ change, y }) => ({ name: change, y })), heads },
    ...{ height: bottom, right: textWidth("+10.0 (+10.0 to +10.0)"), count: 5 },
    domain: wholeScale(
      measured.flatMap((row) => [row.balancedAccuracy, row.from, row.to, row.other ?? row.to]),
      20,
    ),
    label: "balanced accuracy on the validation photos",
  };
  return shareRows(plot, [
    Plot.ruleX(compared, {
      ...{ x: "other", y1: ({ y }) => y - 8, y2: ({ y }) => y + 8 },
      ...{ stroke: COLOR.muted, strokeWidth: 2 },
    }),
    Plot.ruleY(compared, { ...at, x1: "from", x2: "to", stroke: color, strokeWidth: 2 }),
    Plot.dot(measured, { ...at, x: "balancedAccuracy", fill: color, r: 5 }),
    Plot.text(measured, { ...BEHIND, text: differenceOf }),
  ]);
}

/** The difference in points with its interval; the share itself where there is none. */
function differenceOf({ balancedAccuracy, difference, low, high }: Measured): string {
  if (difference === null) return percent(balancedAccuracy);
  return points(difference) + (low === null ? "" : ` (${points(low)} to ${points(high!)})`);
}

function points(share: number): string {
  const text = (100 * share).toFixed(1);
  return Number(text) > 0 ? `+${text}` : text.replace("-", "−");
}

function hint(row: Measured): string {
  const seeds = countOf(row.seeds, "seed");
  return `${row.change}: ${percent(row.balancedAccuracy)}, ${seeds}; ${differenceOf(row)}`;
}
