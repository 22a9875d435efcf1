/** A picture in memory, and how bright its pixels are. */

/** Width and height, in pixels where nothing else is said. */
export interface Size {
  width: number;
  height: number;
}

/** A rectangle in a picture, from the picture's left top corner; it may reach beyond the picture. */
export interface Box extends Size {
  x: number;
  y: number;
}

/** A picture as bytes: red, green and blue of each pixel, row by row from the top left. */
export interface Pixels extends Size {
  /** `width * height * 3` values, 0 to 255. */
  data: Uint8Array;
}

/** Makes a black picture. */
export function blackPixels(width: number, height: number): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Weights of red, green and blue in the brightness of a pixel. Source: ITU-R BT.601, section 2.5.1. */
const RED = 0.299, GREEN = 0.587, BLUE = 0.114;

/** Returns the brightness of the pixel whose red stands at `at`, in the unit of the colours. */
export function brightness(data: ArrayLike<number>, at = 0): number {
  return RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!;
}

/**
 * Turns bytes into the values that a network takes: each divided, then less something.
 *
 * A loop, since `Float32Array.from()` with a function takes ten times as long.
 */
export function toRange(bytes: Uint8Array, divisor: number, less: number): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let k = 0; k < values.length; k++) values[k] = Math.fround(bytes[k]! / divisor) - less;
  return values;
}
