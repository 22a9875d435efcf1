/**
 * Photos of any shape as squares of one size: centred between black bars and resized in one step.
 *
 * @module
 */
import type { Tensor, Tensor3D } from "@tensorflow/tfjs";
import { placeInSquare } from "@/padding.ts";
import {
  castToBytes,
  cutOff,
  decodeTensor,
  exchangeAxes,
  pad,
  type Pixels,
  readBytes,
  reshape,
  roundToBytes,
} from "@/pixels.ts";
import { rawOp } from "@/raw_op.ts";
import { DTYPE, tf } from "@/tensorflow.ts";
import { onThisThread } from "@/threads.ts";

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
 * @throws {RangeError} where the side is no whole number from 1
 */
export async function fileToSquare(
  bytes: Uint8Array,
  side: number,
  interpolation: Interpolation = "bicubic",
): Promise<Pixels> {
  requireSide(side);
  const image = await decodeTensor(bytes);
  const data = readSquare(image, side, interpolation);
  image.dispose();
  return { width: side, height: side, data };
}

/**
 * Centres a photo between black bars and resizes it to a square of `side` pixels.
 *
 * @throws {RangeError} where the side is no whole number from 1
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
  requireSide(side);
  const image = tf.tidy(() =>
    castToBytes(tf.tensor3d(photo.data, [photo.height, photo.width, 3], "int32"))
  );
  const data = readSquare(image, side, interpolation);
  image.dispose();
  return { width: side, height: side, data };
}

/** Refuses what cannot be the side of a square, in pixels. */
export function requireSide(side: number): void {
  if (Number.isInteger(side) && side >= 1) return;
  throw new RangeError(`Cannot make squares of ${side} pixels: the side is a whole number from 1`);
}

/**
 * Makes the square in two passes, columns first, as Pillow does. At sharp edges cubic weights overshoot
 * black and white; that is cut off after either pass, lest the second one carries it on.
 */
function readSquare(image: Tensor3D, side: number, interpolation: Interpolation): Uint8Array {
  const [height, width] = image.shape;
  const { side: before, top, left } = placeInSquare({ width, height });
  const x = { before, start: left, side }, y = { before, start: top, side };
  return onThisThread(() => {
    const square = tf.tidy(() => {
      const turned = turnAndResize(image, x, interpolation, DTYPE.uint8);
      return roundToBytes(turnAndResize(cutOff(turned), y, interpolation, DTYPE.float32));
    });
    const bytes = readBytes(square);
    square.dispose();
    return bytes;
  });
}

/** One direction of the square: its sides before and after, and where in it the photo starts. */
interface Direction {
  before: number;
  start: number;
  side: number;
}

/**
 * Exchanges a photo's rows and columns, then places and resizes what are its rows now; done twice,
 * both directions are resized and the photo stands upright again. Whole rows are summed up several
 * times as fast as the three values of one pixel after the other.
 *
 * Of the black bars only so much is made as mixes with the photo's edge; all beyond is black anyway.
 * So a strip of 20,000 by 20 pixels needs no square of 20,000 by 20,000.
 *
 * @param image values 0 to 255 of the type given, `[rows, columns, 3]`
 * @returns floats, `[side, rows, 3]`
 */
function turnAndResize(
  image: Tensor,
  { before, start, side }: Direction,
  how: Interpolation,
  type: number,
): Tensor {
  const [columns, rows] = image.shape as [number, number];
  const scale = side / before;
  const margin = Math.ceil(CUBIC_RADIUS / Math.min(scale, 1)) + 1;
  const bars = [start, before - rows - start].map((bar) => Math.min(bar, margin));
  return tf.tidy(() => {
    const padded = pad(exchangeAxes(image, type), [[bars[0]!, bars[1]!], [0, 0], [0, 0]], type);
    const lines = reshape(padded, [1, 1, padded.shape[0]!, columns * 3], type);
    const resized = resizeRows(lines, side, scale, (start - bars[0]!) * scale, how, type);
    return reshape(resized, [side, columns, 3], DTYPE.float32);
  });
}

/**
 * Resizes rows by Keys' cubic with a = -0.5, which Pillow calls BICUBIC. Shrinking widens the cubic,
 * as Pillow does; a box as wide as one pixel picks the nearest.
 *
 * To TensorFlow a row is a pixel of many colours in a picture one pixel high: such a picture it sums up
 * fastest.
 *
 * @param lines values of the type given, `[1, 1, rows, values]`
 * @returns floats, `[1, 1, side, values]`
 */
function resizeRows(
  lines: Tensor,
  side: number,
  scale: number,
  offset: number,
  how: Interpolation,
  type: number,
): Tensor {
  return rawOp("ScaleAndTranslate", [
    lines,
    tf.tensor1d([1, side], "int32"),
    tf.tensor1d([1, scale]),
    tf.tensor1d([0, offset]),
  ], {
    T: ["TYPE", type],
    kernel_type: ["STRING", how === "bicubic" ? "keyscubic" : "box"],
    antialias: ["BOOL", how === "bicubic"],
  });
}
