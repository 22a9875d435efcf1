/** Every model tried, a row each: what it reached, how large it is, and how long it was trained. */
import * as Plot from "@observablehq/plot";
import { ascending, extent, greatest, max, range, scaleLinear, sort, sum } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage, IN_PIXELS, inLines, MARGIN } from "@/figures/shared/document.ts";
import { percent, withInterval } from "@/base/text.ts";
import { type Head, placeUnderHeads } from "@/figures/shared/share_rows.ts";
import { COLOR, count, countOf, HUE, percentTick, SIZE } from "@/figures/shared/style.ts";
import type { Technique } from "@/model/spec.ts";

interface Row {
  id: string;
  technique: Technique;
  parameters: number;
  /** Epochs that it was trained for; of time, another machine takes another. */
  epochs: number;
  /** The highest validation accuracy, 0 to 1, and its interval. */
  valAccuracy: number;
  low: number;
  high: number;
  /** The end of the training; `diverged` where it led nowhere. */
  state: string;
}

type ConstantAnswer = { name: string; accuracy: number };

/** The majority-class baseline, and the other constant answers; that of the baseline may be among them. */
type ConstantAnswers = { baseline?: ConstantAnswer; constants?: readonly ConstantAnswer[] };

/** Width of the page, and where the columns beside the plot end at their right, in pixels. */
const WIDTH = 800, ACCURACY = 616, PARAMETERS = 710, EPOCHS = WIDTH - MARGIN;

/** Right end of the plot, and the room for the axis under it, in pixels. */
const RIGHT = 546, AXIS = 56;

/** Heights in pixels: of a band's parts, and of a label over the plot; size of the headings and labels. */
const BAND = { head: 26, row: 19, foot: 6 }, LABEL = 18, SMALL = 12.5;

/**
 * Draws a row for each model: validation accuracy with its interval, parameters, epochs of training. The models lie in
 * bands by the rung of the search in which their training ended, the last first, and by accuracy within a band. Lines
 * mark what constant answers reach: a model on such a line may have learned nothing else.
 *
 * @example Two models, one of which diverged
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const iv = { id: "IV", technique: "none", parameters: 658_773, epochs: 60 } as const;
 * const svg = modelSearchFigure([
 *   { ...iv, valAccuracy: 0.704, low: 0.68, high: 0.72, state: "finished" },
 *   { ...iv, id: "IVb", valAccuracy: 0.3, low: 0.28, high: 0.32, state: "diverged" },
 * ], { baseline: { name: "21-37", accuracy: 0.307 } });
 * ok(svg.includes("70.4%") && svg.includes("majority class, 21-37: 30.7%"));
 * ```
 */
export function modelSearchFigure(rows: readonly Row[], baselines: ConstantAnswers = {}): string {
  return drawPage({
    title: "Validation accuracy of the models",
    subtitle: describe(rows),
    empty: rows.length === 0 && "No models",
    columns: 1,
    plots: [keyPlot(rows), modelPlot(rows, linesOf(baselines))],
  });
}

function describe(rows: readonly Row[]): string {
  const models = countOf(rows.length, "model"), diverged = rows.filter(isDiverged).length;
  const lost = diverged ? `, of which ${diverged} diverged` : "";
  return `${models}${lost}. Symbols: accuracy in the best epoch; lines: its 95% interval; ` +
    "bands: the rung of the search in whose epochs the training ended.";
}

function modelPlot(rows: readonly Row[], lines: readonly Line[]): Plot.PlotOptions {
  const left = MARGIN + 12 + max(rows.map(({ id }) => textWidth(id)))!;
  const x = scaleOf(rows, lines, left), labels = placeLabels(lines, x);
  const top = LABEL * (1 + (max(labels, ({ lane }) => lane) ?? -1));
  const banded = inBands(rows), heights = { ...BAND, top };
  const { heads, placed, bottom } = placeUnderHeads(banded, ({ band }) => band, heights);
  return {
    width: WIDTH,
    height: bottom + AXIS,
    ...IN_PIXELS,
    marks: [
      Plot.rect(heads.filter((_, i) => i % 2 === 0), {
        ...{ x1: MARGIN / 2, x2: WIDTH - MARGIN / 2, y1: "top", y2: "bottom", fill: GROUND },
      }),
      ...axisMarks(x, heads, bottom),
      ...lineMarks(labels, bottom, top),
      ...headingMarks(heads, left),
      ...modelMarks(placed, x),
      ...columnMarks(placed, top),
    ],
  };
}

/** The scale: all intervals and constant answers, with a little room at both ends. */
function scaleOf(rows: readonly Row[], lines: readonly Line[], left: number) {
  const sound = rows.filter((row) => !isDiverged(row));
  const all = [...sound.flatMap(({ low, high }) => [low, high]), ...lines.map((l) => l.accuracy)];
  const [least = 0, most = 1] = extent(all);
  const room = Math.max(0.015, (most - least) * 0.04);
  return scaleLinear([Math.max(0, least - room), Math.min(1, most + room)], [left, RIGHT]);
}

type Scale = ReturnType<typeof scaleOf>;

const GROUND = "#f5f7fa";
const SUBHEADING = { fontSize: SMALL, fontWeight: 600, fill: COLOR.muted } as const;

function headingMarks(heads: readonly Head[], left: number): Plot.Markish[] {
  return [GROUND, "white"].map((stroke, odd) =>
    Plot.text(heads.filter((_, i) => i % 2 === odd), {
      ...{ x: left, y: ({ y }) => y + 1, text: "name", textAnchor: "start" },
      ...{ ...SUBHEADING, stroke, strokeWidth: 5 },
    })
  );
}

function axisMarks(x: Scale, heads: readonly Head[], bottom: number): Plot.Markish[] {
  const shares = x.ticks(6);
  return [
    ...heads.map(({ top, bottom }) =>
      Plot.ruleX(shares, { x, y1: top + BAND.head, y2: bottom, stroke: COLOR.grid })
    ),
    Plot.text(shares, { x, y: bottom + 14, text: percentTick }),
    Plot.text(["validation accuracy"], { x: (x.range()[0]! + RIGHT) / 2, y: bottom + 38 }),
  ];
}

/** The lines of constant answers, and what stands over them. */
function linesOf({ baseline, constants = [] }: ConstantAnswers) {
  const others = constants.filter(({ name }) => name !== baseline?.name);
  return [...baseline ? [baseline] : [], ...others].map((answer) => {
    const isBaseline = answer === baseline, words = isBaseline ? "majority class," : "always";
    return { ...answer, isBaseline, label: `${words} ${answer.name}: ${percent(answer.accuracy)}` };
  });
}

type Line = ReturnType<typeof linesOf>[number];

/** A line with the place of its label: lanes are counted upwards from the plot. */
type Label = Line & { x: number; middle: number; lane: number };

/** Places each label over its line, in the lowest lane where it covers no other. */
function placeLabels(lines: readonly Line[], scale: Scale): Label[] {
  const placed: Label[] = [];
  const widthOf = ({ label }: Line) => textWidth(label, SMALL);
  for (const line of lines) {
    const x = scale(line.accuracy), half = widthOf(line) / 2;
    const middle = Math.min(Math.max(x, MARGIN + half), RIGHT + 20 - half);
    const covered = placed.filter((other) => (
      Math.abs(other.middle - middle) <= half + widthOf(other) / 2
    ));
    const isFree = (lane: number) => covered.every((other) => other.lane !== lane);
    placed.push({ ...line, x, middle, lane: range(lines.length).find(isFree)! });
  }
  return placed;
}

function lineMarks(labels: readonly Label[], bottom: number, top: number): Plot.Markish[] {
  const rules = labels.map((label) => {
    const look = label.isBaseline ? DASHED : DOTTED;
    return Plot.ruleX([label], { x: "x", y1: top - label.lane * LABEL, y2: bottom, ...look });
  });
  const texts = labels.map((label) => {
    const [fill, fontWeight] = label.isBaseline ? [COLOR.ink, 600] : [COLOR.muted, 400];
    const y = top - (label.lane + 0.5) * LABEL - 1, behind = { stroke: "white", strokeWidth: 4 };
    const look = { fill, fontWeight, fontSize: SMALL, ...behind };
    return Plot.text([label], { x: "middle", y, text: "label", ...look });
  });
  return [...rules, ...texts];
}

const DASHED = { stroke: COLOR.ink, strokeWidth: 1.5, strokeDasharray: "6,3", title: "label" };
const DOTTED = { stroke: COLOR.muted, strokeWidth: 1, strokeDasharray: "1.5,3", title: "label" };

/** Texts of models at their right ends, that of the best one bold. */
function modelTexts(models: readonly Placed[], options: Plot.TextOptions): Plot.Markish[] {
  return [false, true].map((isBest) => {
    const fontWeight = isBest ? 600 : 400, own = models.filter((row) => row.isBest === isBest);
    return Plot.text(own, { y: "y", textAnchor: "end", fontWeight, ...options });
  });
}

/** Names, intervals and symbols; what diverged has its name alone. */
function modelMarks(models: readonly Placed[], x: Scale): Plot.Markish[] {
  const sound = models.filter((model) => !isDiverged(model));
  const color = ({ technique }: Row) => TECHNIQUES[technique].color;
  return [
    ...modelTexts(models, { x: x.range()[0]! - 12, text: "id", title: hint }),
    Plot.ruleY(sound, {
      ...{ x1: ({ low }) => x(low), x2: ({ high }) => x(high), y: "y", title: hint },
      ...{ stroke: color, strokeWidth: 1.5 },
    }),
    Plot.dot(sound, {
      ...{ x: ({ valAccuracy }) => x(valAccuracy), y: "y", fill: color, r: 5, title: hint },
      symbol: ({ technique }: Row) => TECHNIQUES[technique].symbol,
    }),
  ];
}

function columnMarks(models: readonly Placed[], top: number): Plot.Markish[] {
  const accuracy = (row: Row) => isDiverged(row) ? "–" : percent(row.valAccuracy);
  const columns = [
    { name: "accuracy", x: ACCURACY, text: accuracy },
    { name: "parameters", x: PARAMETERS, text: ({ parameters }: Row) => count(parameters) },
    { name: "epochs", x: EPOCHS, text: ({ epochs }: Row) => count(epochs) },
  ];
  const head = { y: top + BAND.head / 2 + 1, textAnchor: "end", ...SUBHEADING } as const;
  return columns.flatMap(({ name, x, text }) => [
    Plot.text([name], { x, ...head }),
    ...modelTexts(models, { x, text }),
  ]);
}

function hint(row: Row): string {
  const accuracy = withInterval(row.valAccuracy, row.low, row.high);
  const reached = isDiverged(row) ? ": diverged" : `, ${accuracy}`;
  return `${row.id}${reached}; ${row.technique}; ${count(row.parameters)} parameters, ` +
    `${countOf(row.epochs, "epoch")}`;
}

function keyPlot(rows: readonly Row[]): Plot.PlotOptions {
  const names = Object.keys(TECHNIQUES) as Technique[], left = MARGIN + 6;
  const used = names.filter((name) => rows.some(({ technique }) => technique === name));
  const widthOf = (line: Technique[]) => sum(line, (name) => textWidth(name) + 36);
  const lines = inLines(used, (line) => left + widthOf(line) <= WIDTH);
  const entries = lines.flatMap((line, k) =>
    line.map((name, i) => (
      { ...TECHNIQUES[name], name, x: left + widthOf(line.slice(0, i)), y: LINE * (k + 0.5) }
    ))
  );
  const place = { x: "x", y: "y" };
  const name = { text: "name", dx: 13, textAnchor: "start", fontSize: SIZE.text } as const;
  return {
    width: WIDTH,
    height: LINE * lines.length + 12,
    ...IN_PIXELS,
    marks: [
      Plot.dot(entries, { ...place, fill: "color", symbol: "symbol", r: 5.5 }),
      Plot.text(entries, { ...place, ...name }),
    ],
  };
}

const LINE = 26;

/** Tells whether a model has no accuracy to be compared. */
function isDiverged({ state, valAccuracy }: Row): boolean {
  return state === "diverged" || !Number.isFinite(valAccuracy);
}

/** Puts models in bands from the last rung to the first, the best first, and the diverged in a last one. */
function inBands(rows: readonly Row[]) {
  const sound = rows.filter((row) => !isDiverged(row)), ends = rungEnds(sound);
  const best = greatest(sound, ({ valAccuracy }) => valAccuracy); // the first of equals
  const rung = ({ epochs }: Row) => ends.findIndex((end) => epochs <= end);
  const ranked = sort(sound, (a, b) => rung(b) - rung(a) || b.valAccuracy - a.valAccuracy);
  return [
    ...ranked.map((row) => ({ ...row, band: headingOf(rung(row), ends), isBest: row === best })),
    ...rows.filter(isDiverged).map((row) => ({ ...row, band: "diverged", isBest: false })),
  ];
}

type Placed = ReturnType<typeof inBands>[number] & { y: number };

/** The last epoch of each rung, where the search stopped models early; infinite if the last rung stopped none. */
function rungEnds(rows: readonly Row[]): number[] {
  const early = rows.filter(({ state }) => state.startsWith("stopped early"));
  const ends = [...new Set(early.map(({ epochs }) => epochs))].sort(ascending);
  const last = max(rows, ({ epochs }) => epochs) ?? 0;
  return last > (ends.at(-1) ?? -1) ? [...ends, Infinity] : ends;
}

function headingOf(rung: number, ends: readonly number[]): string {
  if (ends.length === 1) return "all rungs";
  const start = ends[rung - 1] ?? 0, end = ends[rung]!;
  const epochs = end === Infinity ? `after epoch ${start}` : `by epoch ${end}`;
  return `rung ${rung + 1}, training ended ${epochs}`;
}

/** All techniques, each with one of Plot's symbols; what acts on the photos, not on the network, is grey. */
export const TECHNIQUES: Record<Technique, { color: string; symbol: string }> = {
  "none": { color: COLOR.ink, symbol: "circle" },
  "dropout": { color: HUE.blue, symbol: "square" },
  "max-norm": { color: HUE.orange, symbol: "triangle" },
  "max-norm + dropout": { color: HUE.vermilion, symbol: "diamond" },
  "batch normalisation": { color: HUE.green, symbol: "cross" },
  "batch normalisation + dropout": { color: HUE.sky, symbol: "star" },
  "L2": { color: HUE.purple, symbol: "wye" },
  "global average pooling": { color: HUE.wine, symbol: "hexagon" },
  "mirrored photos": { color: COLOR.frame, symbol: "square" },
  "no class weights": { color: COLOR.frame, symbol: "diamond" },
};
