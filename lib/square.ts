/**
 * Photos of any shape as squares of one size: centred between black bars and resized in one step.
 *
 * @module
 */
import type { Tensor, Tensor3D } from "@tensorflow/tfjs";
import { placeInSquare } from "@/padding.ts";
import { asBatch, castToBytes, decodeTensor, pad, type Pixels } from "@/pixels.ts";
import { DTYPE, rawOp, tf } from "@/tensorflow.ts";

/** How far Keys' cubic reaches, in pixels. */
const CUBIC_RADIUS = 2;

/** How the pixels of a resized photo are found from those around them in the original. */
export type Interpolation = "bicubic" | "nearest";

/**
 * Turns a photo's file into a square picture: upright, in RGB, centred between black bars, resized.
 *
 * Equal to Pillow's `new`, `paste` and `resize(BICUBIC)` within one grey level.
 *
 * @param bytes the file: JPEG, PNG, GIF or BMP
 * @param side width and height of the square in pixels
 * @throws {UnreadablePhoto} saying why the file is no readable photo
 */
export async function fileToSquare(
  bytes: Uint8Array,
  side: number,
  interpolation: Interpolation = "bicubic",
): Promise<Pixels> {
  const image = await decodeTensor(bytes);
  const data = readSquare(image, side, interpolation);
  image.dispose();
  return { width: side, height: side, data };
}

/**
 * Centres a photo between black bars and resizes it to a square of `side` pixels.
 *
 * @example A white photo of 2 by 1 pixels as a square of 4 by 4: two rows of black, two of white
 * ```ts
 * import { resizeToSquare } from "@/square.ts";
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
  const image = tf.tensor3d(photo.data, [photo.height, photo.width, 3], "int32");
  const data = tf.tidy(() => readSquare(castToBytes(image), side, interpolation));
  image.dispose();
  return { width: side, height: side, data };
}

function readSquare(image: Tensor3D, side: number, interpolation: Interpolation): Uint8Array {
  const resized = tf.tidy(() => {
    const scale = side / Math.max(...image.shape.slice(0, 2));
    return scale > 1 && interpolation === "bicubic"
      ? enlarge(image, side)
      : scaleAndPlace(image, side, scale, interpolation);
  });
  // rounds to the nearest whole number and cuts off below 0 and above 255
  const bytes = new Uint8ClampedArray(resized.dataSync());
  resized.dispose();
  return new Uint8Array(bytes.buffer);
}

/** Enlarges a photo by Keys' cubic with a = -0.5, which Pillow calls BICUBIC. */
function enlarge(image: Tensor3D, side: number): Tensor {
  const [height, width] = image.shape;
  const { side: before, top, left } = placeInSquare({ width, height });
  const square = pad(image, [[top, before - height - top], [left, before - width - left], [0, 0]]);
  return rawOp("ResizeBicubic", [asBatch(square), tf.tensor1d([side, side], "int32")], {
    T: ["TYPE", DTYPE.uint8],
    half_pixel_centers: ["BOOL", true],
  });
}

/**
 * Scales a photo and places it in the black square. Shrinking widens the cubic, as Pillow does;
 * a box as wide as one pixel picks the nearest.
 *
 * Of the black bars only so much is made as mixes with the photo's edge; all beyond is black anyway.
 * So a strip of 20,000 by 20 pixels needs no square of 20,000 by 20,000.
 */
function scaleAndPlace(image: Tensor3D, side: number, scale: number, how: Interpolation): Tensor {
  const [height, width] = image.shape;
  const { side: before, top, left } = placeInSquare({ width, height });
  const margin = Math.ceil(CUBIC_RADIUS / Math.min(scale, 1)) + 1;
  const vertical = bars(before, height, top, margin),
    horizontal = bars(before, width, left, margin);
  const offset = [(top - vertical[0]) * scale, (left - horizontal[0]) * scale];
  return rawOp("ScaleAndTranslate", [
    asBatch(pad(image, [vertical, horizontal, [0, 0]])),
    tf.tensor1d([side, side], "int32"),
    tf.tensor1d([scale, scale]),
    tf.tensor1d(offset),
  ], {
    T: ["TYPE", DTYPE.uint8],
    kernel_type: ["STRING", how === "bicubic" ? "keyscubic" : "box"],
    antialias: ["BOOL", how === "bicubic"],
  });
}

/** The parts of the two bars along one axis that are made: at most `margin` pixels of each. */
function bars(side: number, size: number, before: number, margin: number): [number, number] {
  return [Math.min(before, margin), Math.min(side - size - before, margin)];
}
