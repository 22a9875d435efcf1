/** Figure 5: the width of the photos against their height. */
import * as Plot from "@observablehq/plot";
import { extent, flatRollup, max } from "d3";
import type { Size } from "@/base/pixels.ts";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import { count, countOf, HUE } from "@/figures/shared/style.ts";

/** Side of the square plot in pixels, without its margins. */
const SIDE = 600;

const LEFT = 84, TOP = 40, BOTTOM = 56;

/** The most markers drawn; where there are more sizes, close ones are drawn as one. */
const MOST_MARKERS = 5000;

const RADIUS = 4;

/**
 * Draws every photo as a marker at its width and height, with a red line where both are equal. Photos of one size are
 * one marker, as dark as that many half-transparent ones.
 *
 * @example Two photos of one size, and one of another
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const tall = { width: 120, height: 160 }, wide = { width: 200, height: 160 };
 * ok(resolutionsFigure([tall, tall, wide]).includes("3 photos in 2 sizes"));
 * ```
 */
export function resolutionsFigure(rows: readonly Size[]): string {
  const longest = max(rows, ({ width, height }) => Math.max(width, height)) ?? 1;
  const side = longest * 1.04;
  const cell = cellOf(rows, side / SIDE), about = cell > 0 ? "about " : "";
  const scale = { domain: [0, side], ticks: 7, tickFormat: ",d", tickSize: 0 };
  return drawPage({
    title: "Width and height of the photos",
    subtitle: describe(rows),
    key: [
      { name: "photos, darker where more have that size", color: HUE.blue, sign: "●" },
      { name: "as wide as high", color: HUE.vermilion, sign: "—" },
    ],
    empty: rows.length === 0 && "No photos",
    plots: [{
      width: LEFT + SIDE + MARGIN,
      height: TOP + SIDE + BOTTOM,
      ...margins(TOP, MARGIN, BOTTOM, LEFT),
      grid: true,
      x: { ...scale, label: "width in pixels", labelAnchor: "center", labelArrow: "none" },
      y: { ...scale, label: "height in pixels", labelOffset: LEFT - MARGIN },
      marks: [
        Plot.dot(markersOn(rows, cell), {
          ...{ x: "width", y: "height", r: RADIUS, fill: HUE.blue },
          fillOpacity: ({ photos }) => 1 - 0.5 ** photos,
          title: ({ width, height, photos }) =>
            `${about}${Math.round(width)} × ${Math.round(height)} pixels: ${
              countOf(photos, "photo")
            }`,
        }),
        Plot.line([[0, 0], [side, side]], { stroke: HUE.vermilion, strokeWidth: 2 }),
      ],
    }],
  });
}

/** The side of the cells whose sizes are one marker: 0, which tells all apart, unless these are too many. */
function cellOf(rows: readonly Size[], perPixel: number): number {
  const cells = [0, 1, 2, 4, 8, 16].map((cell) => cell * perPixel); // the last make a grid of 37 × 37
  return cells.find((cell) => markersOn(rows, cell).length <= MOST_MARKERS)!;
}

/** Counts the photos in each cell of a grid; a cell of 0 pixels tells all sizes apart. */
function markersOn(rows: readonly Size[], cell: number): (Size & { photos: number })[] {
  const round = (length: number) => cell ? Math.ceil(length / cell) * cell : length;
  const sides = [({ width }: Size) => round(width), ({ height }: Size) => round(height)] as const;
  const cells = flatRollup(rows, (own) => own.length, ...sides);
  return cells.map(([width, height, photos]) => ({ width, height, photos }));
}

function describe(rows: readonly Size[]): string {
  const sizes = [...new Set(rows.map(({ width, height }) => `${width} × ${height}`))];
  const photos = countOf(rows.length, "photo");
  if (sizes.length <= 1) return `${photos}, all ${sizes[0]} pixels`;
  const ratios = extent(rows, ({ width, height }) => width / height);
  const [least, most] = ratios.map((value) => value!.toFixed(2));
  return `${photos} in ${count(sizes.length)} sizes, aspect ratios from ${least} to ${most}`;
}
