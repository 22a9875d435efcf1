import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/_testing.ts";
import { architectureFigure } from "@/figures/architecture.ts";
import type { LayerShape } from "@/model/layers.ts";

const ROWS: LayerShape[] = [
  { layer: "input", kind: "input", shape: [64, 64, 3], parameters: 0 },
  { layer: "conv1", kind: "convolution", shape: [64, 64, 16], parameters: 432 },
  { layer: "conv1_norm", kind: "batch normalisation", shape: [64, 64, 16], parameters: 64 },
  { layer: "pool1", kind: "max pooling", shape: [32, 32, 16], parameters: 0 },
  { layer: "conv2", kind: "convolution", shape: [30, 30, 64], parameters: 9280 },
  { layer: "pool2", kind: "max pooling", shape: [15, 15, 64], parameters: 0 },
  { layer: "flatten", kind: "flatten", shape: [14400], parameters: 0 },
  { layer: "dense1", kind: "dense", shape: [128], parameters: 1843328 },
  { layer: "dense1_drop", kind: "dropout", shape: [128], parameters: 0 },
  { layer: "output", kind: "dense", shape: [5], parameters: 645 },
];

testSnapshot("architecture", () => architectureFigure(ROWS));

Deno.test("architectureFigure() writes every layer's name, shape and parameters", () => {
  const texts = textsOf(architectureFigure(ROWS));
  for (const text of ["conv1", "pool2", "normalisation", "dropout", "output"]) {
    ok(texts.includes(text), text);
  }
  for (const text of ["64 × 64 × 16", "14,400", "1,843,328"]) ok(texts.includes(text), text);
  ok(texts.includes("1,853,749 parameters"));
  ok(!texts.includes("0"), "layers without parameters have none written");
});

Deno.test("architectureFigure() makes blocks as high as their maps, and as wide as their number's root", () => {
  const fronts = frontsOf(architectureFigure(ROWS));
  equal(fronts.length, 10);
  isNear(fronts[3]!.height / fronts[1]!.height, 32 / 64);
  isNear(fronts[4]!.height / fronts[1]!.height, 30 / 64);
  isNear(fronts[4]!.width / fronts[1]!.width, Math.sqrt(64 / 16));
});

Deno.test("architectureFigure() makes a row of values as high as a square of so many", () => {
  const fronts = frontsOf(architectureFigure(ROWS));
  isNear(fronts[7]!.height / fronts[1]!.height, Math.sqrt(128) / 64);
  isNear(fronts[6]!.height / fronts[0]!.height, 120 / 64); // the highest of all
});

Deno.test("architectureFigure() draws what keeps the shape as a thin slab of the same height", () => {
  const fronts = frontsOf(architectureFigure(ROWS));
  equal(fronts[2]!.height, fronts[1]!.height);
  ok(fronts[2]!.width < fronts[1]!.width);
  const plain = ROWS.filter(({ kind }) => kind !== "dropout" && kind !== "batch normalisation");
  ok(architectureFigure(ROWS).includes("slabs") && !architectureFigure(plain).includes("slabs"));
});

Deno.test("architectureFigure() keeps blocks apart and on the page, which grows with them", () => {
  const deep = [ROWS[0]!, ...Array(20).fill(ROWS[4]!), ...Array(10).fill(ROWS[2]!), ROWS[9]!];
  const svg = architectureFigure(deep), fronts = frontsOf(svg);
  equal(fronts.length, 32);
  for (const [i, front] of fronts.slice(1).entries()) ok(front.left > fronts[i]!.right, `${i}`);
  const width = Number(svg.match(/viewBox="0 0 (\S+) /)![1]);
  ok(width > 800 && fronts.at(-1)!.right < width - 20);
  ok(architectureFigure(ROWS).includes('viewBox="0 0 800 '));
});

Deno.test("architectureFigure() draws a single layer, and says that there are none", () => {
  const svg = architectureFigure(ROWS.slice(0, 1));
  equal(frontsOf(svg).length, 1);
  ok(!svg.includes("NaN") && !svg.includes("Infinity"));
  deepEqual(textsOf(architectureFigure([])), ["The network, layer by layer", "No layers"]);
});

/** The fronts of the blocks, which are the last faces drawn. */
function frontsOf(svg: string) {
  const faces = svg.match(/<g[^>]*aria-label="line"[^>]*>.*?<\/g>/g)!.at(-1)!;
  return [...faces.matchAll(/ d="M(.*?)Z"/g)].map(([, path]) => {
    const points = path!.split("L").map((point) => point.split(",").map(Number));
    const [xs, ys] = [points.map(([x]) => x!), points.map(([, y]) => y!)];
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    return { left, right, width: right - left, height: Math.max(...ys) - Math.min(...ys) };
  });
}

function isNear(value: number, expected: number): void {
  ok(Math.abs(value - expected) < 0.005, `${value} is not ${expected}`);
}
