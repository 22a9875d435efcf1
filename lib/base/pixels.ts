/**
 * A picture in memory.
 *
 * @module
 */

/** A picture as bytes: red, green and blue of each pixel, row by row from the top left. */
export interface Pixels {
  width: number;
  height: number;
  /** `width * height * 3` values, 0 to 255. */
  data: Uint8Array;
}
