/** Figures whose rows are shares with intervals: where the rows are, and the scale under them. */
import * as Plot from "@observablehq/plot";
import { cumsum, extent, groups, max, ticks } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { MARGIN, margins } from "@/figures/shared/document.ts";
import { AXIS_UNDER, GRID, percentTick, SIZE } from "@/figures/shared/style.ts";

const WIDTH = 800, TOP = 8, BOTTOM = 56;

/** A text before the scale, and its height. */
interface Name {
  name: string;
  y: number;
}

/** The head of a family of rows, and where the family begins and ends. */
export type Head = Name & { top: number; bottom: number };

interface ShareRows {
  names: readonly Name[];
  /** The heads of families of rows, at the left. */
  heads?: readonly Name[];
  /** Marks that lie under all others. */
  under?: readonly Plot.Markish[];
  height: number;
  /** Room to the right of the scale in pixels. */
  right: number;
  /** The ends of the scale, 0 to 1. */
  domain: readonly [number, number];
  /** Label under the scale, and about how many ticks it has. */
  label: string;
  count: number;
}

/** A plot of rows on a scale of shares; heights are in pixels, from the first row's upper end down. */
export function shareRows(
  { names, heads, under = [], height, right, domain, label, count }: ShareRows,
  marks: readonly Plot.Markish[],
): Plot.PlotOptions {
  const left = MARGIN + 16 + (max(names, ({ name }) => textWidth(name, SIZE.text)) ?? 0);
  const at = ticks(...domain, count);
  const text = { y: "y", text: "name", frameAnchor: "left", fontSize: SIZE.text } as const;
  const head = { textAnchor: "start", dx: MARGIN - left, fontWeight: 600 } as const;
  return {
    width: WIDTH,
    height: TOP + height + BOTTOM,
    ...margins(TOP, MARGIN + right, BOTTOM, left),
    x: { domain },
    y: { domain: [0, height], range: [TOP, TOP + height], axis: null },
    marks: [
      Plot.gridX(at, GRID),
      Plot.axisX(at, {
        ...{ ...AXIS_UNDER, tickFormat: percentTick, label, labelOffset: BOTTOM - 12 },
      }),
      ...under,
      ...heads ? [Plot.text(heads, { ...text, ...head })] : [],
      Plot.text(names, { ...text, textAnchor: "end", dx: heads ? -12 : -14 }),
      ...marks,
    ],
  };
}

/** The place of a row's text behind the scale. */
export const BEHIND = { y: "y", frameAnchor: "right", textAnchor: "start", dx: 10 } as const;

/** The scale around all values, within 0 and 1: whole steps, of which `steps` make 1, one at least. */
export function wholeScale(values: readonly number[], steps: number): [number, number] {
  const [low = 0, high = 1] = extent(values);
  const least = Math.max(0, Math.floor(low * steps)),
    most = Math.max(1, Math.min(steps, Math.ceil(high * steps)));
  return [Math.min(least, most - 1) / steps, most / steps];
}

/** Heights in pixels: where the first family begins, its head, a row, and the room under its last row. */
const HEIGHTS = { top: 0, head: 34, row: 26, foot: 0 };

/** Places rows under the heads of their families, which come in the order of the rows. */
export function placeUnderHeads<Row extends object>(
  rows: readonly Row[],
  headOf: (row: Row) => string,
  heights = HEIGHTS,
) {
  const families = groups(rows, headOf), first = heights.head + heights.row / 2;
  const high = families.map(([, own]) => heights.head + own.length * heights.row + heights.foot);
  const edges = cumsum([heights.top, ...high]);
  return {
    heads: families.map(([name], i): Head => (
      { name, y: edges[i]! + heights.head / 2, top: edges[i]!, bottom: edges[i + 1]! }
    )),
    placed: families.flatMap(([, own], i) =>
      own.map((row, k) => ({ ...row, y: edges[i]! + first + k * heights.row }))
    ),
    bottom: edges.at(-1)!,
  };
}
