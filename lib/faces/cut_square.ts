/**
 * Cutting a turned and scaled square out of a photo.
 *
 * In plain arithmetic rather than with an op of TensorFlow, so that the command line and the page get the
 * same bytes whatever computes there.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { scaleOf, type Similarity } from "@/faces/align.ts";

/** A photo, and the same photo in half its size, a quarter, and so on. */
export type Layers = readonly Pixels[];

/**
 * Returns a photo and what it shrinks to, down to one pixel or until `scale` pixels of it are one: a pixel of each
 * layer is the mean of four of the layer before.
 */
export function layersOf(photo: Pixels, scale = Infinity): Layers {
  const layers = [photo];
  for (let size = 2; size <= scale; size *= 2) {
    const last = layers.at(-1)!;
    if (Math.max(last.width, last.height) === 1) break;
    layers.push(halve(last));
  }
  return layers;
}

/** Means of two by two pixels; at an odd rim, of the pixels that are there. */
function halve({ width, height, data: from }: Pixels): Pixels {
  const columns = Math.ceil(width / 2), rows = Math.ceil(height / 2);
  const data = new Uint8Array(columns * rows * 3);
  for (let y = 0, k = 0; y < rows; y++) {
    const above = 6 * y * width, below = 2 * y + 1 < height ? above + 3 * width : above;
    for (let x = 0; x < columns; x++) {
      const left = 6 * x, right = 2 * x + 1 < width ? left + 3 : left;
      for (let c = 0; c < 3; c++) {
        const sum = from[above + left + c]! + from[above + right + c]! +
          from[below + left + c]! + from[below + right + c]!;
        data[k++] = (sum + 2) >> 2;
      }
    }
  }
  return { width: columns, height: rows, data };
}

/**
 * Cuts a square of `side` pixels out of a photo; black where the photo has no pixels.
 *
 * Each pixel is the mean of as many places, a pixel apart at most, as keep a shrunk photo free of jagged edges;
 * each place is interpolated linearly between the four pixels around it.
 *
 * @param layers the photo, as `layersOf()` gives it; a layer that has about the square's scale is cut from
 * @param similarity leads from places of the square to places of the photo
 *
 * @example The right half of a photo of 2 by 1 pixels
 * ```ts
 * import { cutSquare, layersOf } from "@/faces/cut_square.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const photo = { width: 2, height: 1, data: new Uint8Array([1, 2, 3, 4, 5, 6]) };
 * const half = cutSquare(layersOf(photo), { cos: 1, sin: 0, x: 1, y: 0 }, 1);
 * deepEqual([...half.data], [4, 5, 6]);
 * ```
 */
export function cutSquare(layers: Layers, similarity: Similarity, side: number): Pixels {
  const level = Math.max(0, Math.floor(Math.log2(scaleOf(similarity) + 1e-6)));
  const at = Math.min(level, layers.length - 1);
  return average(layers[at]!, shrink(similarity, 2 ** at), side);
}

/** The similarity that leads to a photo of which `size` pixels have become one. */
function shrink({ cos, sin, x, y }: Similarity, size: number): Similarity {
  return { cos: cos / size, sin: sin / size, x: x / size, y: y / size };
}

/** Each pixel of a square as the mean of several places of a photo. */
function average(photo: Pixels, { cos, sin, x, y }: Similarity, side: number): Pixels {
  const each = Math.max(1, Math.ceil(Math.hypot(cos, sin) - 1e-6)), step = 1 / each;
  const data = new Uint8Array(side * side * 3), sum = new Float64Array(3);
  for (let row = 0, k = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      sum.fill(0);
      for (let v = row + step / 2; v < row + 1; v += step) {
        for (let u = column + step / 2; u < column + 1; u += step) {
          addPlace(sum, photo, cos * u - sin * v + x - 0.5, sin * u + cos * v + y - 0.5);
        }
      }
      for (let c = 0; c < 3; c++) data[k++] = Math.round(sum[c]! * step * step);
    }
  }
  return { width: side, height: side, data };
}

/** Adds the colours at a place, from the middle of the first pixel, weighing the four pixels around it. */
function addPlace(sum: Float64Array, { width, height, data }: Pixels, x: number, y: number): void {
  const left = Math.floor(x), top = Math.floor(y), right = x - left, down = y - top;
  if (left < -1 || top < -1 || left >= width || top >= height) return; // black
  if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
    const at = 3 * (top * width + left), below = at + 3 * width;
    for (let c = 0; c < 3; c++) {
      const above = data[at + c]! * (1 - right) + data[at + 3 + c]! * right;
      sum[c]! += above * (1 - down) +
        (data[below + c]! * (1 - right) + data[below + 3 + c]! * right) * down;
    }
    return;
  }
  for (let i = 0; i < 4; i++) {
    const column = left + (i & 1), row = top + (i >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue; // black
    const weight = (i & 1 ? right : 1 - right) * (i >> 1 ? down : 1 - down);
    const at = 3 * (row * width + column);
    for (let c = 0; c < 3; c++) sum[c]! += weight * data[at + c]!;
  }
}
