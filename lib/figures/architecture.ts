/**
 * The layers of a network, drawn as blocks.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { cumsum, interpolateRgb, max, sum } from "d3";
import { textWidth } from "@/figures/_bars.ts";
import { drawPage, IN_PIXELS, MARGIN } from "@/figures/_document.ts";
import { COLOR, count, countOf } from "@/figures/_style.ts";
import type { LayerShape } from "@/model/layers.ts";

/**
 * The colour of each kind of layer. A layer that leaves the shape as it is, is a thin slab behind
 * the block that it works on, and is named by what it does.
 */
const KINDS: Record<LayerShape["kind"], { fill: string; slab?: string }> = {
  "input": { fill: "#9aa5b1" },
  "convolution": { fill: "#3a6ea5" },
  "max pooling": { fill: "#8fb8de" },
  "batch normalisation": { fill: "#2a9d8f", slab: "normalisation" },
  "ReLU": { fill: "#f2c14e", slab: "ReLU" },
  "dropout": { fill: "#d1495b", slab: "dropout" },
  "flatten": { fill: "#c4ccd4" },
  "global average": { fill: "#c4ccd4" },
  "dense": { fill: "#e07b39" },
};

/** Height in pixels of the highest block, and of the lowest, which would be hard to see. */
const HIGHEST = 190, LOWEST = 5;

/** Width in pixels of a block with one map, of a row of values, and of a slab. */
const MAP = 4, ROW = 10, SLAB = 7;

/** How far a block reaches to the back, to the right and up, as a share of its height. */
const DEPTH = 0.17;

/** The narrowest column in pixels, as wide as a line of turned text, and the room beside blocks. */
const COLUMN = 24, GAP = 6, WIDEST_GAP = 22;

/** Room in pixels for the names of the lines at the left; the least width of the page. */
const LEFT = 122, WIDTH = 800;

/**
 * Draws a network from left to right, a block for what leaves each layer, over the layer's name,
 * the shape (height, width and number of maps, or number of values), and the parameters.
 *
 * @returns the figure as the text of an SVG
 *
 * @example A small network
 * ```ts
 * import { architectureFigure } from "@/figures/architecture.ts";
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
  const { blocks, width, top } = placeBlocks(rows);
  const lines = [
    { name: "layer", text: ({ layer, kind }: LayerShape) => KINDS[kind].slab ?? layer },
    { name: "shape", text: ({ shape }: LayerShape) => shape.map(count).join(" × ") },
    {
      name: "parameters",
      text: ({ parameters }: LayerShape) => parameters ? count(parameters) : "",
    },
  ].map((line) => ({ ...line, height: 18 + (max(rows, (row) => textWidth(line.text(row))) ?? 0) }));
  const bottoms = cumsum([top + HIGHEST + 8, ...lines.map(({ height }) => height)]);
  return drawPage({
    title: "The network, layer by layer",
    subtitle: countOf(sum(rows, ({ parameters }) => parameters), "parameter"),
    caption:
      "A block is as high as its maps are, and as wide as the square root of their number; a " +
      "row of values is as high as a square of so many." +
      (rows.some(({ kind }) => KINDS[kind].slab) ? " Thin slabs change values, not shapes." : ""),

    empty: rows.length === 0 && "No layers",
    plots: [{
      width,
      height: bottoms.at(-1)!,
      ...IN_PIXELS,
      marks: [
        ...FACES.map((face) => facesOf(blocks, face)),
        ...lines.flatMap(({ name, text }, i) => turnedLine(blocks, name, text, bottoms[i]!)),
      ],
    }],
  });
}

/** A layer with its place: the front of its block, the depth, and the middle of its column. */
type Block = LayerShape & {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
  depth: number;
  column: number;
};

/** Places the blocks from left to right around one height; the page grows with them. */
function placeBlocks(rows: readonly LayerShape[]) {
  const side = max(rows, ({ shape }) => heightOf(shape)) ?? 1;
  const sizes = rows.map(({ kind, shape }) => {
    const height = Math.max(LOWEST, heightOf(shape) / side * HIGHEST);
    const depth = shape.length === 3 ? height * DEPTH : 0;
    const width = KINDS[kind].slab ? SLAB : shape.length === 3 ? MAP * Math.sqrt(shape[2]!) : ROW;
    return { height, width, depth, column: Math.max(COLUMN - GAP, width + depth) };
  });
  const taken = sum(sizes, ({ column }) => column), room = WIDTH - LEFT - MARGIN - taken;
  const gap = Math.max(GAP, Math.min(WIDEST_GAP, room / rows.length));
  const lefts = cumsum([LEFT, ...sizes.map(({ column }) => column + gap)]);
  const top = HIGHEST * DEPTH + 10, middle = top + HIGHEST / 2;
  const blocks = rows.map((row, i): Block => {
    const { height, width, depth, column } = sizes[i]!;
    const x1 = lefts[i]! + (column - width - depth) / 2;
    return {
      ...row,
      ...{ x1, x2: x1 + width, y1: middle - height / 2, y2: middle + height / 2, depth },
      column: lefts[i]! + column / 2,
    };
  });
  return { blocks, width: Math.max(WIDTH, lefts.at(-1)! + MARGIN), top };
}

/** The height of maps; of a row of values, the side of a square of as many. */
function heightOf(shape: readonly number[]): number {
  return shape.length === 3 ? shape[0]! : Math.sqrt(shape[0]!);
}

/** The faces of a block that are seen: their corners, and the colour that the layer's is mixed with. */
const FACES: { light: string; corners: (block: Block) => [number, number][] }[] = [
  {
    light: "white",
    corners: (b) => [[b.x1, b.y1], [b.x2, b.y1], ...behind(b, "x2", "x1", "y1", "y1")],
  },
  {
    light: "black",
    corners: (b) => [[b.x2, b.y2], [b.x2, b.y1], ...behind(b, "x2", "x2", "y1", "y2")],
  },
  { light: "", corners: (b) => [[b.x1, b.y1], [b.x2, b.y1], [b.x2, b.y2], [b.x1, b.y2]] },
];

/** How much of the light is mixed in. */
const LIGHT = 0.28;

type Side = "x1" | "x2" | "y1" | "y2";

/** Two corners at the back of a block. */
function behind(block: Block, x: Side, x2: Side, y: Side, y2: Side): [number, number][] {
  return [
    [block[x] + block.depth, block[y] - block.depth],
    [block[x2] + block.depth, block[y2] - block.depth],
  ];
}

/** Draws one face of every block. */
function facesOf(blocks: readonly Block[], { light, corners }: (typeof FACES)[number]) {
  const points = blocks.flatMap((block, layer) => {
    const { fill } = KINDS[block.kind];
    const lit = light ? interpolateRgb(fill, light)(LIGHT) : fill;
    return corners(block).map(([x, y]) => ({ x, y, layer, fill: lit }));
  });
  return Plot.line(points, {
    x: "x",
    y: "y",
    z: "layer",
    fill: "fill",
    stroke: "white",
    strokeWidth: 0.75,
    curve: "linear-closed",
  });
}

/** A line of text under the blocks, turned so that every layer has its own, and its name. */
function turnedLine(
  blocks: readonly Block[],
  name: string,
  text: (row: LayerShape) => string,
  y: number,
): Plot.Markish[] {
  return [
    Plot.text([name], { x: MARGIN, y: y + 8, textAnchor: "start", fill: COLOR.muted }),
    Plot.text(blocks, { x: "column", y, text, rotate: -90, textAnchor: "end" }),
  ];
}
