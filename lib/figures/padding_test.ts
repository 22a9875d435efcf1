import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/_testing.ts";
import { paddingFigure } from "@/figures/padding.ts";

const ROWS = [
  {
    before: { href: "tall.png", width: 158, height: 200 },
    after: { href: "tall_square.png", width: 200, height: 200 },
  },
  {
    before: { href: "wide.png", width: 238, height: 200 },
    after: { href: "wide_square.png", width: 238, height: 238 },
  },
];

testSnapshot("padding", () => paddingFigure(ROWS));

Deno.test("paddingFigure() writes ratios and sizes", () => {
  const texts = textsOf(paddingFigure(ROWS));
  for (
    const text of ["Original image, ratio 0.79", "Original image, ratio 1.19", "158 × 200 pixels"]
  ) {
    ok(texts.includes(text), text);
  }
  equal(texts.filter((text) => text === "Zero-padded image").length, 2);
});

Deno.test("paddingFigure() draws a photo and its square to the same scale, framed", () => {
  const svg = paddingFigure(ROWS.slice(0, 1));
  const sizes = [...svg.matchAll(/<image [^>]*>/g)].map(([image]) => [
    Number(image.match(/ width="([^"]*)"/)![1]),
    Number(image.match(/ height="([^"]*)"/)![1]),
  ]);
  deepEqual(sizes, [[237, 300], [300, 300]]);
  equal(svg.match(/aria-label="rect".*?<\/g>/)![0].match(/<rect /g)!.length, 2);
});

Deno.test("paddingFigure() says that there are no photos", () => {
  deepEqual(textsOf(paddingFigure([])), ["Padding to a square", "No photos"]);
});
