/** Batch normalisation folded into the convolution before it, for inference. */
import * as tf from "@tensorflow/tfjs";
import { EPSILON, type NormWeights } from "@/native/batch_norm.ts";
import { onDispose } from "@/model/network.ts";

/** A convolution's weights that normalise as well. */
export interface FoldedWeights {
  /** In the shape of the kernel. */
  kernel: tf.Tensor;
  /** `[filters]`. */
  bias: tf.Tensor;
}

interface Known extends FoldedWeights {
  /** The data of the weights that it was computed from. */
  from: readonly tf.DataId[];
}

/** By the variable of the kernel. */
const known = new WeakMap<tf.Variable, Known>();

/**
 * The weights of a convolution without bias that give what it and the normalisation after it give, by the
 * moving averages. They are kept until one of the weights changes or the network is disposed of, and stay
 * this module's.
 *
 * @param kernel `[size, size, channels, filters]`
 */
export function foldedWeights(
  network: tf.LayersModel,
  kernel: tf.Variable,
  weights: NormWeights,
): FoldedWeights {
  const before = known.get(kernel);
  const from = [kernel, ...Object.values(weights)].map(({ dataId }) => dataId);
  if (before?.from.every((id, k) => id === from[k])) return before;
  if (before) forget(kernel);
  else onDispose(network, () => forget(kernel));
  const folded = { ...fold(kernel, weights), from };
  known.set(kernel, folded);
  return folded;
}

function forget(kernel: tf.Variable): void {
  const { kernel: own, bias } = known.get(kernel)!;
  tf.dispose([own, bias]);
  known.delete(kernel);
}

function fold(kernel: tf.Tensor, { scale, shift, mean, variance }: NormWeights): FoldedWeights {
  return tf.tidy(() => {
    const factors = scale.div(variance.add(EPSILON).sqrt());
    return {
      kernel: tf.keep(kernel.mul(factors)),
      bias: tf.keep(shift.sub(mean.mul(factors))),
    };
  });
}
