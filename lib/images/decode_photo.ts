/** Photos as pixels: decoding files with TensorFlow's own kernels, upright and in three colours. */
import { join } from "node:path";
import exifr from "exifr";
import type { Tensor3D } from "@tensorflow/tfjs";
import type { Pixels } from "@/base/pixels.ts";
import { decodeBmp } from "@/images/bmp.ts";
import { animationFault, decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";
import { reductionOf, sizeFault } from "@/images/image_size.ts";
import { fromRgba } from "@/images/photo_source.ts";
import * as ops from "@/native/image_ops.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { tf } from "@/native/backend.ts";

/** By EXIF orientation: rows and columns are exchanged, then axes (0 is height) reversed. Source: EXIF 2.32, 0x0112. */
const UPRIGHT: Record<number, { exchange: boolean; reverse: number[] }> = {
  2: { exchange: false, reverse: [1] },
  3: { exchange: false, reverse: [0, 1] },
  4: { exchange: false, reverse: [0] },
  5: { exchange: true, reverse: [] },
  6: { exchange: true, reverse: [1] },
  7: { exchange: true, reverse: [0, 1] },
  8: { exchange: true, reverse: [0] },
};

/**
 * Reads and decodes one photo of a data folder.
 *
 * @throws {UnreadablePhoto} naming the photo, and saying why it cannot be read
 *
 * @example A photo of the sample
 * ```ts ignore
 * const { folder, photos: [first] } = await openData();
 * const { width, height, data } = await readPhoto(folder, first!.photo);
 * ```
 */
export async function readPhoto(folder: string, photo: string): Promise<Pixels> {
  try {
    return await decodePhoto(await Deno.readFile(join(folder, photo)));
  } catch (error) {
    const { message } = error as Error;
    throw new UnreadablePhoto(`Cannot read the photo ${photo} in ${folder}: ${message}`);
  }
}

/**
 * Decodes a photo's file (JPEG, PNG, GIF, BMP or WebP) into its pixels, upright and in RGB. Equal to Pillow's to the last
 * bit for JPEG, unless it is of four printing colours, or so large (`MOST_PIXELS`) that it has to be shrunk while it is
 * decoded.
 *
 * @throws {UnreadablePhoto} saying why the file is no readable photo
 */
export async function decodePhoto(bytes: Uint8Array): Promise<Pixels> {
  const fault = formatFault(bytes) ?? sizeFault(bytes) ?? animationFault(bytes);
  if (fault) throw new UnreadablePhoto(fault);
  if (imageFormat(bytes) === "BMP") return decoding(bytes, decodeBmp);
  const turn = UPRIGHT[await orientationOf(bytes)];
  const image = tf.tidy(() => {
    const stored = decoding(bytes, decode);
    if (!turn) return stored;
    return ops.reverseAxes(turn.exchange ? ops.exchangeAxes(stored) : stored, turn.reverse);
  });
  const [height, width, channels] = image.shape;
  const data = ops.readBytes(image);
  image.dispose();
  return channels === 4 ? fromRgba({ width, height, data }).pixels : { width, height, data };
}

/** Reads the EXIF orientation of a photo's file, 1 to 8; 1 (upright) if it has none. */
export async function orientationOf(bytes: Uint8Array): Promise<number> {
  return await exifr.orientation(exifOf(bytes)).catch(() => undefined) ?? 1;
}

/** The bytes that exifr finds EXIF in: a whole file, but the chunk alone of a WebP, which it cannot read. */
function exifOf(bytes: Uint8Array): Uint8Array {
  if (imageFormat(bytes) !== "WebP") return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameAt = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true), start = at + 8, end = start + length;
    // some programs put a JPEG's "Exif\0\0" before it
    if (nameAt(at) === "EXIF") {
      return bytes.subarray(start + (nameAt(start) === "Exif" ? 6 : 0), end);
    }
    at = end + length % 2;
  }
  return bytes;
}

/** Decodes a file; what no decoder takes is damaged, or cut off. */
function decoding<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T): T {
  try {
    return decode(bytes);
  } catch {
    throw new UnreadablePhoto(decodingFault(bytes));
  }
}

function decode(bytes: Uint8Array): Tensor3D {
  const format = imageFormat(bytes);
  if (format === "JPEG") return ops.decodeJpeg(bytes, reductionOf(bytes));
  return ops.decodeImage(bytes, format === "WebP" ? 0 : 3);
}
