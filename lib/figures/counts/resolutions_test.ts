import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { resolutionsFigure } from "@/figures/counts/resolutions.ts";

const ROWS = [
  { width: 60, height: 80 },
  { width: 100, height: 100 },
  { width: 100, height: 100 },
  { width: 120, height: 150 },
  { width: 200, height: 160 },
  { width: 238, height: 200 },
  { width: 316, height: 400 },
  { width: 400, height: 250 },
  { width: 400, height: 400 },
  { width: 330, height: 310 },
];

testSnapshot("resolutions", () => resolutionsFigure(ROWS));

Deno.test("resolutionsFigure() draws equal photos once, as dark as two on top of each other", () => {
  const markers = markersOf(resolutionsFigure(ROWS));
  equal(markers.length, 9);
  deepEqual(markers.map(({ opacity }) => opacity).sort(), [...Array(8).fill(0.5), 0.75]);
});

Deno.test("resolutionsFigure() draws all photos as markers of one size", () => {
  const radii = markersOf(resolutionsFigure([...ROWS, { width: 12_000, height: 9 }])).map(({ r }) =>
    r
  );
  equal(new Set(radii).size, 1);
});

Deno.test("resolutionsFigure() tells size and photos where the pointer rests", () => {
  ok(resolutionsFigure(ROWS).includes("<title>100 × 100 pixels: 2 photos</title>"));
});

Deno.test("resolutionsFigure() gives both axes the same scale", () => {
  const [square] = markersOf(resolutionsFigure([{ width: 300, height: 300 }]));
  const line = resolutionsFigure([{ width: 300, height: 300 }]).match(
    / d="M(.*?),(.*?)L(.*?),(.*?)"/,
  )!;
  const [x1, y1, x2, y2] = line.slice(1).map(Number) as [number, number, number, number];
  equal(x2 - x1, y1 - y2);
  equal(Math.round(square!.x - x1), Math.round(y1 - square!.y));
});

Deno.test("resolutionsFigure() stays small with twenty thousand different sizes", () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => ({ width: 50 + i % 141, height: 50 + i % 142 }),
  );
  const svg = resolutionsFigure(rows);
  ok(textsOf(svg).some((text) => text.startsWith("20,000 photos in 20,000 sizes")));
  ok(markersOf(svg).length <= 5000 && svg.length < 600_000, `${svg.length} characters`);
  ok(/<title>about \d+ × \d+ pixels: \d+ photos?<\/title>/.test(svg)); // a marker is no size of its own
});

Deno.test("resolutionsFigure() says that all photos have one size, or that there are none", () => {
  const same = Array.from({ length: 23_705 }, () => ({ width: 200, height: 200 }));
  const svg = resolutionsFigure(same);
  equal(markersOf(svg).length, 1);
  ok(textsOf(svg).includes("23,705 photos, all 200 × 200 pixels"));
  deepEqual(textsOf(resolutionsFigure([])), ["Width and height of the photos", "No photos"]);
});

/** The markers of the photos: the first group of circles. */
function markersOf(svg: string) {
  const marks = svg.match(/<g[^>]*aria-label="dot"[^>]*>(.*?)<\/g>/)?.[1] ?? "";
  const number = (mark: string, name: string) => Number(mark.match(` ${name}="([^"]*)"`)?.[1]);
  return [...marks.matchAll(/<circle [^>]*>/g)].map(([mark]) => ({
    x: number(mark, "cx"),
    y: number(mark, "cy"),
    r: number(mark, "r"),
    opacity: number(mark, "fill-opacity"),
  }));
}
