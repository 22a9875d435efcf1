/**
 * Squares made by `square.cc`, which set-up compiles against TensorFlow. It uses TensorFlow's decoder, and
 * resizes as Pillow does. TensorFlow has the same filter, but rounds once where Pillow rounds twice, and its
 * ops take twice as long.
 */
import { blackPixels, type Pixels } from "@/base/pixels.ts";
import { openSquareLibrary } from "@/native/libraries.ts";
import "@/native/backend.ts"; // loads the library that this one is linked to

/** Files that another thread reads; nothing else would keep them in memory. */
const inUse = new Set<Uint8Array>();

const { resize_to_square, jpeg_to_square } = openSquareLibrary();

/**
 * Centres a photo between black bars and resizes it to a square of `side` pixels, a whole number from 1,
 * with Keys' cubic, a = -0.5. The result equals Pillow's `new`, `paste` and `resize(BICUBIC)` to the last bit.
 * The bars themselves are never made, so a strip of 20,000 by 20 pixels takes little memory.
 */
export function resizeBicubic({ width, height, data }: Pixels, side: number): Pixels {
  const square = blackPixels(side, side);
  resize_to_square(data as Uint8Array<ArrayBuffer>, width, height, side, square.data);
  return square;
}

/**
 * Makes such a square from a JPEG file, in a thread of its own; null if the file cannot be decoded. Ignores
 * the photo's EXIF orientation.
 */
export async function jpegToSquare(bytes: Uint8Array, side: number): Promise<Pixels | null> {
  const square = blackPixels(side, side), file = bytes as Uint8Array<ArrayBuffer>;
  inUse.add(file);
  const isMade = await jpeg_to_square(file, file.length, side, square.data);
  inUse.delete(file);
  return isMade ? square : null;
}
