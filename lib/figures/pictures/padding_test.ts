import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { paddingFigure } from "@/figures/pictures/padding.ts";

const ROWS = [
  {
    before: { href: "tall.png", width: 158, height: 200 },
    after: { href: "tall_square.png", width: 200, height: 200 },
    resized: { href: "tall_96.png", width: 96, height: 96 },
  },
  {
    before: { href: "wide.png", width: 238, height: 200 },
    after: { href: "wide_square.png", width: 238, height: 238 },
    resized: { href: "wide_96.png", width: 96, height: 96 },
  },
];

testSnapshot("padding", () => paddingFigure(ROWS));

Deno.test("paddingFigure() writes ratios and sizes", () => {
  const texts = textsOf(paddingFigure(ROWS));
  for (
    const text of [
      "1. original, ratio 0.79",
      "1. original, ratio 1.19",
      "158 × 200 pixels",
      "96 × 96 pixels",
    ]
  ) {
    ok(texts.includes(text), text);
  }
  equal(texts.filter((text) => text === "2. zero-padded").length, 2);
});

Deno.test("paddingFigure() draws the three steps to the same scale, framed", () => {
  const svg = paddingFigure(ROWS.slice(0, 1));
  const sizes = [...svg.matchAll(/<image [^>]*>/g)].map(([image]) => [
    Number(image.match(/ width="([^"]*)"/)![1]),
    Number(image.match(/ height="([^"]*)"/)![1]),
  ]);
  deepEqual(sizes.map((size) => size.map(Math.round)), [[186, 236], [236, 236], [113, 113]]);
  equal(svg.match(/aria-label="rect".*?<\/g>/)![0].match(/<rect /g)!.length, 3);
});

Deno.test("paddingFigure() makes the largest picture of a row as large as there is room", () => {
  const [row] = ROWS, resized = { href: "tall_400.png", width: 400, height: 400 };
  const sizes = [...paddingFigure([{ ...row!, resized }]).matchAll(/<image [^>]* width="(.*?)"/g)]
    .map(([, width]) => Math.round(Number(width)));
  deepEqual(sizes, [93, 118, 236]);
});

Deno.test("paddingFigure() says that there are no photos", () => {
  deepEqual(textsOf(paddingFigure([])), ["From a photo to a square for the network", "No photos"]);
});
