/**
 * Squares made by `square.cc`, which set-up compiles against TensorFlow: its decoder, and Pillow's way of
 * resizing. TensorFlow has the same filter, but rounds once where Pillow rounds twice, and with its ops a
 * square took twice as long.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { openSquareLibrary } from "@/native/libraries.ts";
import "@/native/tensorflow.ts"; // loads the library that this one is linked to

/** Files that another thread reads: nothing else keeps their memory meanwhile. */
const inUse = new Set<Uint8Array>();

const { resize_to_square, jpeg_to_square } = openSquareLibrary();

/**
 * Centres a photo between black bars and resizes it to a square of `side` pixels, a whole number from 1,
 * by Keys' cubic with a = -0.5: to the last bit what Pillow's `new`, `paste` and `resize(BICUBIC)` give.
 * The bars themselves are not made, so that a strip of 20,000 by 20 pixels takes little memory.
 */
export function resizeBicubic({ width, height, data }: Pixels, side: number): Pixels {
  const square = emptySquare(side);
  resize_to_square(data as Uint8Array<ArrayBuffer>, width, height, side, square.data);
  return square;
}

/**
 * Makes such a square of a JPEG file, in a thread of its own; gives null where the file cannot be decoded.
 * The photo is taken as it lies, whatever its orientation says.
 */
export async function jpegToSquare(bytes: Uint8Array, side: number): Promise<Pixels | null> {
  const square = emptySquare(side), file = bytes as Uint8Array<ArrayBuffer>;
  inUse.add(file);
  const isMade = await jpeg_to_square(file, file.length, side, square.data);
  inUse.delete(file);
  return isMade ? square : null;
}

function emptySquare(side: number) {
  return { width: side, height: side, data: new Uint8Array(side * side * 3) };
}
