import { deepEqual, equal, ok } from "node:assert/strict";
import { bytesOf, intensityBins, normalize } from "@/images/normalization.ts";

Deno.test("normalize() divides by 255 and leaves the bytes as they are", () => {
  const bytes = new Uint8Array([0, 51, 255]);
  const values = normalize(bytes);
  ok(values instanceof Float32Array);
  deepEqual([...values], [0, Math.fround(0.2), 1]);
  deepEqual([...bytes], [0, 51, 255]);
});

Deno.test("intensityBins() counts each intensity in one bin", () => {
  const counts = Array.from({ length: 256 }, (_, intensity) => intensity);
  const bins = intensityBins(counts, 4);
  deepEqual(bins.map(({ from, to }) => [from, to]), [[0, 64], [64, 128], [128, 192], [192, 256]]);
  equal(bins[0]!.share, (63 * 64 / 2) / (255 * 256 / 2));
  ok(Math.abs(bins.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
});

Deno.test("intensityBins() makes 64 bins, with shares of zero if nothing was counted", () => {
  const bins = intensityBins(new Float64Array(256));
  equal(bins.length, 64);
  ok(bins.every(({ share }) => share === 0));
});

Deno.test("bytesOf() multiplies photos, pixels, colours and bytes", () => {
  const rows = bytesOf({ photos: new Array(1000), side: 100 }, { batch: 10 });
  deepEqual(rows.map(({ photos, MB }) => [photos, MB]), [[1000, 30], [1000, 240], [10, 1.2]]);
});
