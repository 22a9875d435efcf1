/**
 * Ops on pictures as bytes, a type that tfjs itself does not have: decoding, turning, reading out. A raw
 * picture is a tensor `[height, width, 3]` of the type `DTYPE.uint8`.
 */
import type { Tensor, Tensor3D } from "@tensorflow/tfjs";
import { tf } from "@/native/backend.ts";
import { type Attributes, DTYPE, rawOp } from "@/native/raw_op.ts";

/**
 * Decodes a JPEG file to a raw picture, with the slow and exact cosine transform.
 *
 * @param ratio by how much the picture is shrunk meanwhile: 1, 2, 4 or 8
 * @throws {Error} if the file cannot be decoded
 */
export function decodeJpeg(bytes: Uint8Array, ratio = 1): Tensor3D {
  return decode("DecodeJpeg", bytes, {
    ratio,
    dct_method: "INTEGER_ACCURATE",
  });
}

/**
 * Decodes a PNG, GIF or WebP file to a raw picture; of a moving one, its first frame.
 *
 * @param channels 3, or 0 for as many as the file has, which a WebP with opacity takes
 * @throws {Error} if the file cannot be decoded
 */
export function decodeImage(bytes: Uint8Array, channels: 0 | 3 = 3): Tensor3D {
  return decode("DecodeImage", bytes, {
    channels,
    dtype: ["TYPE", DTYPE.uint8],
    expand_animations: false,
  });
}

function decode(op: string, bytes: Uint8Array, attributes: Attributes): Tensor3D {
  // tfjs takes bytes for a string tensor, though its types name texts alone
  const file = tf.scalar(bytes as unknown as string, "string");
  return rawOp(op, [file], { channels: 3, ...attributes }) as Tensor3D;
}

/** Reverses axes of a raw picture: 0 turns it upside down, 1 flips left and right. */
export function reverseAxes(image: Tensor, axes: number[]): Tensor3D {
  return onBytes("ReverseV2", image, tf.tensor1d(axes, "int32"), "Tidx") as Tensor3D;
}

/** Exchanges rows and columns of a raw picture. */
export function exchangeAxes(image: Tensor): Tensor3D {
  return onBytes("Transpose", image, tf.tensor1d([1, 0, 2], "int32"), "Tperm") as Tensor3D;
}

/**
 * Reads a raw tensor of type `DTYPE.uint8` as bytes. tfjs cannot read that type, so that four bytes
 * at a time are read as one int32.
 */
export function readBytes(tensor: Tensor): Uint8Array {
  const size = tensor.size, rest = -size & 3;
  const words = tf.tidy(() => {
    const bytes = lengthen(reshape(tensor, [size]), rest);
    const types: Attributes = { T: ["TYPE", DTYPE.uint8], type: ["TYPE", DTYPE.int32] };
    return rawOp("Bitcast", [reshape(bytes, [(size + rest) / 4, 4])], types);
  });
  const data = words.dataSync();
  words.dispose();
  return new Uint8Array(data.buffer, data.byteOffset, size);
}

function reshape(bytes: Tensor, shape: number[]): Tensor {
  return onBytes("Reshape", bytes, tf.tensor1d(shape, "int32"), "Tshape");
}

function lengthen(bytes: Tensor, rest: number): Tensor {
  if (rest === 0) return bytes;
  return onBytes("Pad", bytes, tf.tensor2d([[0, rest]], undefined, "int32"), "Tpaddings");
}

/** Runs an op on bytes with whole numbers, whose type the op's attribute `type` names. */
function onBytes(op: string, bytes: Tensor, numbers: Tensor, type: string): Tensor {
  return rawOp(op, [bytes, numbers], { T: ["TYPE", DTYPE.uint8], [type]: ["TYPE", DTYPE.int32] });
}
