/** Figure 9: true and predicted age groups, the confusion matrix. */
import * as Plot from "@observablehq/plot";
import { cross, groups, sum } from "d3";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, count, countOf, SIZE } from "@/figures/shared/style.ts";

/** The number of photos of a true group that were predicted to be in a group. */
interface Row {
  true: string;
  predicted: string;
  photos: number;
  /** The split of the photos, such as `by photo`, where a figure shows more than one matrix. */
  split?: string;
}

/** Sizes in pixels: a cell, what stands around the cells, and the texts in them; two beside each other fill the page. */
const ALONE = {
  ...{ cell: { width: 120, height: 78 }, left: 100, right: 100, top: 62 },
  ...{ count: 19, share: SIZE.tick },
};
const BESIDE: typeof ALONE = {
  ...{ cell: { width: 57, height: 52 }, left: 66, right: 56, top: 92 },
  ...{ count: 15, share: 12 },
};

/** The share from which white text is read better than dark text. */
const DARK = 0.65;

/** The least width of the page in pixels, for its title. */
const WIDTH = 800;

/**
 * Draws a confusion matrix: a row for each true group, a column for each predicted one, with the photos and their share
 * of the row in every cell; pairs that are not given have no photos. Rows that name a split become a matrix each.
 *
 * The colour is the share of the row: by count, only the largest group would be seen.
 *
 * @example Two groups
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = confusionFigure([
 *   { true: "0-6", predicted: "0-6", photos: 30 },
 *   { true: "0-6", predicted: "7-20", photos: 10 },
 *   { true: "7-20", predicted: "7-20", photos: 20 },
 * ]);
 * ok(svg.includes("Correct: 50 of 60 photos (83.3%)."));
 * ```
 */
export function confusionFigure(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => [row.true, row.predicted]))];
  const splits = groups(rows, ({ split }) => split), isAlone = splits.length <= 1;
  const colours = "Colour and percentage: share of the photos of the true group, so that small " +
    "groups show as well as large ones.";
  return drawPage({
    title: "True and predicted age groups",
    subtitle: isAlone ? `${correctOf(rows)}. ${colours}` : colours,
    empty: sum(rows, ({ photos }) => photos) === 0 && "No photos",
    plots: splits.map(([split, own]) => matrixPlot(own, names, isAlone ? undefined : split)),
  });
}

function correctOf(rows: readonly Row[]): string {
  const correct = sum(rows, (row) => row.true === row.predicted ? row.photos : 0);
  const photos = sum(rows, (row) => row.photos);
  return `Correct: ${count(correct)} of ${countOf(photos, "photo")} (${percent(correct / photos)})`;
}

/** One matrix; where there are others beside it, its split and its accuracy stand over it. */
function matrixPlot(rows: readonly Row[], names: readonly string[], split?: string) {
  const { cell, left, right, top, ...size } = split === undefined ? ALONE : BESIDE;
  const cells = cellsOf(rows, names), taken = left + names.length * cell.width;
  const width = Math.max(split === undefined ? WIDTH : WIDTH / 2, taken + right);
  const fill = ({ share }: Cell) => (share ?? 0) >= DARK ? "white" : COLOR.ink;
  // the cell under a text has the title
  const place = { x: "predicted", y: "true", fill, pointerEvents: "none" } as const;
  return {
    width,
    height: top + names.length * cell.height + MARGIN / 2,
    ...margins(top, width - taken, MARGIN / 2, left),
    x: { domain: names, padding: 0 },
    y: { domain: names, padding: 0 },
    color: { type: "linear", scheme: "Blues", domain: [0, 1], unknown: COLOR.grid },
    marks: [
      Plot.cell(cells, { x: "predicted", y: "true", fill: "share", inset: 1, title: hint }),
      Plot.text(cells, {
        ...{ ...place, text: ({ photos }) => count(photos) },
        ...{ fontSize: size.count, dy: -size.count / 2 },
      }),
      Plot.text(cells, {
        ...{ ...place, text: ({ share }) => percent(share), fontSize: size.share, dy: size.share },
      }),
      Plot.axisX({ anchor: "top", tickSize: 0, label: null, fontSize: SIZE.tick }),
      Plot.axisY({ tickSize: 0, label: null, fontSize: SIZE.tick }),
      ...headings(split === undefined ? [] : [split, correctOf(rows)], left),
      Plot.text(names, {
        ...{ y: (name) => name, text: (name) => count(photosOf(rows, name)), fill: COLOR.muted },
        ...{ frameAnchor: "right", textAnchor: "start", dx: 10 },
      }),
    ],
  } satisfies Plot.PlotOptions;
}

/** A pair of groups with its photos, and their share of the row; null where the row has none. */
type Cell = Row & { share: number | null };

function cellsOf(rows: readonly Row[], groups: readonly string[]): Cell[] {
  return cross(groups, groups, (truth, predicted) => {
    const own = rows.filter((row) => row.predicted === predicted);
    const photos = photosOf(own, truth), total = photosOf(rows, truth);
    return { true: truth, predicted, photos, share: total ? photos / total : null };
  });
}

function photosOf(rows: readonly Row[], truth: string): number {
  return sum(rows, (row) => row.true === truth ? row.photos : 0);
}

function hint(cell: Cell): string {
  const share = cell.share === null ? "" : `, ${percent(cell.share)} of the true group`;
  return `true ${cell.true}, predicted ${cell.predicted}: ${countOf(cell.photos, "photo")}${share}`;
}

/** The matrix's own heading, and what its columns, rows and the numbers beside them are. */
function headings(own: readonly string[], left: number): Plot.Markish[] {
  const style = { fill: COLOR.muted, dy: -18 } as const;
  const heading = { frameAnchor: "top-left", dx: MARGIN - left } as const;
  return [
    Plot.text(own.slice(0, 1), { ...heading, dy: -88, fontSize: SIZE.text, fontWeight: 600 }),
    Plot.text(own.slice(1), { ...heading, dy: -68, fill: COLOR.muted }),
    Plot.text(["predicted →"], { ...style, frameAnchor: "top-left", dy: -44 }),
    Plot.text(["true ↓"], { ...style, frameAnchor: "top-left", textAnchor: "end", dx: -10 }),
    Plot.text(["photos"], { ...style, frameAnchor: "top-right", textAnchor: "start", dx: 10 }),
  ];
}
