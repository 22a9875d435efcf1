/** Pictures in Windows' format, BMP, of 24 or 32 bits: sharp reads none, TensorFlow and npm's packages some wrongly. */
import { blackPixels, type Pixels } from "@/base/pixels.ts";

/** The bits of a pixel's bytes, from the first one on. */
const BYTES = [0xff, 0xff00, 0xff0000, 0xff000000];

/** Kinds of BMP: pixels are blue, green and red; or the head names the bits of red, green and blue, at these places. */
const PLAIN = 0, MASKED = [3, 6], MASKS = [54, 58, 62];

/**
 * Decodes a BMP, without its opacity.
 *
 * @throws {RangeError} if it is cut off, has no pixels, or is of another kind
 */
export function decodeBmp(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (at: number) => view.getUint32(at, true);
  const width = number(18), upwards = view.getInt32(22, true), height = Math.abs(upwards);
  const size = view.getUint16(28, true) / 8, row = Math.ceil(width * size / 4) * 4;
  const start = number(10), last = start + row * (height - 1), colors = colorsOf(number);
  const isWhole = width * height > 0 && last + size * width <= bytes.length;
  if (!isWhole || colors.includes(-1)) throw new RangeError("It is no whole BMP");
  const pixels = blackPixels(width, height);
  for (let y = 0, to = 0; y < height; y++) {
    const from = upwards < 0 ? start + row * y : last - row * y;
    for (let at = from; at < from + size * width; at += size) {
      for (const color of colors) pixels.data[to++] = bytes[at + color]!;
    }
  }
  return pixels;
}

/** The places of red, green and blue in a pixel; -1 for one that is no whole byte, or where the kind is unknown. */
function colorsOf(number: (at: number) => number): number[] {
  const kind = number(30);
  if (kind === PLAIN) return [2, 1, 0];
  return MASKS.map((at) => MASKED.includes(kind) ? BYTES.indexOf(number(at)) : -1);
}
