/** Bars that count photos, with the counts on them, and texts that fit into the room there is. */
import * as Plot from "@observablehq/plot";
import { range } from "d3";
import { MARGIN, margins } from "@/figures/shared/document.ts";
import { AXIS_UNDER, COLOR, count, countOf, GRID, SIZE } from "@/figures/shared/style.ts";

export interface Bars<Row> {
  /** The category along the axis, one bar or one group of bars each, in the order of the rows. */
  across: (row: Row) => string;
  /** The category within a group of bars, in the order of `inner`; left out for single bars. */
  within?: (row: Row) => string;
  inner?: readonly string[];
  fill: (row: Row) => string;
  label?: string;
  width?: number;
}

/** Height in pixels of the room for bars; texts over and under it add theirs. */
const BARS_HEIGHT = 330;

/** Room between two groups of bars, in bars. */
const GAP = 0.3;

/** Plots rows as bars from zero with their counts; these, and the names under them, are turned if there is no room. */
export function barPlot<Row extends { photos: number }>(
  rows: readonly Row[],
  { across, within = () => "", inner = [""], fill, label, width = 800 }: Bars<Row>,
): Plot.PlotOptions {
  const names = [...new Set(rows.map(across))];
  const most = Math.max(1, ...rows.map(({ photos }) => photos));
  const marginLeft = MARGIN + textWidth(count(most)) + 10;
  const slot = (width - marginLeft - MARGIN) / names.length;
  const gap = Math.max(GAP, (3 - names.length) * 0.8); // one or two bars should not fill the page
  const bar = 1 / (inner.length + gap);
  const left = (row: Row) =>
    names.indexOf(across(row)) + (inner.indexOf(within(row)) + gap / 2) * bar;
  const name = (row: Row) => [across(row), within(row)].filter(Boolean).join(", ");
  const ticks = fitTexts(names, slot);
  const counts = fitTexts(rows.map(({ photos }) => count(photos)), slot * bar);
  return {
    width,
    height: BARS_HEIGHT + counts.height + ticks.height + 76,
    ...margins(26 + counts.height, MARGIN, 50 + ticks.height, marginLeft),
    x: { domain: [0, names.length] },
    y: { domain: [0, most] },
    marks: [
      ...countAxis(most, marginLeft),
      Plot.axisX(range(ticks.every - 1, names.length, ticks.every), {
        ...{ x: (i) => i + 0.5, text: (i) => names[i]!, tickRotate: ticks.rotate },
        ...{ ...AXIS_UNDER, label, labelOffset: ticks.height + 34 },
      }),
      Plot.rectY(rows, {
        ...{ x1: left, x2: (row) => left(row) + bar, y: "photos", fill, insetRight: 1 },
        title: (row) => `${name(row)}: ${countOf(row.photos, "photo")}`,
      }),
      Plot.text(counts.every === 1 ? rows : [], {
        ...{ x: (row) => left(row) + bar / 2, y: "photos", text: ({ photos }) => count(photos) },
        ...counts.rotate ? UPRIGHT : LEVEL,
      }),
      Plot.ruleY([0], { stroke: COLOR.muted }),
    ],
  };
}

/** Counts over their bars, read upwards or level. */
const UPRIGHT = { rotate: -90, textAnchor: "start", dy: -5 } as const;
const LEVEL = { textAnchor: "middle", dy: -10 } as const;

function countAxis(most: number, marginLeft: number): Plot.Markish[] {
  const ticks = Math.min(6, most), labelOffset = marginLeft - MARGIN;
  return [
    Plot.gridY({ ticks, ...GRID }),
    Plot.axisY({ ticks, tickSize: 0, tickFormat: ",d", label: "photos", labelOffset }),
  ];
}

/**
 * Chooses how texts stand in slots of the given width in pixels: upright where the longest fits, turned to read
 * upwards where only their height fits, else every second, fifth, tenth ... of them upright.
 */
export function fitTexts(texts: readonly string[], slot: number, size = SIZE.tick) {
  const longest = Math.max(...texts.map((text) => textWidth(text, size)));
  if (longest <= slot) return { rotate: 0, every: 1, height: size };
  if (size * 1.2 <= slot) return { rotate: -90, every: 1, height: longest };
  const every = [2, 5, 10, 20, 50, 100].find((n) => longest + size <= n * slot) ?? texts.length;
  return { rotate: 0, every, height: size };
}

/** Guesses the width of a text in pixels, a little generously: 0.61 of its size for each letter. */
export function textWidth(text: string, size = SIZE.tick): number {
  return Math.ceil(text.length * size * 0.61);
}
