/**
 * Squares as training has them, in plain arithmetic, for where no native library runs: equal to what
 * `resizeToSquare()` of `@/images/resize.ts` makes, to the last bit.
 *
 * Source: Resample.c of Pillow 12.3, filter BICUBIC, 8 bits a value.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { placeInSquare, type Placement } from "@/images/padding.ts";

/** Weights are whole numbers, 1 being 2^22. */
const ONE = 2 ** 22;

/** Which pixels of a line a new pixel is the weighted sum of: the first, and the weights from there on. */
interface Window {
  first: number;
  weights: number[];
}

/** Where the photo's pixels lie in a line of the black square. */
interface Line {
  before: number;
  start: number;
  length: number;
}

/**
 * Centres a photo between black bars and resizes it to a square of `side` pixels, with Keys' cubic, a = -0.5.
 *
 * @example
 * ```ts
 * import { resizeToSquare } from "@/faces/resize_square.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const photo = { width: 2, height: 2, data: new Uint8Array(12).fill(9) };
 * deepEqual([...resizeToSquare(photo, 1).data], [9, 9, 9]);
 * ```
 */
export function resizeToSquare(photo: Pixels, side: number): Pixels {
  const { width, height } = photo, { side: before, left, top }: Placement = placeInSquare(photo);
  const across = windows({ before, start: left, length: width }, side);
  const down = windows({ before, start: top, length: height }, side);
  const narrow = new Uint8Array(side * height * 3);
  for (let y = 0; y < height; y++) {
    weigh(photo.data, { from: y * width * 3, step: 3 }, across, narrow, {
      from: y * side * 3,
      step: 3,
    });
  }
  const data = new Uint8Array(side * side * 3);
  for (let x = 0; x < side; x++) {
    weigh(narrow, { from: x * 3, step: side * 3 }, down, data, { from: x * 3, step: side * 3 });
  }
  return { width: side, height: side, data };
}

/** Where a line of pixels begins, and how far it is from one to the next. */
interface Stride {
  from: number;
  step: number;
}

/** Makes a new line of pixels, rounded and cut off below 0 and above 255. */
function weigh(
  data: Uint8Array,
  { from, step }: Stride,
  windows: readonly Window[],
  out: Uint8Array,
  to: Stride,
): void {
  for (const [k, { first, weights }] of windows.entries()) {
    for (let c = 0; c < 3; c++) {
      let sum = ONE / 2, at = from + first * step + c;
      for (const weight of weights) {
        sum += data[at]! * weight;
        at += step;
      }
      out[to.from + k * to.step + c] = Math.min(Math.max(Math.floor(sum / ONE), 0), 255);
    }
  }
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
  const weights = Array.from({ length: Math.max(0, to - from) }, (_, i) => (
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
