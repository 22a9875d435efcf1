import { deepEqual, equal, ok } from "node:assert/strict";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { normalizationFigure } from "@/figures/pictures/normalization.ts";

/** Ten bins, whose first holds the black of the padding. */
const SHARES = [0.37, 0.03, 0.05, 0.07, 0.09, 0.1, 0.1, 0.09, 0.06, 0.04];
const binsOf = (shares: number[]) =>
  shares.map((share, i) => ({ from: i * 25.6, to: (i + 1) * 25.6, share }));
const ROWS = binsOf(SHARES);

testSnapshot("normalization", () => normalizationFigure(ROWS));

Deno.test("normalizationFigure() draws one histogram over an axis of bytes and one of shares", () => {
  const svg = normalizationFigure(ROWS), texts = textsOf(svg);
  equal(barsOf(svg).length, 10);
  for (const text of ["before: bytes", "0", "51", "255", "after: divided by 255", "0.2", "1.0"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("normalizationFigure() puts a byte and its share of 255 under each other", () => {
  const svg = normalizationFigure(ROWS);
  const xOf = (text: string) => svg.match(new RegExp(`translate\\(([\\d.]+),[^>]*>${text}<`))![1];
  for (const [byte, share] of [["51", "0.2"], ["255", "1.0"]]) equal(xOf(byte!), xOf(share!));
  equal(textsOf(svg).filter((text) => text === "0").length, 1);
});

Deno.test("normalizationFigure() cuts the peak of the padding and says so", () => {
  const svg = normalizationFigure(ROWS);
  equal(textsOf(svg).filter((text) => text === "↑ 37.0%").length, 1);
  ok(svg.includes("is cut"));
});

Deno.test("normalizationFigure() tells exact values where the pointer rests", () => {
  const rows = [{ from: 0, to: 51, share: 0.25 }, { from: 51, to: 256, share: 0.75 }];
  ok(normalizationFigure(rows).includes("<title>51 to 255 (0.200 to 1.000): 75.0%</title>"));
});

Deno.test("normalizationFigure() cuts nothing where no bar stands out, or where there is but one", () => {
  const even = binsOf(SHARES.map(() => 0.1));
  const black = binsOf([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (const rows of [even, black, [{ from: 0, to: 256, share: 1 }]]) {
    const svg = normalizationFigure(rows);
    ok(!svg.includes("is cut") && !svg.includes("NaN"));
  }
});

Deno.test("normalizationFigure() says that there are no photos", () => {
  const title = "Pixel values before and after normalisation";
  deepEqual(textsOf(normalizationFigure([])), [title, "No photos"]);
});
