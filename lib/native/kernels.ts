/**
 * Kernels of the native TensorFlow library for a step of training: single ops where tfjs composes many. Their
 * times were measured on 2 cores with 64 photos: pooling on 256x256x16, the output of model IV's first
 * convolution at 256 pixels, the others on 128x128x16, the output of its pooling.
 *
 * All take and return float32; a gradient takes what its forward kernel took and returned. They ask for
 * `hasOps()`, but for those on any backend. The caller owns what they return.
 */
import * as tf from "@tensorflow/tfjs";
import { convolve } from "@/native/convolution.ts";
import { allGradients } from "@/native/convolution_2d.ts";
import type { Epilogue } from "@/native/epilogue.ts";
import { type Attributes, DTYPE, freeing, isNative, rawOp, rawOps, T } from "@/native/raw_op.ts";

/**
 * Divides bytes by 255, on any backend, to the very numbers of `normalize()`. The native library casts the
 * bytes itself: 64 photos of 256 pixels take 9 ms in place of 17.
 */
export function normalizeBytes(bytes: Uint8Array): tf.Tensor1D {
  const isWhole = bytes.length % 4 === 0; // tfjs hands bytes over by four, as int32
  const cast = isWhole && isNative() ? castBytes : copyBytes;
  return tf.tidy(() => cast(bytes).div(255).flatten());
}

function castBytes(bytes: Uint8Array): tf.Tensor {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const types: Attributes = { T: ["TYPE", DTYPE.int32], type: ["TYPE", DTYPE.uint8] };
  const raw = rawOp("Bitcast", [tf.tensor1d(words, "int32")], types);
  return rawOp("Cast", [raw], { SrcT: ["TYPE", DTYPE.uint8], DstT: T.T! });
}

function copyBytes(bytes: Uint8Array): tf.Tensor {
  return tf.tensor1d(Float32Array.from(bytes));
}

/**
 * Tells whether the op takes such a kernel: a multiple of 16 filters, on the three colours of photos or on a multiple
 * of 16 channels.
 */
export function isPooledAtOnce({ shape }: tf.Tensor, first: boolean): boolean {
  const [, , channels, filters] = shape as [number, number, number, number];
  return filters % 16 === 0 && ((first && channels === 3) || channels % 16 === 0);
}

/**
 * Convolution, its epilogue and max pooling, 2x2 with strides of 2, for kernels that are {@linkcode isPooledAtOnce}.
 *
 * Up to 16 channels, only the pooled values are written: the first convolution and its pooling take 16 ms instead of
 * 34. With more channels, a convolution that writes all values is faster.
 */
export function convolvePooled(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  padding: "same" | "valid",
  epilogue: Epilogue,
): Pooled {
  const { bias, relu } = epilogue;
  if (kernel.shape[2]! > 16) {
    const values = convolve(photos, kernel, { padding, stride: 1 }, epilogue);
    return freeing([values], maxPool(values, relu));
  }
  const [out, argmax] = tf.tidy(() => {
    const inputs = [photos, kernel, bias ?? tf.zeros([kernel.shape[3]!])];
    return rawOps("HumanAgeConvolve", inputs, { same: padding === "same", relu }, 2);
  });
  return { out: out!, argmax: argmax! };
}

/**
 * The gradients of {@linkcode convolvePooled}, from its argmax alone. Only one of four sums has a gradient, so this is
 * a quarter of the work of a plain convolution's gradient, and the values before pooling are neither saved nor written.
 * Model IV's five convolutions at 96 pixels take 9 ms instead of 15.5, model I's 79 instead of 122.
 *
 * @param first whether the input is the photos, which need no gradient
 */
export function convolvePooledGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  argmax: tf.Tensor,
  gradient: tf.Tensor,
  padding: "same" | "valid",
  first: boolean,
) {
  const inputs = [photos, kernel, gradient, argmax], same = padding === "same";
  return allGradients("HumanAgeConvolveGradient", inputs, { same }, first);
}

export interface Pooled {
  out: tf.Tensor;
  /** The place of the greatest of four values, 0 to 3, or 4 for none. */
  argmax: tf.Tensor;
}

/**
 * Max pooling, 2x2 with strides of 2.
 *
 * TensorFlow's pair of ops takes 33 ms and, for the gradient, 235; oneDNN's takes 13 and 18. The pair in
 * `pooling.cc` gives the same bits. It saves the argmax, and its gradient takes 9 ms, which include the
 * gradients of ReLU (else 7 ms) and of the bias (else 2 ms).
 *
 * @param relu whether ReLU came before: then there is no gradient where 0 is the greatest
 */
export function maxPool(values: tf.Tensor, relu: boolean): Pooled {
  const [out, argmax] = rawOps("HumanAgeMaxPool", [values], { relu }, 2);
  return { out: out!, argmax: argmax! };
}

/**
 * The gradients of {@linkcode maxPool}, and of the ReLU and bias before it, if there are any.
 *
 * @param shape that of the values
 */
export function maxPoolGradient(shape: number[], argmax: tf.Tensor, gradient: tf.Tensor) {
  const size = { rows: shape[1]!, columns: shape[2]! };
  const [gradInput, gradBias] = rawOps("HumanAgeMaxPoolGradient", [gradient, argmax], size, 2);
  return { gradInput: gradInput!, gradBias: gradBias! };
}

/**
 * The cross-entropy of each photo, `[n]`, and its gradient with respect to the logits, `[n, groups]`. One op
 * in place of softmax, logarithm and their gradients, and exact where a probability is close to 0.
 */
export function crossEntropy(
  logits: tf.Tensor,
  groups: tf.Tensor,
): [entropies: tf.Tensor, gradient: tf.Tensor] {
  const attributes: Attributes = { ...T, Tlabels: ["TYPE", DTYPE.int32] };
  const made = rawOps("SparseSoftmaxCrossEntropyWithLogits", [logits, groups], attributes, 2);
  return made as [tf.Tensor, tf.Tensor];
}
