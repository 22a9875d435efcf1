/** The layers of a network, a row each. */
import * as Plot from "@observablehq/plot";
import { max, sum } from "d3";
import { textWidth } from "@/figures/shared/bars.ts";
import { drawPage, IN_PIXELS, MARGIN } from "@/figures/shared/document.ts";
import { COLOR, count, countOf, HUE, SIZE } from "@/figures/shared/style.ts";
import type { LayerShape } from "@/model/layers.ts";

/** The colour of each kind of layer, in the order of the key. */
const KINDS: Record<LayerShape["kind"], string> = {
  "input": COLOR.frame,
  "convolution": HUE.blue,
  "depthwise convolution": COLOR.muted,
  "batch normalisation": HUE.green,
  "ReLU": HUE.yellow,
  "max pooling": HUE.sky,
  "dropout": HUE.vermilion,
  "flatten": COLOR.barMuted,
  "global average": HUE.purple,
  "dense": HUE.orange,
  "residual": HUE.wine,
  "gate": COLOR.barMuted,
  "group sums": COLOR.ink,
};

/** Width of the page, height of a row, and of the headings over the rows, in pixels. */
const WIDTH = 800, ROW = 25, TOP = 34;

/** Gap in pixels between a bar, or a square of colour, and its text. */
const GAP = 8;

/**
 * Draws a network, a row for each layer: its kind by colour, its name, a bar for the values that leave it with their
 * shape (height × width × channels, or the number of values), and a bar for its parameters.
 *
 * @example A small network
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const svg = architectureFigure([
 *   { layer: "input", kind: "input", shape: [16, 16, 3], parameters: 0 },
 *   { layer: "conv1", kind: "convolution", shape: [16, 16, 4], parameters: 112 },
 *   { layer: "flatten", kind: "flatten", shape: [1024], parameters: 0 },
 *   { layer: "output", kind: "dense", shape: [5], parameters: 5125 },
 * ]);
 * ok(svg.includes("16 × 16 × 4") && svg.includes("5,237 parameters"));
 * ```
 */
export function architectureFigure(rows: readonly LayerShape[]): string {
  const total = sum(rows, ({ parameters }) => parameters);
  const kinds = Object.entries(KINDS).filter(([name]) => rows.some(({ kind }) => kind === name));
  return drawPage({
    title: "The network, layer by layer",
    subtitle: `${countOf(total, "parameter")}. The length of a bar shows the number.`,
    key: kinds.map(([name, color]) => ({ name, color })),
    empty: rows.length === 0 && "No layers",
    plots: [{
      width: WIDTH,
      height: TOP + rows.length * ROW + MARGIN / 2,
      ...IN_PIXELS,
      marks: [...names(rows), ...columnsOf(rows).flatMap((column) => barColumn(rows, column))],
    }],
  });
}

const colorOf = ({ kind }: LayerShape) => KINDS[kind];

const middle = (_: LayerShape, i: number) => TOP + (i + 0.5) * ROW;

function names(rows: readonly LayerShape[]): Plot.Markish[] {
  const square = { symbol: "square", r: 6 } as const;
  const name = { text: "layer", textAnchor: "start", fontSize: SIZE.text } as const;
  return [
    Plot.dot(rows, { ...square, x: MARGIN + 6, y: middle, fill: colorOf, title: hint }),
    Plot.text(rows, { ...name, x: MARGIN + 14 + GAP, y: middle }),
  ];
}

/** Two columns of bars: their left end, and the length of the longest, in pixels. */
function columnsOf(rows: readonly LayerShape[]) {
  const shape = (row: LayerShape) => row.shape.map(count).join(" × ");
  const parameters = (row: LayerShape) => row.parameters ? count(row.parameters) : "";
  const widest = (text: (row: LayerShape) => string) =>
    GAP + textWidth("parameters") / 2 + (max(rows, (row) => textWidth(text(row))) ?? 0);
  const left = MARGIN + 38 + (max(rows, ({ layer }) => textWidth(layer, SIZE.text)) ?? 0);
  const length = (WIDTH - MARGIN - left - widest(shape) - widest(parameters)) / 2;
  return [
    {
      ...{ heading: "values out", text: shape, left, length },
      value: ({ shape }: LayerShape) => shape.reduce((product, side) => product * side, 1),
    },
    {
      ...{ heading: "parameters", text: parameters, left: left + length + widest(shape), length },
      value: ({ parameters }: LayerShape) => parameters,
    },
  ];
}

function barColumn(rows: readonly LayerShape[], column: ReturnType<typeof columnsOf>[number]) {
  const { heading, value, text, left, length } = column;
  const most = max(rows, value) || 1;
  const right = (row: LayerShape) => left + value(row) / most * length;
  return [
    Plot.text([heading], { x: left, y: TOP / 2, textAnchor: "start", fill: COLOR.muted }),
    Plot.ruleX([left], { y1: TOP, y2: TOP + rows.length * ROW, stroke: COLOR.frame }),
    Plot.rect(rows, {
      ...{ x1: left, x2: right, fill: colorOf, title: hint },
      ...{ y1: (row, i) => middle(row, i) - 8, y2: (row, i) => middle(row, i) + 8 },
    }),
    Plot.text(rows, { x: (row) => right(row) + GAP, y: middle, text, textAnchor: "start" }),
  ];
}

function hint({ layer, kind, shape, parameters }: LayerShape): string {
  return `${layer} (${kind}): ${shape.map(count).join(" × ")} values out, ` +
    countOf(parameters, "parameter");
}
