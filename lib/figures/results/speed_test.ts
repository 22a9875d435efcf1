import { deepEqual, equal, ok } from "node:assert/strict";
import { COLOR } from "@/figures/shared/style.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { speedFigure } from "@/figures/results/speed.ts";

const ROWS = [
  { benchmark: "file to square", middle: 1.52, least: 1.4, most: 1.7 },
  { benchmark: "training IV, 96 px", middle: 0.8, least: 0.75, most: 0.83 },
  { benchmark: "predicting one by one, IV, 96 px", middle: 1, least: 0.98, most: 1.03 },
];
const MACHINE =
  "2 cores (a processor), TensorFlow on CPU; ours: Deno 2; baselines: Keras 3, Pillow 12";

testSnapshot("speed", () => speedFigure(ROWS, MACHINE));

Deno.test("speedFigure() tells by colour whether ours is at least as fast", () => {
  const { bar, barMuted } = COLOR;
  deepEqual(barsOf(speedFigure(ROWS, MACHINE)), [bar, barMuted, bar]);
});

Deno.test("speedFigure() writes each benchmark with its ratio, and the machine", () => {
  const texts = textsOf(speedFigure(ROWS, MACHINE));
  for (const text of ["file to square", "1.52", "0.80", "1.00", MACHINE]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("speedFigure() draws twice and half as fast as bars of one length, from 1", () => {
  const svg = speedFigure([row("a", 2), row("b", 0.5)], MACHINE);
  const [twice, half] = placesOf(svg);
  ok(Math.abs(twice!.width - half!.width) < 0.01);
  ok(Math.abs(twice!.x - (half!.x + half!.width)) < 0.01);
});

Deno.test("speedFigure() marks 1 and as many powers of two as have room", () => {
  const ticks = (...middles: number[]) => {
    const rows = middles.map((middle, k) => row(`benchmark ${k}`, middle));
    return textsOf(speedFigure(rows, MACHINE)).filter((text) => /^(1\/)?\d+$/.test(text));
  };
  deepEqual(ticks(1), ["1", "2"]);
  deepEqual(ticks(1.1), ["1", "2"]);
  deepEqual(ticks(0.3), ["1/4", "1/2", "1"]);
  deepEqual(ticks(0.3, 3), ["1/4", "1/2", "1", "2", "4"]);
  deepEqual(ticks(100), ["1", "2", "4", "8", "16", "32", "64", "128"]);
  deepEqual(ticks(0.01, 100), ["1/64", "1/16", "1/4", "1", "4", "16", "64"]);
});

Deno.test("speedFigure() draws many benchmarks in thinner bars", () => {
  const height = (count: number) => {
    const rows = Array.from({ length: count }, (_, k) => row(`benchmark ${k}`, 2));
    return Number(speedFigure(rows, MACHINE).match(/height="([\d.]+)"/)![1]);
  };
  equal(height(20) - height(19), 44);
  equal(height(22) - height(21), 26);
});

Deno.test("speedFigure() says that there are no benchmarks", () => {
  equal(textsOf(speedFigure([], MACHINE)).at(-1), "No benchmarks with a baseline");
});

function row(benchmark: string, ratio: number) {
  return { benchmark, middle: ratio, least: ratio, most: ratio };
}

/** Left ends and lengths of the bars, in pixels. */
function placesOf(svg: string): { x: number; width: number }[] {
  const mark = svg.match(/<g[^>]*aria-label="bar"[^>]*>.*?<\/g>/)![0];
  return [...mark.matchAll(/<rect [^>]*>/g)].map(([bar]) => ({
    x: Number(bar.match(/ x="(.*?)"/)![1]),
    width: Number(bar.match(/ width="(.*?)"/)![1]),
  }));
}
