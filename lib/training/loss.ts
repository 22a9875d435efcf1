/** The loss of photos against targets that are distributions, over groups or over years. */
import * as tf from "@tensorflow/tfjs";
import { groupMembership } from "@/model/network.ts";
import type { Targets } from "@/model/recipe.ts";

/** Keeps the logarithm of a probability that has become 0 finite. */
const LEAST = 1e-7;

/**
 * The cross-entropy of each photo, `[photos]`. Where the targets are years, it is that of the groups, which
 * are sums of years, and so much of that of the years as the targets say.
 *
 * @param logits `[photos, groups]` or `[photos, years]`
 * @param expected the target of each photo, in the shape of the logits
 */
export function crossEntropies(
  targets: Targets,
  logits: tf.Tensor2D,
  expected: tf.Tensor2D,
): tf.Tensor1D {
  return tf.tidy(() => {
    const own = entropies(logits.logSoftmax(), expected);
    if (targets.kind !== "years") return own;
    const groups = toGroups(logits.softmax()), wanted = toGroups(expected);
    return own.mul(targets.yearsWeight).add(entropies(groups.add(LEAST).log(), wanted));
  });
}

/** Sums distributions over years up by group: `[photos, 101]` to `[photos, 5]`. */
export function toGroups(years: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => years.matMul(groupMembership()) as tf.Tensor2D);
}

function entropies(logs: tf.Tensor, expected: tf.Tensor): tf.Tensor1D {
  return logs.mul(expected).sum<tf.Tensor1D>(1).neg();
}
