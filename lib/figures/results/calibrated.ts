/** The years that a network tells by true age, before and after it was calibrated. */
import * as Plot from "@observablehq/plot";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import type { ChangedAges as Row } from "@/metrics/recalibration.ts";
import { AXIS_UNDER, COLOR, countOf, GRID, toSigns } from "@/figures/shared/style.ts";

const WIDTH = 400, HEIGHT = 234, LEFT = 68, BOTTOM = 56;

const SERIES = toSigns(["before", "after"], "series");

/**
 * Draws two plots with a row for each age group: how many years too old people are told on average, and by how many
 * years answers are off, each before and after.
 *
 * @example A group that was told too old
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const years = { before: 6, after: 1 };
 * ok(calibratedFigure([{ group: "7-20", photos: 90, error: years, bias: years }]).includes("7-20"));
 * ```
 */
export function calibratedFigure(rows: readonly Row[]): string {
  return drawPage({
    title: "Years before and after calibrating",
    subtitle:
      "By true age, each photo answered by a fit that has not seen its person. Left: predicted less true " +
      "years. Right: how far answers are off.",
    key: SERIES,
    empty: rows.length === 0 && "No photos",
    plots: [
      beforeAndAfter(rows, "bias", "years too old"),
      beforeAndAfter(rows, "error", "years off"),
    ],
  });
}

function beforeAndAfter(rows: readonly Row[], measure: "bias" | "error", label: string) {
  return {
    width: WIDTH,
    height: HEIGHT,
    ...margins(8, MARGIN, BOTTOM, LEFT),
    x: { nice: true, zero: true },
    y: { type: "point", domain: rows.map(({ group }) => group), padding: 0.6 },
    marks: [
      Plot.gridX({ ticks: 6, ...GRID }),
      Plot.axisX({ ...AXIS_UNDER, ticks: 6, label, labelOffset: BOTTOM - 12 }),
      Plot.axisY({ tickSize: 0, label: null }),
      Plot.ruleX([0], { stroke: COLOR.frame }),
      Plot.link(rows, {
        ...{ y1: "group", y2: "group", stroke: COLOR.barMuted, strokeWidth: 2 },
        ...{ x1: (row: Row) => row[measure].before, x2: (row: Row) => row[measure].after },
      }),
      ...SERIES.map(({ name, color, symbol }) => {
        const years = (row: Row) => row[measure][name as "before"];
        const said = (row: Row) => `${name}: ${years(row).toFixed(1)} ${label}`;
        const title = (row: Row) => `${row.group}, ${countOf(row.photos, "photo")}, ${said(row)}`;
        return Plot.dot(rows, { y: "group", x: years, fill: color, symbol, r: 5, title });
      }),
    ],
  } satisfies Plot.PlotOptions;
}
