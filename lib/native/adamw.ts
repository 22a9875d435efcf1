/** A step of AdamW on all weights of a network in one op, with the moving averages of the weights. */
import * as tf from "@tensorflow/tfjs";
import { rawOps, works } from "@/native/raw_op.ts";

/** The weights of a network before a step, each list in the same order. */
export interface Weights {
  values: readonly tf.Tensor[];
  gradients: readonly tf.Tensor[];
  first: readonly tf.Tensor[];
  second: readonly tf.Tensor[];
}

export type NewWeights = Omit<Record<keyof Weights, tf.Tensor[]>, "gradients">;

export interface Step {
  /** The learning rate, corrected for the moments' beginning at 0. */
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** The share of each weight that is taken away before. */
  decays: readonly number[];
}

/** The moving averages of the weights, and of other values, with these. */
export interface Averages {
  /** The share of the averages that is kept, 0 to 1. */
  kept: number;
  weights: readonly tf.Tensor[];
  others: { values: readonly tf.Tensor[]; averages: readonly tf.Tensor[] };
}

export interface NewAverages {
  weights: tf.Tensor[];
  others: tf.Tensor[];
}

/** True if the op of `adamw.cc` is loaded. */
export const hasAdamW = works(() => {
  const one = [tf.ones([1])], weights = { values: one, gradients: one, first: one, second: one };
  stepAtOnce(weights, { rate: 1, beta1: 0, beta2: 0, epsilon: 1, decays: [0] }, null);
});

/** Takes a step. It asks for {@linkcode hasAdamW}. */
export function stepAtOnce(
  { values, gradients, first, second }: Weights,
  { rate, beta1, beta2, epsilon, decays }: Step,
  averages: Averages | null,
): { weights: NewWeights; averages: NewAverages | null } {
  const { kept = 0, weights = values, others = { values: [], averages: [] } } = averages ?? {};
  const settings = tf.tensor1d([rate, beta1, beta2, epsilon, kept, 1 - kept]);
  const shares = tf.tensor1d([...decays]), count = values.length, more = others.values.length;
  const all = [values, gradients, first, second, weights, others.values, others.averages].flat();
  const made = rawOps("HumanAgeAdamW", [...all, settings, shares], {
    N: ["INT", count],
    M: ["INT", more],
    averaged: ["BOOL", averages !== null],
  }, 4 * count + more);
  tf.dispose([settings, shares]);
  const part = (k: number) => made.slice(k * count, (k + 1) * count);
  const stepped = { values: part(0), first: part(1), second: part(2) };
  if (averages) {
    return { weights: stepped, averages: { weights: part(3), others: made.slice(4 * count) } };
  }
  tf.dispose(part(3)); // empty ones
  return { weights: stepped, averages: null };
}
