import { deepEqual, equal } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { interpolationFigure } from "@/figures/pictures/interpolation.ts";

const ROWS = [
  { method: "bicubic", href: "bicubic.png" },
  { method: "nearest neighbour", href: "nearest.png" },
];

testSnapshot("interpolation", () => interpolationFigure(ROWS));

Deno.test("interpolationFigure() draws each method's photo under its name, with sharp pixels", () => {
  const svg = interpolationFigure(ROWS);
  deepEqual(textsOf(svg).slice(2), ["bicubic", "nearest neighbour"]);
  equal(svg.match(/image-rendering="pixelated"/g)!.length, 2);
});

Deno.test("interpolationFigure() keeps the page's width with four methods", () => {
  const rows = ["a", "b", "c", "d"].map((method) => ({ method, href: "x.png" }));
  const width = Number(interpolationFigure(rows).match(/<svg [^>]*? width="([^"]*)"/)![1]);
  equal(Math.round(width), 800);
});

Deno.test("interpolationFigure() says that there are no photos", () => {
  deepEqual(textsOf(interpolationFigure([])), [
    "One photo resized by different methods",
    "No photos",
  ]);
});
