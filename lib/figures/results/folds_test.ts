import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { foldsFigure } from "@/figures/results/intervals.ts";

const folds = (...values: number[]) => values.map((value, fold) => ({ fold, value }));

const ROWS = [
  { measure: "accuracy", folds: folds(0.7, 0.66, 0.72), pooled: 0.693, low: 0.685, high: 0.701 },
  { measure: "recall of 60+", folds: folds(0.5, 0.71), pooled: 0.612, low: 0.58, high: 0.64 },
];

testSnapshot("folds", () => foldsFigure(ROWS));

Deno.test("foldsFigure() draws a ring a fold, and writes each measure with its value", () => {
  const svg = foldsFigure(ROWS), texts = textsOf(svg);
  for (const text of ["accuracy", "69.3%", "recall of 60+", "61.2%"]) {
    ok(texts.includes(text), text);
  }
  ok(svg.includes("<title>accuracy, fold 2: 72.0%</title>"));
  ok(svg.includes("<title>accuracy, all folds: 69.3% (68.5% to 70.1%)</title>"));
  equal(svg.match(/<title>[^<]*, fold \d/g)!.length, 5);
});

Deno.test("foldsFigure() draws exact values, and says that there are none", () => {
  const exact = { measure: "accuracy", folds: folds(1, 1), pooled: 1, low: 1, high: 1 };
  ok(!foldsFigure([exact]).includes("NaN"));
  const none = foldsFigure([{ ...exact, folds: folds(0), pooled: 0, low: 0, high: 0 }]);
  deepEqual(textsOf(none).filter((text) => text.startsWith("-")), []);
  equal(textsOf(foldsFigure([])).at(-1), "No results");
});
