/**
 * Figure 4: the genders within each age label, a panel each.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { groups, max, range, sum } from "d3";
import { drawPage, MARGIN } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, count, countOf, genderOf, gendersIn, percentTick } from "@/figures/shared/style.ts";
import type { Gender } from "@/dataset/photo.ts";

/** How many photos of an age label have a gender. */
interface Row {
  label: string;
  gender: Gender | null;
  photos: number;
}

/** Panels beside each other. */
const COLUMNS = 2;

/** A panel in pixels: its width, the height of a bar with its gap, and the margins. */
const WIDTH = 400, BAR = 30, TOP = 44, BOTTOM = 34, LEFT = 100, RIGHT = 136;

/** From one line of the grid to the next. */
const STEP = 0.25;

/**
 * Draws a panel for each age label, in the order given, with a bar for the share of each gender
 * among its photos, and count and share behind the bar; all panels have one scale.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A panel with two bars
 * ```ts
 * import { genderPanelsFigure } from "@/figures/counts/gender_panels.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = genderPanelsFigure([
 *   { label: "(4, 6)", gender: "f", photos: 1230 },
 *   { label: "(4, 6)", gender: "m", photos: 410 },
 * ]);
 * ok(svg.includes("1,230") && svg.includes("75.0%"));
 * ```
 */
export function genderPanelsFigure(rows: readonly Row[]): string {
  const panels = groups(rows, ({ label }) => label).map(([label, own]) => {
    const photos = sum(own, (row) => row.photos);
    return {
      label,
      photos,
      bars: own.map((row) => ({ ...row, share: row.photos / (photos || 1) })),
    };
  });
  const most = max(panels, ({ bars }) => max(bars, ({ share }) => share)) || 1;
  const top = Math.ceil(most / STEP) * STEP; // a line of the grid beyond every bar
  return drawPage({
    title: "Genders within each age label",
    subtitle: "Bars show each gender's share of the photos of an age label, all on one scale.",
    empty: rows.length === 0 && "No photos",
    columns: Math.min(COLUMNS, panels.length),
    plots: panels.map((panel) => panelPlot(panel, top)),
  });
}

/** One panel: the age label and its photos over the bars of the genders that it has. */
function panelPlot(
  { label, photos, bars }: { label: string; photos: number; bars: (Row & { share: number })[] },
  top: number,
): Plot.PlotOptions {
  const nameOf = ({ gender }: Row) => genderOf(gender).name;
  const ticks = range(0, top + STEP / 2, STEP);
  const heading = { frameAnchor: "top-left", dy: -26 } as const;
  return {
    width: WIDTH,
    height: TOP + bars.length * BAR + BOTTOM,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { domain: [0, top] },
    y: { domain: gendersIn(bars).map(({ name }) => name), padding: 0.2 },
    marks: [
      Plot.gridX(ticks, { stroke: COLOR.grid, strokeOpacity: 1 }),
      Plot.axisX(ticks, { tickFormat: percentTick, tickSize: 0, label: null }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.barX(bars, {
        x: "share",
        y: nameOf,
        fill: ({ gender }) => genderOf(gender).color,
        title: (row) =>
          `${label}, ${nameOf(row)}: ${countOf(row.photos, "photo")}, ${percent(row.share)}`,
      }),
      Plot.text(bars, {
        x: "share",
        y: nameOf,
        text: ({ photos, share }) => `${count(photos)} (${percent(share)})`,
        textAnchor: "start",
        dx: 6,
        stroke: "white",
        strokeWidth: 4,
        fill: COLOR.ink,
      }),
      Plot.ruleX([0], { stroke: COLOR.muted }),
      Plot.text([label], { ...heading, dx: MARGIN - LEFT, fontWeight: 600, fontSize: 16 }),
      Plot.text([countOf(photos, "photo")], {
        ...heading,
        frameAnchor: "top-right",
        dx: RIGHT - MARGIN,
        fill: COLOR.muted,
      }),
    ],
  };
}
