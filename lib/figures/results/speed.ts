/** The project's speed compared with its baselines. */
import * as Plot from "@observablehq/plot";
import { max, range } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage, MARGIN, margins } from "@/figures/shared/document.ts";
import { AXIS_UNDER, COLOR, GRID } from "@/figures/shared/style.ts";

/** The result of a benchmark: how many times as fast as the baseline ours is. */
interface Row {
  benchmark: string;
  /** The median of the rounds, the smallest and the greatest; 1 where both are equally fast. */
  middle: number;
  least: number;
  most: number;
}

const WIDTH = 800, TOP = 12, BOTTOM = 62;

/** Height of a bar with the room around it, in pixels; and where there are more than MANY. */
const BAR = 44, THIN_BAR = 26, MANY = 20;

/** Room in pixels for the number at the end of a bar. */
const NUMBER = 62;

/**
 * Draws a bar a benchmark from 1 to how many times as fast ours is, with the range of the rounds as a line. Twice as
 * fast and half as fast are as long.
 *
 * @param machine what the numbers hold for; stands under the bars
 */
export function speedFigure(rows: readonly Row[], machine: string): string {
  const marginLeft = MARGIN + (max(rows, ({ benchmark }) => textWidth(benchmark)) ?? 0) + 10;
  const [from, to] = reach(rows);
  return drawPage({
    title: "Speed beside the baselines",
    subtitle: "Median of the rounds; lines reach from the slowest round to the fastest",
    key: [
      { name: "ours is faster", color: COLOR.bar },
      { name: "the baseline is faster", color: COLOR.barMuted },
    ],
    empty: rows.length === 0 && "No benchmarks with a baseline",
    plots: [{
      width: WIDTH,
      height: TOP + rows.length * (rows.length > MANY ? THIN_BAR : BAR) + BOTTOM,
      ...margins(TOP, MARGIN, BOTTOM, marginLeft),
      x: { domain: [from, to], insetLeft: from < 0 ? NUMBER : 0, insetRight: to > 0 ? NUMBER : 0 },
      y: { type: "band", domain: rows.map(({ benchmark }) => benchmark), padding: 0.35 },
      marks: [...axes(from, to), ...bars(rows)],
    }],
    caption: machine,
  });
}

/** From which to which power of two the scale reaches: whole numbers, with 0 between them or one of them. */
function reach(rows: readonly Row[]): [from: number, to: number] {
  const from = Math.floor(Math.min(0, ...rows.map(({ least }) => Math.log2(least))));
  const to = Math.ceil(Math.max(0, ...rows.map(({ most }) => Math.log2(most))));
  return from === to ? [0, 1] : [from, to];
}

function axes(from: number, to: number): Plot.Markish[] {
  const ticks = range(from, to + 1).filter((power) => power % Math.ceil((to - from) / 7) === 0);
  return [
    Plot.gridX(ticks, GRID),
    Plot.axisX(ticks, {
      ...AXIS_UNDER,
      tickFormat: (power: number) => power < 0 ? `1/${2 ** -power}` : `${2 ** power}`,
      label: "ours / baseline, items a second",
      labelOffset: BOTTOM - 14,
    }),
    Plot.axisY({ tickSize: 0, label: null }),
  ];
}

function bars(rows: readonly Row[]): Plot.Markish[] {
  const place = (which: "middle" | "least" | "most") => (row: Row) => Math.log2(row[which]);
  const number = { y: "benchmark", text: ({ middle }: Row) => middle.toFixed(2), fontWeight: 600 };
  const isFaster = ({ middle }: Row) => middle >= 1;
  const color = (row: Row) => isFaster(row) ? COLOR.bar : COLOR.barMuted;
  const reach = { x1: place("least"), x2: place("most") };
  const slower = { textAnchor: "end", dx: -8 } as const;
  return [
    Plot.barX(rows, { x1: 0, x2: place("middle"), y: "benchmark", title: hint, fill: color }),
    Plot.ruleY(rows, { ...reach, y: "benchmark", stroke: COLOR.ink, strokeWidth: 2 }),
    Plot.ruleX([0], { stroke: COLOR.ink, strokeWidth: 1.5 }),
    Plot.text(rows.filter(isFaster), { ...number, x: place("most"), textAnchor: "start", dx: 8 }),
    Plot.text(rows.filter((row) => !isFaster(row)), { ...number, ...slower, x: place("least") }),
  ];
}

function hint(row: Row): string {
  const [middle, least, most] = [row.middle, row.least, row.most].map((ratio) => ratio.toFixed(2));
  return `${row.benchmark}: ${middle} times as fast (${least} to ${most})`;
}
