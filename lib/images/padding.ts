import { blackPixels, type Pixels, type Size } from "@/base/pixels.ts";

/**
 * Tells where a photo lies in the smallest square that holds it: the square's side, and the bars above and at the left.
 *
 * @example A photo of 100 by 141 pixels
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(placeInSquare({ width: 100, height: 141 }), { side: 141, top: 0, left: 20 });
 * ```
 */
export function placeInSquare({ width, height }: Size) {
  const side = Math.max(width, height);
  return { side, top: Math.floor((side - height) / 2), left: Math.floor((side - width) / 2) };
}

/**
 * Centres a photo in the smallest black square that holds it, without resizing it.
 *
 * @example Two pixels side by side become four
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const photo = { width: 2, height: 1, data: new Uint8Array([1, 2, 3, 4, 5, 6]) };
 * deepEqual([...padToSquare(photo).data], [1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0]);
 * ```
 */
export function padToSquare(photo: Pixels): Pixels {
  const { side, top, left } = placeInSquare(photo), square = blackPixels(side, side);
  for (let row = 0; row < photo.height; row++) {
    const from = row * photo.width * 3;
    const line = photo.data.subarray(from, from + photo.width * 3);
    square.data.set(line, ((top + row) * side + left) * 3);
  }
  return square;
}
