/** Steps of AdamW on all weights of a network, with their moving averages: in one op, or in plain ones where it is missing. */
import * as tf from "@tensorflow/tfjs";
import { hasOps } from "@/native/pinned.ts";
import { rawOps } from "@/native/raw_op.ts";

/** The weights of a network before a step, each list in the same order. */
export type Weights = Record<"values" | "gradients" | "first" | "second", readonly tf.Tensor[]>;

export interface Step {
  /** The learning rate, corrected for the moments' beginning at 0. */
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** The share of each weight that is taken away before. */
  decays: readonly number[];
}

/** The moving averages of the weights, and of other values. */
export interface Averages {
  /** The share of the averages that is kept, 0 to 1. */
  kept: number;
  values: readonly tf.Tensor[];
  /** The averages of these values. */
  state: readonly tf.Tensor[];
}

/** Weights, moments and averages after a step; the averages are null if they were not taken in. */
export interface Stepped extends Record<"values" | "first" | "second", tf.Tensor[]> {
  averages: tf.Tensor[] | null;
}

/** Takes a step; the averages are taken in where the op is loaded. */
export function stepAdamW(weights: Weights, step: Step, averages: Averages | null): Stepped {
  return hasOps() ? stepAtOnce(weights, step, averages) : stepInSteps(weights, step);
}

/** Takes a step in one op. It asks for {@linkcode hasOps}. */
export function stepAtOnce(
  { values, gradients, first, second }: Weights,
  { rate, beta1, beta2, epsilon, decays }: Step,
  given: Averages | null,
): Stepped {
  const { kept, values: all, state } = given ?? { kept: 0, values, state: values };
  const before = (value: tf.Tensor) => state[all.indexOf(value)]!;
  const others = all.filter((value) => !values.includes(value));
  const settings = tf.tensor1d([rate, beta1, beta2, epsilon, kept, 1 - kept]);
  const shares = tf.tensor1d([...decays]), count = values.length;
  const means = [...values.map(before), ...others, ...others.map(before)];
  const inputs = [...values, ...gradients, ...first, ...second, ...means, settings, shares];
  const attributes = { N: count, M: others.length, averaged: given !== null };
  const made = rawOps("HumanAgeAdamW", inputs, attributes, 4 * count + others.length);
  tf.dispose([settings, shares]);
  const part = (k: number) => made.slice(k * count, (k + 1) * count);
  const order = [...values, ...others], after = made.slice(3 * count);
  const averages = given && all.map((value) => after[order.indexOf(value)]!);
  if (!averages) tf.dispose(after); // empty ones
  return { values: part(0), first: part(1), second: part(2), averages };
}

function stepInSteps(
  { values, gradients, first, second }: Weights,
  { rate, beta1, beta2, epsilon, decays }: Step,
): Stepped {
  const move = (moment: tf.Tensor, value: tf.Tensor, beta: number) => (
    moment.mul(beta).add(value.mul(1 - beta))
  );
  const nextFirst = first.map((moment, k) => move(moment, gradients[k]!, beta1));
  const nextSecond = second.map((moment, k) => move(moment, gradients[k]!.square(), beta2));
  const stepped = values.map((value, k) => {
    const way = nextFirst[k]!.div(nextSecond[k]!.sqrt().add(epsilon)).mul(rate);
    return value.mul(1 - decays[k]!).sub(way);
  });
  return { values: stepped, first: nextFirst, second: nextSecond, averages: null };
}
