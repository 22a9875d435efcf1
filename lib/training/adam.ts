/** Adam with decoupled weight decay, and with a state that can be saved and restored to the last bit. */
import * as tf from "@tensorflow/tfjs";
import { stepAdamW } from "@/native/adamw.ts";
import type { WeightAverage } from "@/training/weight_average.ts";

/** The decay rates of the first and the second moment, and what keeps a step finite if the second is 0. */
const BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-7;

const { fround } = Math;

export interface AdamOptions {
  /** See {@linkcode decays}; 0 for none. */
  weightDecay?: number;
  /** The average that each step is taken into; nothing else may change the weights in between. */
  average?: WeightAverage | null;
  afterStep?: () => void;
}

/**
 * AdamW as in Keras: epsilon is added to the second moment before it is corrected ("epsilon hat" in the paper), where
 * tfjs adds it after, which matters where gradients are small.
 *
 * Source: D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization" (2015).
 */
export class Adam extends tf.Optimizer {
  /** The name in files, so that they open with tfjs's own optimizer. */
  static readonly className = "Adam";

  /** The first moments of all weights, then the second ones. */
  #moments: tf.Tensor[] = [];
  #powers = [fround(BETA1), fround(BETA2)] as const;

  /** @param learningRate the rate of the next step */
  constructor(public learningRate: number, readonly options: AdamOptions = {}) {
    super();
  }

  override applyGradients(gradients: Parameters<tf.Optimizer["applyGradients"]>[0]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const values = named.map(({ name }) => tf.engine().registeredVariables[name]!);
    tf.tidy(() => this.#step(values, named.map(({ tensor }) => tensor)));
    const [power1, power2] = this.#powers;
    this.#powers = [fround(power1 * fround(BETA1)), fround(power2 * fround(BETA2))];
    this.options.afterStep?.();
  }

  /** Its state: both moments of each weight, and the powers of both decay rates. The caller disposes of it. */
  get state(): tf.Tensor[] {
    const moments = this.#moments.map((tensor) => tensor.clone());
    return [...moments, ...this.#powers.map((power) => tf.scalar(power))];
  }

  /** Restores a state, its tensors in the order of {@linkcode state}; they stay the caller's. */
  restore(tensors: readonly tf.Tensor[]): void {
    this.#keep(tensors.slice(0, -2).map((tensor) => tensor.clone()));
    const [power1, power2] = tensors.slice(-2).map((power) => power.dataSync()[0]!);
    this.#powers = [power1!, power2!];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate } = this;
    return { learningRate, beta1: BETA1, beta2: BETA2, epsilon: EPSILON };
  }

  override dispose(): void {
    this.#keep([]);
    super.dispose();
  }

  #step(values: tf.Variable[], gradients: tf.Tensor[]): void {
    const { weightDecay = 0, average = null } = this.options,
      share = this.learningRate * weightDecay;
    const moments = this.#moments.length > 0
      ? this.#moments
      : [...values, ...values].map((value) => tf.zerosLike(value));
    const first = moments.slice(0, values.length), second = moments.slice(values.length);
    const stepped = stepAdamW({ values, gradients, first, second }, {
      ...{ rate: this.#rate(), beta1: BETA1, beta2: BETA2, epsilon: EPSILON },
      decays: values.map((value) => decays(value) ? share : 0),
    }, average);
    values.forEach((value, k) => value.assign(stepped.values[k]! as tf.Variable));
    this.#keep([...stepped.first, ...stepped.second]);
    if (stepped.averages) average!.takeIn(stepped.averages);
  }

  /** The learning rate, corrected for the moments' beginning at 0; rounded as TensorFlow's Adam rounds it. */
  #rate(): number {
    const [power1, power2] = this.#powers, root = fround(Math.sqrt(fround(1 - power2)));
    return fround(fround(fround(this.learningRate) * root) / fround(1 - power1));
  }

  #keep(moments: readonly tf.Tensor[]): void {
    tf.dispose(this.#moments);
    this.#moments = moments.map((tensor) => tf.keep(tensor));
  }
}

/**
 * Tells whether weight decay takes some of a weight away in each step, the learning rate times the decay: kernels
 * only, not biases and what scales and shifts. The gradient, and with it the moments, know nothing of it.
 *
 * Source: I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization" (2019).
 */
function decays({ rank }: { rank: number }): boolean {
  return rank >= 2;
}
