/**
 * Figure 4: the genders within each age label, a panel each.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { groups, max, sum } from "d3";
import { drawPage } from "@/figures/_document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, count, countOf, genderOf, gendersIn } from "@/figures/_style.ts";
import type { Gender } from "@/dataset/photo.ts";

/** How many photos of an age label have a gender. */
interface Row {
  label: string;
  gender: Gender | null;
  photos: number;
}

/** Panels beside each other. */
const COLUMNS = 2;

/**
 * Draws a panel for each age label, in the order given, with a bar for the share of each gender
 * among its photos, and count and share on the bar; all panels have one scale.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A panel with two bars
 * ```ts
 * import { genderPanelsFigure } from "@/figures/gender_panels.ts";
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
  const top = max(panels, ({ bars }) => max(bars, ({ share }) => share)) || 1;
  const scales = {
    x: { domain: gendersIn(rows).map(({ name }) => name), padding: 0.2 },
    y: { domain: [0, top] },
  };
  return drawPage({
    title: "Genders within each age label",
    subtitle: "Bars show each gender's share of the photos of an age label, all on one scale.",
    empty: rows.length === 0 && "No photos",
    columns: Math.min(COLUMNS, panels.length),
    plots: panels.map((panel) => panelPlot(panel, scales)),
  });
}

/** One panel: the age label and its photos over the bars, the genders under them. */
function panelPlot(
  { label, photos, bars }: { label: string; photos: number; bars: (Row & { share: number })[] },
  scales: Plot.PlotOptions,
): Plot.PlotOptions {
  const place = { x: ({ gender }: Row) => genderOf(gender).name, y: "share" };
  const heading = { frameAnchor: "top-left", dy: -66 } as const;
  return {
    ...scales,
    width: 400,
    height: 260,
    marginLeft: 70,
    marginRight: 22,
    marginTop: 76,
    marginBottom: 46,
    marks: [
      Plot.gridY({ ticks: 4, stroke: COLOR.grid, strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickFormat: "%", tickSize: 0, label: null }),
      Plot.axisX({ tickSize: 0, label: null }),
      Plot.barY(bars, { ...place, fill: ({ gender }) => genderOf(gender).color }),
      Plot.text(bars, {
        ...place,
        text: ({ photos, share }) => `${count(photos)}\n${percent(share)}`,
        lineAnchor: "bottom",
        lineHeight: 1.15,
        dy: -5,
      }),
      Plot.ruleY([0], { stroke: COLOR.muted }),
      Plot.text([label], { ...heading, dx: -46, fontWeight: 600, fontSize: 16 }),
      Plot.text([countOf(photos, "photo")], {
        ...heading,
        frameAnchor: "top-right",
        fill: COLOR.muted,
      }),
    ],
  };
}
