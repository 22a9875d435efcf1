import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { architectureFigure } from "@/figures/results/architecture.ts";
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
  for (const text of ["conv1", "pool2", "conv1_norm", "dense1_drop", "output"]) {
    ok(texts.includes(text), text);
  }
  for (const text of ["64 × 64 × 16", "14,400", "1,843,328"]) ok(texts.includes(text), text);
  ok(texts[1]!.startsWith("1,853,749 parameters"));
  ok(!texts.includes("0"), "layers without parameters have none written");
});

Deno.test("architectureFigure() writes every text level, a row for each layer", () => {
  const svg = architectureFigure(ROWS);
  ok(!svg.includes("rotate("));
  const [names] = textGroupsOf(svg);
  deepEqual(names!.map(({ text }) => text), ROWS.map(({ layer }) => layer));
  const ys = names!.map(({ y }) => y);
  ok(ys.every((y, i) => i === 0 || y - ys[i - 1]! > 20), "rows apart");
});

Deno.test("architectureFigure() makes bars as long as the values out, and as the parameters", () => {
  const [values, parameters] = barsIn(architectureFigure(ROWS));
  isNear(values![3]! / values![1]!, 1 / 4); // max pooling
  isNear(values![4]! / values![1]!, 30 * 30 * 64 / (64 * 64 * 16));
  isNear(parameters![4]! / parameters![7]!, 9280 / 1843328);
  equal(parameters![0], 0);
});

Deno.test("architectureFigure() explains the colours of the kinds that occur", () => {
  const texts = textsOf(architectureFigure(ROWS));
  for (const kind of ["input", "convolution", "batch normalisation", "max pooling", "dense"]) {
    ok(texts.includes(kind), kind);
  }
  ok(!texts.includes("ReLU") && !texts.includes("global average"));
});

Deno.test("architectureFigure() tells a layer's kind, shape and parameters where the pointer rests", () => {
  const hint = "conv2 (convolution): 30 × 30 × 64 values out, 9,280 parameters";
  ok(architectureFigure(ROWS).includes(`<title>${hint}</title>`));
});

Deno.test("architectureFigure() keeps the page's width, however deep the network is", () => {
  const deep = [ROWS[0]!, ...Array(20).fill(ROWS[4]!), ...Array(10).fill(ROWS[2]!), ROWS[9]!];
  const [values, parameters] = barsIn(architectureFigure(deep));
  deepEqual([values!.length, parameters!.length], [32, 32]);
  ok(architectureFigure(deep).includes('viewBox="0 0 800 '));
});

Deno.test("architectureFigure() draws a single layer, and says that there are none", () => {
  const svg = architectureFigure(ROWS.slice(0, 1));
  equal(barsIn(svg)[0]!.length, 1);
  ok(!svg.includes("NaN") && !svg.includes("Infinity"));
  deepEqual(textsOf(architectureFigure([])), ["The network, layer by layer", "No layers"]);
});

/** The lengths of the bars in each column, in pixels. */
function barsIn(svg: string): number[][] {
  const columns = svg.matchAll(/<g[^>]*aria-label="rect"[^>]*>(.*?)<\/g>/g);
  return [...columns].map(([, bars]) =>
    [...bars!.matchAll(/<rect [^>]* width="(.*?)"/g)].map(([, width]) => Number(width))
  );
}

/** The texts of each mark that has as many as there are layers, and how far down they stand. */
function textGroupsOf(svg: string) {
  const marks = svg.matchAll(/<g[^>]*aria-label="text"[^>]*>(.*?)<\/g>/g);
  return [...marks].map(([, texts]) =>
    [...texts!.matchAll(/translate\([^,]*,([^)]*)\)"[^>]*>([^<]*)/g)]
      .map(([, y, text]) => ({ y: Number(y), text }))
  ).filter((texts) => texts.length > 1);
}

function isNear(value: number, expected: number): void {
  ok(Math.abs(value - expected) < 0.005, `${value} is not ${expected}`);
}
