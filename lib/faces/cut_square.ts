/**
 * Cutting a turned and scaled square out of a photo.
 *
 * In plain arithmetic rather than with an op of TensorFlow, so that the command line and the page get the
 * same bytes whatever computes there.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { scaleOf, type Similarity, transform } from "@/faces/align.ts";

/**
 * Cuts a square of `side` pixels out of a photo; black where the photo has no pixels.
 *
 * Each pixel is the mean of as many places, a photo's pixel apart at most, as keep a shrunk photo free
 * of jagged edges; each place is interpolated linearly between the four pixels around it.
 *
 * @param similarity leads from places of the square to places of the photo
 *
 * @example The right half of a photo of 2 by 1 pixels
 * ```ts
 * import { cutSquare } from "@/faces/cut_square.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const photo = { width: 2, height: 1, data: new Uint8Array([1, 2, 3, 4, 5, 6]) };
 * const half = cutSquare(photo, { cos: 1, sin: 0, x: 1, y: 0 }, 1);
 * deepEqual([...half.data], [4, 5, 6]);
 * ```
 */
export function cutSquare(photo: Pixels, similarity: Similarity, side: number): Pixels {
  const places = Math.max(1, Math.ceil(scaleOf(similarity) - 1e-6));
  const data = new Uint8Array(side * side * 3), sum = new Float64Array(3);
  for (let k = 0; k < side * side; k++) {
    sum.fill(0);
    const column = k % side, row = Math.floor(k / side);
    for (let i = 0; i < places * places; i++) {
      const u = column + (i % places + 0.5) / places;
      const v = row + (Math.floor(i / places) + 0.5) / places;
      const [x, y] = transform(similarity, [u, v]);
      addPlace(sum, photo, x - 0.5, y - 0.5);
    }
    for (let c = 0; c < 3; c++) data[3 * k + c] = Math.round(sum[c]! / places ** 2);
  }
  return { width: side, height: side, data };
}

/** Adds the colours at a place, from the middle of the first pixel, weighing the four pixels around it. */
function addPlace(sum: Float64Array, { width, height, data }: Pixels, x: number, y: number): void {
  const left = Math.floor(x), top = Math.floor(y), right = x - left, down = y - top;
  for (let i = 0; i < 4; i++) {
    const column = left + (i & 1), row = top + (i >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue; // black
    const weight = (i & 1 ? right : 1 - right) * (i >> 1 ? down : 1 - down);
    const at = 3 * (row * width + column);
    for (let c = 0; c < 3; c++) sum[c]! += weight * data[at + c]!;
  }
}
