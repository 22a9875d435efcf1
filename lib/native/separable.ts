/**
 * Separable convolutions, which small networks are made of, with what follows them in one op. BlazeFace takes half
 * and Face Mesh a third of the time that their ops take one by one: most of those write what the next reads once.
 */
import type * as tf from "@tensorflow/tfjs";
import { allGradients } from "@/native/convolution_2d.ts";
import { rawOp } from "@/native/raw_op.ts";

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
  const inputs = [values, depthwise, middleBias, pointwise, bias, slopes, shortcut];
  return rawOp("HumanAgeSeparable", inputs, { stride, six });
}

/**
 * A depthwise convolution with its bias and ReLU6, padded with zeros, as a step of training needs it: in a third of the
 * time of TensorFlow's ops, and its gradients in a quarter.
 */
export function depthwise(
  values: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
  stride: number,
): tf.Tensor {
  return rawOp("HumanAgeDepthwise", [values, kernel, bias], { stride });
}

/**
 * The gradients of {@linkcode depthwise}.
 *
 * @param results what it returned
 * @param options.first true if the values need none
 */
export function depthwiseGradient(
  values: tf.Tensor,
  kernel: tf.Tensor,
  results: tf.Tensor,
  gradient: tf.Tensor,
  { stride, first }: { stride: number; first: boolean },
): ReturnType<typeof allGradients> {
  const inputs = [values, kernel, results, gradient];
  return allGradients("HumanAgeDepthwiseGradient", inputs, { stride }, first);
}
