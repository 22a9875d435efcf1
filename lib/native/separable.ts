/**
 * Separable convolutions, which small networks are made of, with what follows them in one op. BlazeFace takes half
 * and Face Mesh a third of the time that their ops take one by one: most of those write what the next reads once.
 */
import * as tf from "@tensorflow/tfjs";
import { rawOp, works } from "@/native/raw_op.ts";

/** A depthwise convolution, 3x3, padded with zeros, and the 1x1 convolution after it. */
export interface SeparableWeights {
  /** `[3, 3, channels, 1]`. */
  depthwise: tf.Tensor;
  /** `[channels]`, added between the two, with ReLU6 after it; null for neither. */
  middleBias: tf.Tensor | null;
  /** `[1, 1, channels, filters]`. */
  pointwise: tf.Tensor;
  /** `[filters]`. */
  bias: tf.Tensor;
  /** Factors of values below 0 at the end, `[filters]`: zeros are ReLU, ones nothing. */
  slopes: tf.Tensor;
}

export interface SeparableOptions {
  stride: number;
  /** Added before the rectifier, of the result's shape but for channels it lacks at the end; null for nothing. */
  shortcut: tf.Tensor | null;
  /** True if values end at 6, after either convolution. */
  six: boolean;
}

/**
 * Runs a separable convolution and its epilogue, channels and filters being multiples of 8.
 *
 * @throws {Error} if sizes do not fit together
 */
export function convolveSeparably(
  values: tf.Tensor,
  { depthwise, middleBias, pointwise, bias, slopes }: SeparableWeights,
  { stride, shortcut, six }: SeparableOptions,
): tf.Tensor {
  const inputs = [values, depthwise, middleBias ?? none(), pointwise, bias, slopes];
  return rawOp("HumanAgeSeparable", [...inputs, shortcut ?? none()], {
    stride: ["INT", stride],
    six: ["BOOL", six],
  });
}

/** Stands for a tensor that is left out; made once, since making one takes longer than a small convolution. */
let empty: tf.Tensor | undefined;

function none(): tf.Tensor {
  return empty ??= tf.keep(tf.tensor1d([]));
}

/** True if the op is loaded, and works on this processor. */
export const hasSeparable: () => boolean = works(() => {
  const bias = tf.zeros([8]), weights = { middleBias: null, bias, slopes: bias };
  const kernels = { depthwise: tf.zeros([3, 3, 8, 1]), pointwise: tf.zeros([1, 1, 8, 8]) };
  const options = { stride: 1, shortcut: null, six: false };
  convolveSeparably(tf.zeros([1, 2, 2, 8]), { ...weights, ...kernels }, options);
});
