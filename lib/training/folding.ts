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

/** By network, and by the number of the kernel's variable. */
const known = new WeakMap<tf.LayersModel, Map<number, Known>>();

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
  const all = foldedOf(network), before = all.get(kernel.id);
  const from = [kernel, ...Object.values(weights)].map(({ dataId }) => dataId);
  if (before && before.from.every((id, k) => id === from[k])) return before;
  if (before) tf.dispose([before.kernel, before.bias]);
  const folded = { ...fold(kernel, weights), from };
  all.set(kernel.id, folded);
  return folded;
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

function foldedOf(network: tf.LayersModel): Map<number, Known> {
  const before = known.get(network);
  if (before) return before;
  const all = new Map<number, Known>();
  known.set(network, all);
  onDispose(network, () => {
    all.forEach(({ kernel, bias }) => tf.dispose([kernel, bias]));
    known.delete(network);
  });
  return all;
}
