/** The loss of photos against targets that are distributions, over groups or over years. */
import * as tf from "@tensorflow/tfjs";
import { groupMembership } from "@/model/network.ts";
import type { Targets } from "@/model/recipe.ts";

/** What is added to the probabilities of groups. */
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
    const groups = positiveGroups(logits.softmax()), wanted = toGroups(expected);
    return own.mul(targets.yearsWeight).add(entropies(groups.log(), wanted));
  });
}

/**
 * The weighted mean of {@linkcode crossEntropies} with its gradient, to the same bits as differentiated by tfjs, in a
 * third of the ops, whose calls cost more than their arithmetic.
 *
 * @param weights of each photo, `[photos]`
 * @returns the loss as `value`, its gradient for the logits as `grad`; of a photo's `scores`, the greatest is its group's
 */
export function weightedLoss(
  targets: Targets,
  logits: tf.Tensor2D,
  expected: tf.Tensor2D,
  weights: tf.Tensor,
) {
  return tf.tidy(() => {
    const shifted = logits.sub(logits.max(1, true)), powers = shifted.exp();
    const total = powers.sum(1, true), logs = shifted.sub(total.log());
    const each = weights.mul(Math.fround(1 / weights.size)), own = entropies(logs, expected);
    const factor = targets.kind === "years" ? targets.yearsWeight : 1;
    const grad = throughLogs(column(each.mul(factor)).mul(expected), logs.exp());
    if (targets.kind !== "years") return { value: own.mul(weights).mean(), grad, scores: logits };
    const years = powers.div<tf.Tensor2D>(total), groups = positiveGroups(years);
    const wanted = toGroups(expected), scores = groups.log();
    const losses = own.mul(factor).add(entropies(scores, wanted));
    const ofGroups = column(each).mul(wanted).div(groups);
    const ofYears = tf.matMul(ofGroups, groupMembership(), false, true).mul(years);
    return {
      ...{ value: losses.mul(weights).mean(), scores },
      grad: grad.add<tf.Tensor2D>(throughLogs(ofYears, years)),
    };
  });
}

const column = (values: tf.Tensor) => values.neg().expandDims(1);

/** Goes back through a softmax or its logarithm, given its probabilities. */
function throughLogs(gradient: tf.Tensor, probabilities: tf.Tensor): tf.Tensor2D {
  return gradient.sub(gradient.sum(1, true).mul(probabilities));
}

/** Sums distributions over years up by group: `[photos, 101]` to `[photos, 5]`. */
export function toGroups(years: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => years.matMul(groupMembership()) as tf.Tensor2D);
}

/** The same, never 0, so that logarithms are finite. */
export function positiveGroups(years: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => toGroups(years).add(LEAST));
}

function entropies(logs: tf.Tensor, expected: tf.Tensor): tf.Tensor1D {
  return logs.mul(expected).sum<tf.Tensor1D>(1).neg();
}
