/**
 * Squares cut out of photos by `cut.cc`, which set-up compiles: a fifth of the time that the same takes in TypeScript.
 */
import { blackPixels, type Pixels } from "@/base/pixels.ts";
import { openCutLibrary } from "@/native/libraries.ts";

const library = openCutLibrary();

/** True if the library is loaded; without it, nothing here may be called. */
export const hasCut: boolean = library !== null;

/** A photo of half the width and height, rounded up: means of two by two pixels; at an odd rim, of those that are there. */
export function halvePhoto({ width, height, data }: Pixels): Pixels {
  const half = blackPixels(Math.ceil(width / 2), Math.ceil(height / 2));
  library!.halve(data as Uint8Array<ArrayBuffer>, width, height, half.data);
  return half;
}

/**
 * A square of `side` pixels out of a photo, black where the photo has no pixels: each pixel the mean of as many places
 * as keep a shrunk photo free of jagged edges, each place interpolated linearly.
 *
 * @param similarity leads from a place (u, v) of the square to (`cos` u - `sin` v + `x`, `sin` u + `cos` v + `y`) of
 * the photo
 */
export function cutPhoto(
  { width, height, data }: Pixels,
  { cos, sin, x, y }: { cos: number; sin: number; x: number; y: number },
  side: number,
): Pixels {
  const square = blackPixels(side, side), photo = data as Uint8Array<ArrayBuffer>;
  library!.cut_square(photo, width, height, cos, sin, x, y, side, square.data);
  return square;
}
