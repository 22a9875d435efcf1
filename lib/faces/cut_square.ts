/**
 * Cutting a turned and scaled square out of a photo.
 *
 * In plain arithmetic rather than with an op of TensorFlow, so that the command line and the page get the
 * same bytes whatever computes there. The command line has the same arithmetic in C++, too (`native/cut.cc`).
 */
import type { Pixels } from "@/base/pixels.ts";
import { scaleOf, type Similarity } from "@/faces/align.ts";

/** Functions that cut photos: in TypeScript, or by native code that gives the same bytes. */
export interface Cutter {
  /** A photo of half the width and height: means of two by two pixels. */
  halve(photo: Pixels): Pixels;
  /** A square out of a photo, black beyond it; the similarity leads from its places to the photo's. */
  cut(photo: Pixels, similarity: Similarity, side: number): Pixels;
}

/** Cutting in TypeScript, which runs everywhere. */
export const PLAIN_CUTTER: Cutter = {
  halve,
  cut: (photo, similarity, side) =>
    similarity.sin === 0 && similarity.cos > 0
      ? averageUpright(photo, similarity, side)
      : average(photo, similarity, side),
};

/** A photo, and the same photo in half its size, a quarter, and so on. */
export interface Layers {
  /** The photo, then each half as wide as the one before. */
  photos: readonly Pixels[];
  cutter: Cutter;
}

/** Returns a photo and what it shrinks to, down to one pixel: a pixel of each layer is the mean of four of the one before. */
export function layersOf(photo: Pixels, cutter = PLAIN_CUTTER): Layers {
  const photos = [photo];
  for (let last = photo; last.width > 1 || last.height > 1;) {
    last = cutter.halve(last);
    photos.push(last);
  }
  return { photos, cutter };
}

/** Means of two by two pixels; at an odd rim, of the pixels that are there. */
function halve({ width, height, data: from }: Pixels): Pixels {
  const columns = Math.ceil(width / 2), rows = Math.ceil(height / 2);
  const data = new Uint8Array(columns * rows * 3);
  for (let y = 0, k = 0; y < rows; y++) {
    const above = 6 * y * width, below = 2 * y + 1 < height ? above + 3 * width : above;
    for (let x = 0; x < columns; x++, k += 3) {
      const left = 6 * x, right = 2 * x + 1 < width ? left + 3 : left;
      const a = above + left, b = above + right, c = below + left, d = below + right;
      data[k] = (from[a]! + from[b]! + from[c]! + from[d]! + 2) >> 2;
      data[k + 1] = (from[a + 1]! + from[b + 1]! + from[c + 1]! + from[d + 1]! + 2) >> 2;
      data[k + 2] = (from[a + 2]! + from[b + 2]! + from[c + 2]! + from[d + 2]! + 2) >> 2;
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
 */
export function cutSquare(
  { photos, cutter }: Layers,
  similarity: Similarity,
  side: number,
): Pixels {
  const level = Math.max(0, Math.floor(Math.log2(scaleOf(similarity) + 1e-6)));
  const at = Math.min(level, photos.length - 1);
  return cutter.cut(photos[at]!, shrink(similarity, 2 ** at), side);
}

/** The similarity that leads to a photo of which `size` pixels have become one. */
function shrink({ cos, sin, x, y }: Similarity, size: number): Similarity {
  return { cos: cos / size, sin: sin / size, x: x / size, y: y / size };
}

/** The weights of a line's pixels in a pixel of a square's line: the first of them, and the weights from there on. */
interface Window {
  first: number;
  weights: Float64Array;
}

/**
 * The same as {@linkcode average} of a square that is not turned, but for rounding: first across, then down, which is a
 * third of the work.
 */
function averageUpright(photo: Pixels, { cos, x, y }: Similarity, side: number): Pixels {
  const across = windowsOf(side, cos, x, photo.width), down = windowsOf(side, cos, y, photo.height);
  const row = 3 * side, sums = new Float64Array(row), data = new Uint8Array(side * row);
  const rows = new Map<number, Float64Array>();
  for (const [k, { first, weights }] of down.entries()) {
    sums.fill(0.5); // to be rounded
    for (const [i, weight] of weights.entries()) {
      const line = rows.get(first + i) ?? weighRow(photo, first + i, across);
      rows.set(first + i, line);
      for (let j = 0; j < row; j++) sums[j]! += weight * line[j]!;
    }
    for (let j = 0; j < row; j++) data[k * row + j] = sums[j]!;
    for (const passed of rows.keys()) if (passed < first) rows.delete(passed);
  }
  return { width: side, height: side, data };
}

/** A row of a photo, its pixels averaged to those of a square. */
function weighRow({ width, data }: Pixels, y: number, windows: readonly Window[]): Float64Array {
  const line = new Float64Array(3 * windows.length);
  for (let k = 0; k < windows.length; k++) {
    const { first, weights } = windows[k]!;
    let red = 0, green = 0, blue = 0;
    for (let i = 0, at = 3 * (y * width + first); i < weights.length; i++, at += 3) {
      const weight = weights[i]!;
      red += weight * data[at]!;
      green += weight * data[at + 1]!;
      blue += weight * data[at + 2]!;
    }
    line[3 * k] = red, line[3 * k + 1] = green, line[3 * k + 2] = blue;
  }
  return line;
}

/** The windows of a line of a square, which begins at a place of a line of `length` pixels; none of what is black. */
function windowsOf(side: number, scale: number, start: number, length: number): Window[] {
  const each = Math.max(1, Math.ceil(scale - 1e-6)), places = placesOf(side, each);
  return Array.from({ length: side }, (_, k) => {
    const first = Math.floor(scale * places[k * each]! + start - 0.5);
    const last = Math.floor(scale * places[(k + 1) * each - 1]! + start - 0.5) + 1;
    const weights = new Float64Array(last - first + 1);
    for (let i = k * each; i < (k + 1) * each; i++) {
      const place = scale * places[i]! + start - 0.5, at = Math.floor(place);
      weights[at - first]! += (1 - place + at) / each;
      weights[at + 1 - first]! += (place - at) / each;
    }
    const from = Math.max(first, 0), to = Math.max(from, Math.min(last + 1, length));
    return { first: from, weights: weights.subarray(from - first, to - first) };
  });
}

/** Each pixel of a square as the mean of several places of a photo. */
function average(photo: Pixels, { cos, sin, x, y }: Similarity, side: number): Pixels {
  const each = Math.max(1, Math.ceil(Math.hypot(cos, sin) - 1e-6)), step = 1 / each;
  const { width, height, data: from } = photo, places = placesOf(side, each);
  const data = new Uint8Array(side * side * 3), sum = new Float64Array(3);
  for (let row = 0, k = 0; row < side; row++) {
    for (let column = 0; column < side; column++, k += 3) {
      let red = 0, green = 0, blue = 0;
      sum.fill(0);
      for (let i = row * each; i < (row + 1) * each; i++) {
        const v = places[i]!, across = sin * v, down = cos * v;
        for (let j = column * each; j < (column + 1) * each; j++) {
          const u = places[j]!, px = cos * u - across + x - 0.5, py = sin * u + down + y - 0.5;
          const left = Math.floor(px), top = Math.floor(py);
          if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) {
            addAtRim(sum, photo, px, py);
            continue;
          }
          // written out for each colour: nearly all places are here, and photos have millions
          const r = px - left, d = py - top, l = 1 - r, t = 1 - d;
          const at = 3 * (top * width + left), below = at + 3 * width;
          red += (from[at]! * l + from[at + 3]! * r) * t +
            (from[below]! * l + from[below + 3]! * r) * d;
          green += (from[at + 1]! * l + from[at + 4]! * r) * t +
            (from[below + 1]! * l + from[below + 4]! * r) * d;
          blue += (from[at + 2]! * l + from[at + 5]! * r) * t +
            (from[below + 2]! * l + from[below + 5]! * r) * d;
        }
      }
      data[k] = Math.round((red + sum[0]!) * step * step);
      data[k + 1] = Math.round((green + sum[1]!) * step * step);
      data[k + 2] = Math.round((blue + sum[2]!) * step * step);
    }
  }
  return { width: side, height: side, data };
}

/** Places along a line of `side` pixels, `each` a pixel, evenly. */
function placesOf(side: number, each: number): Float64Array {
  const places = new Float64Array(side * each), step = 1 / each;
  for (let k = 0, line = 0; line < side; line++) {
    for (let i = 0, place = line + step / 2; i < each; i++, place += step) places[k++] = place;
  }
  return places;
}

/** Adds the colours at a place, from the middle of the first pixel, weighing those of the four pixels around it that there are. */
function addAtRim(sum: Float64Array, { width, height, data }: Pixels, x: number, y: number): void {
  const left = Math.floor(x), top = Math.floor(y), right = x - left, down = y - top;
  if (left < -1 || top < -1 || left >= width || top >= height) return; // black
  for (let i = 0; i < 4; i++) {
    const column = left + (i & 1), row = top + (i >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue; // black
    const weight = (i & 1 ? right : 1 - right) * (i >> 1 ? down : 1 - down);
    const at = 3 * (row * width + column);
    for (let c = 0; c < 3; c++) sum[c]! += weight * data[at + c]!;
  }
}
