/**
 * Squares as training has them, in plain arithmetic, for where no native library runs: equal to what
 * `resizeToSquare()` of `@/images/resize.ts` makes, to the last bit.
 *
 * Source: Resample.c of Pillow 12.3, filter BICUBIC, 8 bits a value.
 */
import type { Pixels } from "@/base/pixels.ts";
import { placeInSquare } from "@/images/padding.ts";

/** Weights are whole numbers, 1 being 2^22: a sum of bytes by weights stays within 32 bits. */
const BITS = 22, ONE = 2 ** BITS;

/** The pixels of a line whose weighted sum a new pixel is: the first, and the weights from there on. */
interface Window {
  first: number;
  weights: Int32Array;
}

/** The place of the photo's pixels in a line of the black square. */
interface Line {
  before: number;
  start: number;
  length: number;
}

/** Centres a photo between black bars and resizes it to a square of `side` pixels, with Keys' cubic, a = -0.5. */
export function resizePlainly(photo: Pixels, side: number): Pixels {
  const { width, height } = photo, { side: before, left, top } = placeInSquare(photo);
  const across = windows({ before, start: left, length: width }, side);
  const down = windows({ before, start: top, length: height }, side);
  const data = weighRows(weighPixels(photo, across), 3 * side, down);
  return { width: side, height: side, data };
}

/** Makes new pixels of each row, rounded and cut off below 0 and above 255. */
function weighPixels({ width, height, data }: Pixels, windows: readonly Window[]): Uint8Array {
  const out = new Uint8ClampedArray(windows.length * height * 3);
  for (let y = 0, k = 0; y < height; y++) {
    for (const { first, weights } of windows) {
      let red = ONE / 2, green = ONE / 2, blue = ONE / 2, at = 3 * (y * width + first);
      for (let i = 0; i < weights.length; i++, at += 3) {
        const weight = weights[i]!;
        red += Math.imul(data[at]!, weight);
        green += Math.imul(data[at + 1]!, weight);
        blue += Math.imul(data[at + 2]!, weight);
      }
      out[k++] = red >> BITS;
      out[k++] = green >> BITS;
      out[k++] = blue >> BITS;
    }
  }
  return new Uint8Array(out.buffer);
}

/** The same with whole rows, of `size` bytes, as pixels. */
function weighRows(rows: Uint8Array, size: number, windows: readonly Window[]): Uint8Array {
  const out = new Uint8ClampedArray(windows.length * size), sums = new Int32Array(size);
  for (const [row, { first, weights }] of windows.entries()) {
    sums.fill(ONE / 2);
    for (let i = 0, at = first * size; i < weights.length; i++, at += size) {
      const weight = weights[i]!;
      for (let k = 0; k < size; k++) sums[k]! += Math.imul(rows[at + k]!, weight);
    }
    for (let k = 0; k < size; k++) out[row * size + k] = sums[k]! >> BITS;
  }
  return new Uint8Array(out.buffer);
}

function windows(line: Line, side: number): Window[] {
  return Array.from({ length: side }, (_, k) => windowOf(k, line.before / side, line));
}

/**
 * The window of one new pixel. Shrinking widens the cubic, lest pixels be left out. Those of the bars are
 * black: they have their share of the weights, and add nothing.
 */
function windowOf(k: number, scale: number, { before, start, length }: Line): Window {
  const width = Math.max(scale, 1), centre = (k + 0.5) * scale;
  const weight = (i: number) => cubic((i - centre + 0.5) * (1 / width));
  const first = Math.max(0, Math.trunc(centre - 2 * width + 0.5));
  const end = Math.min(before, Math.trunc(centre + 2 * width + 0.5));
  let sum = 0;
  for (let i = first; i < end; i++) sum += weight(i);
  const from = Math.max(first, start), to = Math.min(end, start + length);
  const weights = Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => (
    round(weight(from + i) / sum * ONE)
  ));
  return { first: from - start, weights };
}

/** Rounds halves away from 0. */
function round(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

/** Keys' cubic with a = -0.5. R. Keys, Cubic convolution interpolation, 1981, equation 15. */
function cubic(distance: number): number {
  const a = -0.5, x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
