import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { calibrationFigure } from "@/figures/results/calibration.ts";
import { HUE } from "@/figures/shared/style.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";

const trained = { series: "as trained", photos: 50 },
  cooled = { ...trained, series: "temperature" };
const BINS = [
  { ...trained, confidence: 0.45, accuracy: 0.3, low: 0.2, high: 0.42 },
  { ...trained, confidence: 0.7, accuracy: 0.52, low: 0.4, high: 0.63 },
  { ...trained, confidence: 0.95, accuracy: 0.8, low: 0.7, high: 0.88 },
  { ...cooled, confidence: 0.35, accuracy: 0.33, low: 0.22, high: 0.45 },
  { ...cooled, confidence: 0.55, accuracy: 0.54, low: 0.42, high: 0.66 },
  { ...cooled, confidence: 0.8, accuracy: 0.79, low: 0.69, high: 0.87 },
];
const COVERAGE = [0.2, 0.4, 0.6, 0.8, 1].map((coverage) => (
  { series: "as trained", coverage, accuracy: 0.9 - 0.3 * coverage }
));

testSnapshot("calibration", () => calibrationFigure({ bins: BINS, coverage: COVERAGE }));

Deno.test("calibrationFigure() names both axes of both plots, and each series once", () => {
  const texts = textsOf(calibrationFigure({ bins: BINS, coverage: COVERAGE }));
  for (const name of ["certainty of the answer", "photos answered", "as trained", "temperature"]) {
    equal(texts.filter((text) => text === name).length, 1, name);
  }
});

Deno.test("calibrationFigure() tells a point's photos and interval where the pointer rests", () => {
  const svg = calibrationFigure({ bins: BINS.slice(0, 1), coverage: [] });
  ok(svg.includes(
    "<title>as trained, 50 photos of 45.0% certainty: 30.0% correct (20.0% to 42.0%)</title>",
  ));
});

Deno.test("calibrationFigure() begins its scale at the tenth under the lowest value", () => {
  const ticks = (low: number) => {
    const svg = calibrationFigure({ bins: [{ ...BINS[2]!, low }], coverage: COVERAGE });
    return textsOf(svg).filter((text) => /^\d+%$/.test(text))[0];
  };
  deepEqual([ticks(0.7), ticks(0.05)], ["70%", "0%"]);
});

Deno.test("calibrationFigure() gives each series a colour of its own, and refuses a fourth", () => {
  const svg = calibrationFigure({ bins: BINS, coverage: [] });
  const keys = [...svg.matchAll(/<tspan[^>]*fill="([^"]*)"/g)].map(([, fill]) => fill);
  deepEqual(keys, [HUE.blue, HUE.vermilion]);
  const four = ["a", "b", "c", "d"].map((series) => ({ ...BINS[0]!, series }));
  throws(
    () => calibrationFigure({ bins: four, coverage: [] }),
    /Cannot draw 4 series \(a, b, c, d\)/,
  );
});

Deno.test("calibrationFigure() says that there are no answers", () => {
  equal(textsOf(calibrationFigure({ bins: [], coverage: [] })).at(-1), "No answers");
});
