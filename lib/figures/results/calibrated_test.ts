import { equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { calibratedFigure } from "@/figures/results/calibrated.ts";

const ROWS = [
  {
    ...{ group: "0-6", photos: 20, error: { before: 6.5, after: 2.25 } },
    bias: { before: 6.25, after: -0.5 },
  },
  {
    ...{ group: "60+", photos: 1, error: { before: 7, after: 7.5 } },
    bias: { before: -7, after: -7.5 },
  },
];

testSnapshot("calibrated", () => calibratedFigure(ROWS));

Deno.test("calibratedFigure() draws each group before and after, and says that there are none", () => {
  const svg = calibratedFigure(ROWS);
  ok(svg.includes("<title>0-6, 20 photos, after: -0.5 years too old</title>"));
  ok(svg.includes("<title>60+, 1 photo, before: 7.0 years off</title>"));
  equal(textsOf(calibratedFigure([])).at(-1), "No photos");
});
