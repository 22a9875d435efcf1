/**
 * Every model tried: what it reached, how large it is, and how long it was trained.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { extent, format, greatest, max, min, range, ticks } from "d3";
import { textWidth } from "@/figures/_bars.ts";
import { drawPage, IN_PIXELS, MARGIN } from "@/figures/_document.ts";
import { percent } from "@/base/text.ts";
import { COLOR, count, countOf, percentTick, SIZE } from "@/figures/_style.ts";

/** A trained model. */
interface Row {
  id: string;
  technique: string;
  parameters: number;
  /** How many epochs it was trained for; of time, another machine takes another. */
  epochs: number;
  /** The highest validation accuracy, 0 to 1, and its interval. */
  valAccuracy: number;
  low: number;
  high: number;
  /** How the training ended; `diverged` where it led nowhere. */
  state: string;
}

/**
 * Colours that the colour-blind tell apart (Okabe and Ito, with wine in place of their yellow, which
 * is hardly seen on white), and as many symbols. The ninth technique has the first colour again, with
 * another symbol.
 */
const COLORS = [
  ...["#1f2933", "#0072b2", "#e69f00", "#009e73"],
  ...["#d55e00", "#56b4e9", "#cc79a7", "#882255"],
];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "cross", "star", "wye", "hexagon"];

/** Width of the page, height of a plot, and its margins, in pixels. */
const WIDTH = 800, HEIGHT = 380, LEFT = 96, TOP = 44, BOTTOM = 58;

/** Radius of a symbol, and the least distance of two, in pixels. */
const RADIUS = 4.5, APART = 11;

/** The part of the scale of accuracies kept free: over the best for its name, under for diverged. */
const HEAD = 0.12, FOOT = 0.16;

/**
 * Draws the validation accuracy of every model, with its interval as a thin line, once against the
 * parameters and once against the epochs of training, by technique; names the best, and sets those
 * apart that diverged.
 *
 * @returns the figure as the text of an SVG
 *
 * @example Two models, one of which diverged
 * ```ts
 * import { modelSearchFigure } from "@/figures/model_search.ts";
 * import { ok } from "node:assert/strict";
 *
 * const iv = { id: "IV", technique: "none", parameters: 658_773, epochs: 60 };
 * const svg = modelSearchFigure([
 *   { ...iv, valAccuracy: 0.704, low: 0.68, high: 0.72, state: "finished" },
 *   { ...iv, id: "IVb", valAccuracy: 0.3, low: 0.28, high: 0.32, state: "diverged" },
 * ]);
 * ok(svg.includes("IV, 70.4%"));
 * ```
 */
export function modelSearchFigure(rows: readonly Row[]): string {
  const techniques = [...new Set(rows.map(({ technique }) => technique))];
  const models = rows.map((row) => ({ ...row, ...signOf(techniques.indexOf(row.technique)) }));
  return drawPage({
    title: "Validation accuracy of the models",
    subtitle: describe(rows),
    caption: rows.length === 1 ? undefined : CAPTION,
    empty: rows.length === 0 && "No models",
    columns: 1,
    plots: [keyPlot(techniques), panel(models, PARAMETERS), panel(models, EPOCHS)],
  });
}

const CAPTION =
  "Symbols that would cover each other stand side by side, so that some are a little " +
  "to the left or right of their value.";

function describe(rows: readonly Row[]): string {
  const diverged = rows.filter(isDiverged).length;
  const lost = diverged ? `, of which ${diverged} diverged` : "";
  return `${countOf(rows.length, "model")}${lost}; lines are 95% intervals`;
}

/** A model with the sign of its technique. */
type Model = Row & { fill: string; symbol: string };

function signOf(technique: number): { fill: string; symbol: string } {
  const round = Math.floor(technique / COLORS.length);
  return {
    fill: COLORS[technique % COLORS.length]!,
    symbol: SYMBOLS[(technique + round) % SYMBOLS.length]!,
  };
}

function isDiverged({ state, valAccuracy }: Row): boolean {
  return state === "diverged" || !Number.isFinite(valAccuracy);
}

/** What a panel shows across, on a scale of powers of ten. */
interface Across {
  value: (row: Row) => number;
  label: string;
  /** Values that may be written under the axis. */
  ticks: readonly number[];
  tickFormat: (tick: number) => string;
}

/** 1, 2, 5, 10, 20, 50 and so on. */
const TICKS = range(9).flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));

const PARAMETERS: Across = {
  value: ({ parameters }) => parameters,
  label: "parameters",
  ticks: TICKS,
  tickFormat: format("~s"),
};

const EPOCHS: Across = {
  value: ({ epochs }) => epochs,
  label: "epochs of training",
  ticks: TICKS,
  tickFormat: format("~s"),
};

/** A model at its place on the scales. */
type Point = Model & { x: number; y: number };

/** One panel: every model by its accuracy, and by what the panel shows across. */
function panel(models: readonly Model[], across: Across): Plot.PlotOptions {
  const x = powersOf(models.map(across.value)), y = accuraciesOf(models);
  const pixel = [
    (x.domain[1] - x.domain[0]) / (WIDTH - LEFT - MARGIN),
    (y.domain[1] - y.domain[0]) / (HEIGHT - TOP - BOTTOM),
  ] as const;
  const points = sideBySide(
    models.map((model) => ({
      ...model,
      x: powerOf(across.value(model)),
      y: isDiverged(model) ? y.diverged : model.valAccuracy,
    })),
    [pixel[0] * APART, pixel[1] * APART],
  );
  return {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: LEFT,
    marginRight: MARGIN,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x,
    y,
    r: { type: "identity" },
    marks: [...axes(x.domain, y.ticks, across), ...signs(points, x.domain)],
  };
}

function axes(
  domain: readonly [number, number],
  accuracies: readonly number[],
  { ticks, tickFormat, label }: Across,
): Plot.Markish[] {
  const shown = ticks.filter((tick) => domain[0] <= powerOf(tick) && powerOf(tick) <= domain[1]);
  return [
    Plot.gridY(accuracies, { stroke: COLOR.grid, strokeOpacity: 1 }),
    Plot.axisY(accuracies, {
      tickSize: 0,
      tickFormat: percentTick,
      label: "validation accuracy",
      labelOffset: LEFT - MARGIN,
    }),
    Plot.axisX(shown.map(powerOf), {
      tickFormat: (_: number, i: number) => tickFormat(shown[i]!),
      label,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: BOTTOM - 12,
    }),
  ];
}

/** The models: a thin line and a symbol each, those that diverged in a row of their own. */
function signs(points: readonly Point[], [from, to]: readonly [number, number]): Plot.Markish[] {
  const sound = points.filter((point) => !isDiverged(point)), lost = points.filter(isDiverged);
  const place = { x: "x", y: "y", symbol: "symbol", r: RADIUS, title: hint } as const;
  const best = greatest(sound, ({ valAccuracy }) => valAccuracy); // the first of equals
  return [
    Plot.ruleX(sound, { x: "x", y1: "low", y2: "high", stroke: "fill", strokeOpacity: 0.4 }),
    Plot.dot(sound, { ...place, fill: "fill", stroke: "white", strokeWidth: 0.75, sort: null }),
    Plot.text(lost.slice(0, 1), {
      y: "y",
      text: () => "diverged",
      frameAnchor: "left",
      textAnchor: "end",
      dx: -6,
      fill: COLOR.muted,
    }),
    Plot.dot(lost, {
      ...place,
      r: RADIUS - 0.7,
      fill: "white",
      stroke: "fill",
      strokeWidth: 1.5,
      sort: null,
    }),
    ...best ? nameOf(best, best.x > from + 0.85 * (to - from)) : [],
  ];
}

/** A ring around the best model, and its name over its line, kept on the page. */
function nameOf(best: Point, atEdge: boolean): Plot.Markish[] {
  return [
    Plot.dot([best], { x: "x", y: "y", r: RADIUS + 4, stroke: COLOR.ink, strokeWidth: 1.5 }),
    Plot.text([best], {
      x: "x",
      y: "high",
      text: ({ id, valAccuracy }: Row) => `${id}, ${percent(valAccuracy)}`,
      textAnchor: atEdge ? "end" : "middle",
      dx: atEdge ? RADIUS + 4 : 0,
      dy: -12,
      fontSize: SIZE.text,
      fontWeight: 600,
      stroke: "white",
      strokeWidth: 5,
      fill: COLOR.ink,
    }),
  ];
}

/** What a browser says where one points at a model. */
function hint(model: Row): string {
  const { id, technique, parameters } = model;
  const [value, from, to] = [model.valAccuracy, model.low, model.high].map(percent);
  const reached = isDiverged(model) ? "diverged" : `${value}, ${from} to ${to}`;
  return `${id} (${technique}), ${count(parameters)} parameters: ${reached}`;
}

/** The power of ten that gives a value, 0 for what is below 1. */
function powerOf(value: number): number {
  return Math.log10(Math.max(1, value));
}

/** The scale of powers, with some room at both ends. */
function powersOf(values: readonly number[]): { domain: [number, number] } {
  const [least = 0, most = 0] = extent(values, powerOf);
  const room = Math.max(0.25, (most - least) * 0.07); // so that one tick at least is in sight
  return { domain: [least - room, most + room] };
}

/** The scale of accuracies, and where on it the models stand that diverged. */
interface Accuracies {
  domain: [number, number];
  ticks: number[];
  diverged: number;
}

function accuraciesOf(models: readonly Row[]): Accuracies {
  const sound = models.filter((model) => !isDiverged(model));
  const least = min(sound, ({ low }) => low) ?? 0, most = max(sound, ({ high }) => high) ?? 1;
  const span = Math.max(0.05, most - least);
  const foot = sound.length < models.length ? FOOT : 0.03;
  return {
    domain: [least - span * foot, least + span * (1 + HEAD)],
    ticks: ticks(least, least + span, 6),
    diverged: least - span * FOOT / 2,
  };
}

/** Moves points sideways, as little as they need to stand apart, in the order given. */
function sideBySide(points: readonly Point[], [dx, dy]: readonly [number, number]): Point[] {
  const steps = range(2 * points.length).flatMap((n) => [n / 2, -n / 2]);
  const placed: Point[] = [];
  for (const point of points) {
    const isFree = (x: number) =>
      !placed.some((other) => (
        Math.abs(other.x - x) < dx * 0.999 && Math.abs(other.y - point.y) < dy
      ));
    const step = steps.find((n) => isFree(point.x + n * dx))!;
    placed.push({ ...point, x: point.x + step * dx });
  }
  return placed;
}

/** Height in pixels of a line of the key, and of what is left free under it. */
const LINE = 26, UNDER = 14;

/** The signs of the techniques, in as many lines as they need. */
function keyPlot(techniques: readonly string[]): Plot.PlotOptions {
  let x = MARGIN + RADIUS, line = 0;
  const entries = techniques.map((name, technique) => {
    const width = textWidth(name) + 36;
    if (x + width > WIDTH) [x, line] = [MARGIN + RADIUS, line + 1];
    const entry = { ...signOf(technique), name, x, y: LINE * (line + 0.5) };
    x += width;
    return entry;
  });
  const place = { x: "x", y: "y" };
  return {
    width: WIDTH,
    height: LINE * (line + 1) + UNDER,
    ...IN_PIXELS,
    r: { type: "identity" },
    marks: [
      Plot.dot(entries, { ...place, fill: "fill", symbol: "symbol", r: RADIUS + 1 }),
      Plot.text(entries, {
        ...place,
        text: "name",
        dx: 13,
        textAnchor: "start",
        fontSize: SIZE.text,
      }),
    ],
  };
}
