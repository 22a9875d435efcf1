/** Sums in an order that depends on the sizes alone, and whether numbers are finite. */
import * as tf from "@tensorflow/tfjs";
import { hasOps } from "@/native/pinned.ts";
import { rawOp } from "@/native/raw_op.ts";

/** The gradient of a bias: the sum over all axes but the last. */
export function biasGradient(gradient: tf.Tensor): tf.Tensor {
  return sumPinned(gradient, gradient.shape.slice(0, -1).map((_, axis) => axis));
}

/**
 * Sums float32 values along axes, added as float64; the axes are gone from the result. It asks for
 * `hasOps()`.
 *
 * @param axes in their order; others are moved behind them first
 */
export function sumPinned(values: tf.Tensor, axes: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const kept = values.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const first = axes[0] ?? 0, isRun = axes.every((axis, k) => axis === first + k);
    const before = isRun ? kept.filter((axis) => axis < first) : kept;
    const ordered = isRun ? values : values.transpose([...kept, ...axes]);
    const size = (axes: readonly number[]) =>
      axes.reduce((product, axis) => product * values.shape[axis]!, 1);
    const outer = size(before), count = size(axes), inner = size(kept) / Math.max(outer, 1);
    const sums = rawOp("HumanAgeSum", [ordered.reshape([outer, count, inner])], {});
    return sums.reshape(kept.map((axis) => values.shape[axis]!));
  });
}

/**
 * NaN if one of the weights is NaN or infinite, else 0; a scalar. All weights count: ReLU, which the ops
 * include, turns NaN into 0, so that the loss alone would not show it.
 */
export function nanOf(weights: readonly tf.Tensor[]): tf.Tensor {
  if (hasOps()) return rawOp("HumanAgeNanOf", [...weights], { N: ["INT", weights.length] });
  return tf.tidy(() => tf.addN([tf.scalar(0), ...weights.map((weight) => weight.sum())]).mul(0));
}
