/** Photos of any shape as squares of one size: centred between black bars and resized in one step. */
import { imageFormat } from "@/images/image_format.ts";
import { jpegToSquare, resizeBicubic } from "@/native/resize_ffi.ts";
import { padToSquare } from "@/images/padding.ts";
import { blackPixels, type Pixels } from "@/base/pixels.ts";
import { decodePhoto, orientationOf } from "@/images/decode_photo.ts";

const RESIZE = { bicubic: resizeBicubic, nearest: resizeNearest };

export type Interpolation = keyof typeof RESIZE;

/**
 * Turns a photo's file into a square picture: upright, in RGB, centred between black bars, resized.
 *
 * Equal to what Pillow's `new`, `paste` and `resize(BICUBIC)` make of a JPEG file, to the last bit.
 *
 * @throws {UnreadablePhoto} saying why the file is no readable photo
 * @throws {RangeError} if the side is no whole number from 1
 */
export async function fileToSquare(
  bytes: Uint8Array,
  side: number,
  interpolation: Interpolation = "bicubic",
): Promise<Pixels> {
  requireSide(side);
  const isPlain = interpolation === "bicubic" && imageFormat(bytes) === "JPEG" &&
    await orientationOf(bytes) === 1;
  const square = isPlain ? await jpegToSquare(bytes, side) : null;
  return square ?? resizeToSquare(await decodePhoto(bytes), side, interpolation);
}

/**
 * Centres a photo between black bars and resizes it to a square of `side` pixels.
 *
 * @throws {RangeError} if the side is no whole number from 1
 *
 * @example A white photo of 2 by 1 pixels as a square of 4 by 4: two rows of black, two of white
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const photo = { width: 2, height: 1, data: new Uint8Array(6).fill(255) };
 * const square = resizeToSquare(photo, 4, "nearest");
 * equal(square.data.filter((value) => value === 255).length, 4 * 4 * 3 / 2);
 * ```
 */
export function resizeToSquare(
  photo: Pixels,
  side: number,
  interpolation: Interpolation = "bicubic",
): Pixels {
  requireSide(side);
  return RESIZE[interpolation](photo, side);
}

export function requireSide(side: number): void {
  if (Number.isInteger(side) && side >= 1) return;
  throw new RangeError(`Cannot make squares of ${side} pixels: the side is a whole number from 1`);
}

/** Centres a photo between black bars and picks, for each pixel of the square, the nearest one. */
function resizeNearest(photo: Pixels, side: number): Pixels {
  const { width, data: from } = padToSquare(photo), square = blackPixels(side, side);
  const nearest = (k: number) => Math.floor((k + 0.5) * width / side);
  for (let k = 0; k < side * side; k++) {
    const place = (nearest(Math.floor(k / side)) * width + nearest(k % side)) * 3;
    square.data.set(from.subarray(place, place + 3), k * 3);
  }
  return square;
}
