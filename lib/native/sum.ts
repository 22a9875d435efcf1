/** Sums in an order that depends on the sizes alone. */
import * as tf from "@tensorflow/tfjs";
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
