import { deepEqual, equal, ok } from "node:assert/strict";
import { barsOf, testSnapshot, textsOf } from "@/figures/_testing.ts";
import { normalizationFigure } from "@/figures/normalization.ts";

/** Ten bins, whose first holds the black of the padding. */
const SHARES = [0.37, 0.03, 0.05, 0.07, 0.09, 0.1, 0.1, 0.09, 0.06, 0.04];
const stageOf = (shares: number[], stage: string, top: number) =>
  shares.map((share, i) => ({ stage, from: i * top / 10, to: (i + 1) * top / 10, share }));
const ROWS = [...stageOf(SHARES, "before: 0 to 255", 255), ...stageOf(SHARES, "after: 0 to 1", 1)];

testSnapshot("normalization", () => normalizationFigure(ROWS));

Deno.test("normalizationFigure() draws a titled histogram for each stage", () => {
  const svg = normalizationFigure(ROWS);
  equal(barsOf(svg).length, 20);
  ok(["before: 0 to 255", "after: 0 to 1", "250", "1.0"].every((t) => textsOf(svg).includes(t)));
});

Deno.test("normalizationFigure() cuts the peak of the padding and says so", () => {
  const svg = normalizationFigure(ROWS);
  equal(textsOf(svg).filter((text) => text === "↑ 37.0%").length, 2);
  ok(svg.includes("is cut"));
});

Deno.test("normalizationFigure() cuts nothing where no bar stands out, or where there is but one", () => {
  const even = stageOf(SHARES.map(() => 0.1), "before", 255);
  const black = stageOf([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "before", 255);
  for (const rows of [even, black, [{ stage: "before", from: 0, to: 1, share: 1 }]]) {
    const svg = normalizationFigure(rows);
    ok(!svg.includes("is cut") && !svg.includes("NaN"));
  }
});

Deno.test("normalizationFigure() says that there are no photos", () => {
  const title = "Pixel values before and after normalisation";
  deepEqual(textsOf(normalizationFigure([])), [title, "No photos"]);
});
