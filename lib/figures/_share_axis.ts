/**
 * The axis of a figure whose rows are shares with intervals.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { ticks } from "d3";
import { COLOR, percentTick } from "@/figures/_style.ts";

/**
 * A grid and the axis under it, with the label in the middle.
 *
 * @param domain the ends of the scale, 0 to 1
 * @param options `count`: about how many ticks; `bottom`: the margin under the plot in pixels
 */
export function shareAxis(
  domain: readonly [number, number],
  label: string,
  { count, bottom }: { count: number; bottom: number },
): Plot.Markish[] {
  const marks = ticks(...domain, count);
  return [
    Plot.gridX(marks, { stroke: COLOR.grid, strokeOpacity: 1 }),
    Plot.axisX(marks, {
      tickSize: 0,
      tickFormat: percentTick,
      label,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: bottom - 12,
    }),
  ];
}
