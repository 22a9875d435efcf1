/**
 * Photos as pixels: decoding files with TensorFlow's own kernels, upright and in three colours.
 *
 * @module
 */
import { join } from "node:path";
import exifr from "exifr";
import type { Tensor, Tensor3D } from "@tensorflow/tfjs";
import type { Pixels } from "@/base/pixels.ts";
import { decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";
import { rawOp } from "@/native/raw_op.ts";
import { DTYPE, tf } from "@/native/tensorflow.ts";

export type { Pixels };

/** A file that cannot be read as a photo; its message is the reason, without the file's name. */
export class UnreadablePhoto extends Error {}

/**
 * How a photo is turned upright by its EXIF orientation: first rows and columns are exchanged, then
 * the axes (0 is height, 1 is width) are reversed. Source: EXIF 2.32, tag 0x0112.
 */
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
 * @param folder the data folder
 * @param photo the photo's path inside it
 * @throws {UnreadablePhoto} naming the photo, and saying why it cannot be read
 */
export async function readPhoto(folder: string, photo: string): Promise<Pixels> {
  try {
    return await decodePhoto(await Deno.readFile(join(folder, photo)));
  } catch (error) {
    throw new UnreadablePhoto(
      `Cannot read the photo ${photo} in ${folder}: ${(error as Error).message}`,
    );
  }
}

/**
 * Decodes a photo's file (JPEG, PNG, GIF or BMP) into its pixels, upright and in RGB. Equal to Pillow's
 * decoder to the last bit for JPEG.
 *
 * @throws {UnreadablePhoto} saying why the file is no readable photo
 */
export async function decodePhoto(bytes: Uint8Array): Promise<Pixels> {
  const fault = formatFault(bytes);
  if (fault) throw new UnreadablePhoto(fault);
  const orientation = await orientationOf(bytes);
  const image = tf.tidy(() => turnUpright(decode(bytes), orientation));
  const [height, width] = image.shape;
  const data = readBytes(image);
  image.dispose();
  return { width, height, data };
}

/** The EXIF orientation of a photo's file, 1 to 8; 1, upright, where it names none. */
export async function orientationOf(bytes: Uint8Array): Promise<number> {
  return await exifr.orientation(bytes).catch(() => undefined) ?? 1;
}

function decode(bytes: Uint8Array): Tensor3D {
  // tfjs takes bytes for a string tensor, though its types name texts alone
  const file = tf.scalar(bytes as unknown as string, "string");
  try {
    return (imageFormat(bytes) === "JPEG"
      ? rawOp("DecodeJpeg", [file], {
        channels: ["INT", 3],
        dct_method: ["STRING", "INTEGER_ACCURATE"],
      })
      : rawOp("DecodeImage", [file], {
        channels: ["INT", 3],
        dtype: ["TYPE", DTYPE.uint8],
        expand_animations: ["BOOL", false],
      })) as Tensor3D;
  } catch {
    throw new UnreadablePhoto(decodingFault(bytes));
  }
}

function turnUpright(image: Tensor3D, orientation: number): Tensor3D {
  const turn = UPRIGHT[orientation];
  if (!turn) return image;
  const exchanged = turn.exchange ? exchangeAxes(image) : image;
  return rawOp("ReverseV2", [exchanged, tf.tensor1d(turn.reverse, "int32")], {
    T: ["TYPE", DTYPE.uint8],
    Tidx: ["TYPE", DTYPE.int32],
  }) as Tensor3D;
}

/**
 * Reads a raw tensor of type `DTYPE.uint8` as bytes. tfjs cannot read that type, so that four bytes
 * at a time are read as one int32.
 */
export function readBytes(tensor: Tensor): Uint8Array {
  const size = tensor.size, rest = -size & 3;
  const words = tf.tidy(() => {
    const bytes = lengthen(reshape(tensor, [size]), rest);
    return rawOp("Bitcast", [reshape(bytes, [(size + rest) / 4, 4])], {
      T: ["TYPE", DTYPE.uint8],
      type: ["TYPE", DTYPE.int32],
    });
  });
  const data = words.dataSync();
  words.dispose();
  return new Uint8Array(data.buffer, data.byteOffset, size);
}

function reshape(bytes: Tensor, shape: number[]): Tensor {
  return rawOp("Reshape", [bytes, tf.tensor1d(shape, "int32")], {
    T: ["TYPE", DTYPE.uint8],
    Tshape: ["TYPE", DTYPE.int32],
  });
}

function lengthen(bytes: Tensor, rest: number): Tensor {
  if (rest === 0) return bytes;
  return rawOp("Pad", [bytes, tf.tensor2d([[0, rest]], undefined, "int32")], {
    T: ["TYPE", DTYPE.uint8],
    Tpaddings: ["TYPE", DTYPE.int32],
  });
}

/** Exchanges rows and columns of a raw tensor of bytes, `[height, width, 3]`. */
function exchangeAxes(image: Tensor): Tensor {
  return rawOp("Transpose", [image, tf.tensor1d([1, 0, 2], "int32")], {
    T: ["TYPE", DTYPE.uint8],
    Tperm: ["TYPE", DTYPE.int32],
  });
}
