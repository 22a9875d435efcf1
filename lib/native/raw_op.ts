/**
 * Ops of the native TensorFlow library that tfjs has no function for. This module loads nothing:
 * `@/native/tensorflow.ts` loads the library.
 */
import * as tf from "@tensorflow/tfjs";

export type AttributeKind = "TYPE" | "INT" | "FLOAT" | "BOOL" | "STRING" | "SHAPE";

/** TensorFlow's number for the type float32: `TF_FLOAT` in its C interface. */
export const FLOAT32 = 1;

/** The attributes of a raw TensorFlow op: name to kind and value. */
export type Attributes = Record<string, [AttributeKind, unknown]>;

/** The attribute of ops on float32. */
export const T: Attributes = { T: ["TYPE", FLOAT32] };

interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: Record<string, number>;
  executeMultipleOutputs(
    name: string,
    attributes: unknown[],
    inputs: unknown[],
    outputs: number,
  ): tf.Tensor[];
}

/** Tells whether the native library computes, on the processor or on a GPU. */
function isNative(): boolean {
  return tf.getBackend() === "tensorflow";
}

/**
 * Chooses between two ways to compute the same: `native` with ops of the native library, if it computes;
 * else `stock` with what every backend has. This is the only place that asks.
 */
export function onBackend<Native, Stock>(
  { native, stock }: { native: Native; stock: Stock },
): Native | Stock {
  return isNative() ? native : stock;
}

/** Tells whether the native library computes on a GPU. */
export function isOnGpu(): boolean {
  return isNative() && native().isUsingGpuDevice;
}

/**
 * Runs one op of the native library.
 *
 * A `uint8` result may be passed to other raw ops with the type `DTYPE.uint8`. tfjs has no such type, calls
 * it int32 and cannot read it.
 *
 * @throws {Error} with TensorFlow's message if the op refuses its inputs
 */
export function rawOp(name: string, inputs: tf.Tensor[], attributes: Attributes): tf.Tensor {
  return rawOps(name, inputs, attributes, 1)[0]!;
}

/**
 * Runs one op of the native library that has several results, or none.
 *
 * @throws {Error} with TensorFlow's message if the op refuses its inputs
 */
export function rawOps(
  name: string,
  inputs: tf.Tensor[],
  attributes: Attributes,
  outputs: number,
): tf.Tensor[] {
  const { binding } = native();
  const list = Object.entries(attributes).map(([name, [kind, value]]) => (
    { name, type: binding[`TF_ATTR_${kind}`], value }
  ));
  return native().executeMultipleOutputs(name, list, inputs, outputs);
}

/** Tells whether some ops work on this processor, and not on a GPU; tried once, on a tiny photo, when first asked. */
export function works(attempt: (photo: tf.Tensor) => unknown): () => boolean {
  let known: boolean | undefined;
  return () =>
    isNative() && (known ??= !isOnGpu() && succeeds(() => attempt(tf.zeros([1, 2, 2, 1]))));
}

/** Frees tensors that only the result needed. */
export function freeing<T>(tensors: readonly tf.Tensor[], result: T): T {
  tf.dispose(tensors as tf.Tensor[]);
  return result;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    tf.tidy(() => void attempt());
    return true;
  } catch {
    return false;
  }
}

function native(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}
