/**
 * Figure 9: the groups that photos are taken for.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { cross, rollup, sum } from "d3";
import { drawPage, MARGIN } from "@/figures/_document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, count, countOf, SIZE } from "@/figures/_style.ts";

/** How many photos of a true group were predicted to be in a group. */
interface Row {
  true: string;
  predicted: string;
  photos: number;
}

/** Width and height of a cell, and what stands around the cells, in pixels. */
const CELL = { width: 120, height: 78 }, LEFT = 100, RIGHT = 100, TOP = 62;

/** The share from which white text is read better than dark text. */
const DARK = 0.65;

/** The least width of the page in pixels, for its title. */
const WIDTH = 800;

/**
 * Draws a confusion matrix: a row for each true group, a column for each predicted one, in the order
 * given, with the photos and their share of the row in every cell; pairs that are not given have
 * no photos.
 *
 * The colour is the share of the row, not the count: by count, only the largest group would be seen.
 * Its scale goes from none to all, so that two figures can be compared.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two groups
 * ```ts
 * import { confusionFigure } from "@/figures/confusion.ts";
 * import { ok } from "node:assert/strict";
 *
 * const svg = confusionFigure([
 *   { true: "0-6", predicted: "0-6", photos: 30 },
 *   { true: "0-6", predicted: "7-20", photos: 10 },
 *   { true: "7-20", predicted: "7-20", photos: 20 },
 * ]);
 * ok(svg.includes("In their own group: 50 of 60 photos (83.3%)."));
 * ```
 */
export function confusionFigure(rows: readonly Row[]): string {
  const groups = [...new Set(rows.flatMap((row) => [row.true, row.predicted]))];
  const cells = cellsOf(rows, groups);
  const right = sum(cells, (cell) => cell.true === cell.predicted ? cell.photos : 0);
  const photos = sum(cells, (cell) => cell.photos);
  const width = Math.max(WIDTH, LEFT + groups.length * CELL.width + RIGHT);
  const place = { x: "predicted", y: "true", fill: inkOn };
  return drawPage({
    title: "True and predicted age groups",
    subtitle: `In their own group: ${count(right)} of ${countOf(photos, "photo")} ` +
      `(${percent(right / photos)}). ` +
      "Colour and percentage: share of the photos of the true group, so that small groups show " +
      "as well as large ones.",
    empty: photos === 0 && "No photos",
    plots: [{
      width,
      height: TOP + groups.length * CELL.height + MARGIN / 2,
      marginLeft: LEFT,
      marginRight: width - LEFT - groups.length * CELL.width,
      marginTop: TOP,
      marginBottom: MARGIN / 2,
      x: { domain: groups, padding: 0 },
      y: { domain: groups, padding: 0 },
      color: { type: "linear", scheme: "Blues", domain: [0, 1], unknown: COLOR.grid },
      marks: [
        Plot.cell(cells, { x: "predicted", y: "true", fill: "share", inset: 1 }),
        Plot.text(cells, { ...place, text: ({ photos }) => count(photos), fontSize: 19, dy: -9 }),
        Plot.text(cells, { ...place, text: ({ share }) => percent(share), dy: 15 }),
        Plot.axisX({ anchor: "top", tickSize: 0, label: null, fontSize: SIZE.text }),
        Plot.axisY({ tickSize: 0, label: null, fontSize: SIZE.text }),
        ...headings(),
        Plot.text(groups, {
          y: (group) => group,
          text: (group) => count(totalOf(cells, group)),
          frameAnchor: "right",
          textAnchor: "start",
          dx: 10,
          fill: COLOR.muted,
        }),
      ],
    }],
  });
}

/** A pair of groups with its photos, and their share of the row; null where the row has none. */
type Cell = Row & { share: number | null };

/** Every pair of groups. */
function cellsOf(rows: readonly Row[], groups: readonly string[]): Cell[] {
  const photos = rollup(
    rows,
    (own) => sum(own, (row) => row.photos),
    (r) => r.true,
    (r) => r.predicted,
  );
  const totals = rollup(rows, (own) => sum(own, (row) => row.photos), (r) => r.true);
  return cross(groups, groups, (truth, predicted) => {
    const own = photos.get(truth)?.get(predicted) ?? 0, total = totals.get(truth);
    return { true: truth, predicted, photos: own, share: total ? own / total : null };
  });
}

function totalOf(cells: readonly Cell[], group: string): number {
  return sum(cells, (cell) => cell.true === group ? cell.photos : 0);
}

function inkOn({ share }: Cell): string {
  return (share ?? 0) >= DARK ? "white" : COLOR.ink;
}

/** What the columns and the rows are, and the numbers beside them. */
function headings(): Plot.Markish[] {
  const style = { fill: COLOR.muted, dy: -18 } as const;
  return [
    Plot.text(["predicted →"], { ...style, frameAnchor: "top-left", dy: -50 }),
    Plot.text(["true ↓"], { ...style, frameAnchor: "top-left", textAnchor: "end", dx: -10 }),
    Plot.text(["photos"], { ...style, frameAnchor: "top-right", textAnchor: "start", dx: 10 }),
  ];
}
