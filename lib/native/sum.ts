/** Sums in an order that depends on the sizes alone, and whether numbers are finite. */
import * as tf from "@tensorflow/tfjs";
import { hasOps } from "@/native/pinned.ts";
import { rawOp } from "@/native/raw_op.ts";

/** The gradient of a bias: the sum over all axes but the last. */
export function biasGradient(gradient: tf.Tensor): tf.Tensor {
  return sumPinned(gradient, gradient.shape.slice(0, -1).map((_, axis) => axis));
}

/**
 * Sums float32 values along axes, added as float64. It asks for `hasOps()`.
 *
 * @param axes in their order; if they do not follow each other, they are moved to the end first
 * @param keepDims whether the axes stay in the result, with a size of 1
 */
export function sumPinned(
  values: tf.Tensor,
  axes: readonly number[],
  keepDims = false,
): tf.Tensor {
  const first = axes[0] ?? 0, isRun = axes.every((axis, k) => axis === first + k);
  if (isRun) return sumRun(values, first, axes.length, keepDims);
  return tf.tidy(() => {
    const kept = values.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const sums = sumRun(values.transpose([...kept, ...axes]), kept.length, axes.length, false);
    const ones = values.shape.map((size, axis) => axes.includes(axis) ? 1 : size);
    return keepDims ? sums.reshape(ones) : sums;
  });
}

/** Sums along so many axes from one on. */
function sumRun(values: tf.Tensor, first: number, axes: number, keep: boolean): tf.Tensor {
  return rawOp("HumanAgeSum", [values], { first, axes, keep });
}

/**
 * NaN if one of the weights is NaN or infinite, else 0; a scalar. All weights count: ReLU, which the ops
 * include, turns NaN into 0, so that the loss alone would not show it.
 */
export function nanOf(weights: readonly tf.Tensor[]): tf.Tensor {
  if (hasOps()) return rawOp("HumanAgeNanOf", weights, { N: weights.length });
  return tf.tidy(() => tf.addN([tf.scalar(0), ...weights.map((weight) => weight.sum())]).mul(0));
}
