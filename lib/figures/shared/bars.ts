/** Bars that count photos, with the counts on them, and texts that fit into the room there is. */
import * as Plot from "@observablehq/plot";
import { range } from "d3";
import { MARGIN, margins } from "@/figures/shared/document.ts";
import { AXIS_UNDER, COLOR, count, countOf, GRID, SIZE } from "@/figures/shared/style.ts";

export interface Bar {
  /** The category along the axis: a bar, or a group of bars that `within` tells apart. */
  across: string;
  within?: string;
  fill: string;
  photos: number;
}

/** Width of the plot in pixels, and height of the room for bars; texts over and under it add theirs. */
const WIDTH = 800, BARS_HEIGHT = 330;

/** Room between two groups of bars, in bars. */
const GAP = 0.3;

/**
 * Plots bars from zero with their counts, those of a group in the order of `inner`; counts, and the names under the
 * bars, are turned if there is no room.
 */
export function barPlot(bars: readonly Bar[], label: string, inner = [""]): Plot.PlotOptions {
  const names = [...new Set(bars.map(({ across }) => across))];
  const most = Math.max(1, ...bars.map(({ photos }) => photos));
  const marginLeft = MARGIN + textWidth(count(most)) + 10;
  const slot = (WIDTH - marginLeft - MARGIN) / names.length;
  const gap = Math.max(GAP, (3 - names.length) * 0.8); // one or two bars should not fill the page
  const width = 1 / (inner.length + gap);
  const left = ({ across, within = "" }: Bar) =>
    names.indexOf(across) + (inner.indexOf(within) + gap / 2) * width;
  const ticks = fitTexts(names, slot);
  const counts = fitTexts(bars.map(({ photos }) => count(photos)), slot * width);
  return {
    width: WIDTH,
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
      Plot.rectY(bars, {
        ...{ x1: left, x2: (bar) => left(bar) + width, y: "photos", fill: "fill", insetRight: 1 },
        title: ({ across, within, photos }) =>
          `${within ? `${across}, ${within}` : across}: ${countOf(photos, "photo")}`,
      }),
      Plot.text(counts.every === 1 ? bars : [], {
        ...{ x: (bar) => left(bar) + width / 2, y: "photos", text: ({ photos }) => count(photos) },
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
export function fitTexts(texts: readonly string[], slot: number) {
  const longest = Math.max(...texts.map((text) => textWidth(text))), size = SIZE.tick;
  if (longest <= slot) return { rotate: 0, every: 1, height: size };
  if (size * 1.2 <= slot) return { rotate: -90, every: 1, height: longest };
  const every = [2, 5, 10, 20, 50, 100].find((n) => longest + size <= n * slot) ?? texts.length;
  return { rotate: 0, every, height: size };
}

/** Guesses the width of a text in pixels, a little generously: 0.61 of its size for each letter. */
export function textWidth(text: string, size = SIZE.tick): number {
  return Math.ceil(text.length * size * 0.61);
}
