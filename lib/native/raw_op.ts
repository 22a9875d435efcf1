/**
 * Ops of the native TensorFlow library that tfjs has no function for. This module loads nothing:
 * `@/native/tensorflow.ts` loads the library.
 */
import * as tf from "@tensorflow/tfjs";

export type AttributeKind = "TYPE" | "INT" | "FLOAT" | "BOOL" | "STRING" | "SHAPE";

/** TensorFlow's numbers for types, as raw ops name them: `TF_FLOAT`, `TF_INT32` and `TF_UINT8` in its C interface. */
export const DTYPE = { float32: 1, int32: 3, uint8: 4 } as const;

/** The attributes of a raw TensorFlow op, by their names: a kind and a value; flags, whole numbers and texts need no kind. */
export type Attributes = Record<string, boolean | number | string | [AttributeKind, unknown]>;

const KINDS: Record<string, AttributeKind> = { boolean: "BOOL", number: "INT", string: "STRING" };

/** The inputs of a raw TensorFlow op; for one that is left out, the project's ops get a tensor without elements. */
export type Inputs = readonly (tf.Tensor | null | undefined)[];

/** The attribute of ops on float32. */
export const T: Attributes = { T: ["TYPE", DTYPE.float32] };

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
export function isNative(): boolean {
  return tf.getBackend() === "tensorflow";
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
export function rawOp(name: string, inputs: Inputs, attributes: Attributes = {}): tf.Tensor {
  return rawOps(name, inputs, attributes, 1)[0]!;
}

/**
 * Runs one op of the native library that has several results, or none.
 *
 * @throws {Error} with TensorFlow's message if the op refuses its inputs
 */
export function rawOps(
  name: string,
  inputs: Inputs,
  attributes: Attributes,
  outputs: number,
): tf.Tensor[] {
  const { binding } = native();
  const list = Object.entries(attributes).map(([name, attribute]) => {
    const [kind, value] = Array.isArray(attribute)
      ? attribute
      : [KINDS[typeof attribute], attribute];
    return { name, type: binding[`TF_ATTR_${kind}`], value };
  });
  const all = inputs.map((input) => input ?? none());
  return native().executeMultipleOutputs(name, list, all, outputs);
}

/** Stands for an input that is left out; made once, since making one takes longer than a small convolution. */
let empty: tf.Tensor | undefined;

function none(): tf.Tensor {
  return empty ??= tf.keep(tf.tensor1d([]));
}

/** Frees tensors that only the result needed. */
export function freeing<T>(tensors: readonly tf.Tensor[], result: T): T {
  tf.dispose(tensors as tf.Tensor[]);
  return result;
}

function native(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}
