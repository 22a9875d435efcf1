/** AdamW with one op for all weights and their moving averages, for the native library. */
import * as tf from "@tensorflow/tfjs";
import { type Averages, stepAtOnce, type Weights } from "@/native/adamw.ts";
import { BETA1, BETA2, decays, EPSILON, type Resumable } from "@/training/adam.ts";
import type { WeightAverage } from "@/training/weight_average.ts";

/**
 * Takes the same steps as `FusedAdam`, to the last bit, and those of {@linkcode WeightAverage}: one op in place of
 * some eight a weight. Nothing may change the weights between a step and its average, as max-norm would.
 */
export class AdamW extends tf.Optimizer implements Resumable {
  /** The name in files, so that they open with tfjs's own optimizer. */
  static readonly className = "Adam";

  /** The average that each step is taken into. */
  average: WeightAverage | null = null;

  /** The first moments of all weights, then the second ones. */
  #moments: tf.Tensor[] = [];
  #powers: [number, number] = [Math.fround(BETA1), Math.fround(BETA2)];

  constructor(public learningRate: number, readonly weightDecay = 0) {
    super();
  }

  override applyGradients(gradients: Parameters<tf.Optimizer["applyGradients"]>[0]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const values = named.map(({ name }) => tf.engine().registeredVariables[name]!);
    tf.tidy(() => this.#step(values, named.map(({ tensor }) => tensor)));
    this.#powers = [
      Math.fround(this.#powers[0] * Math.fround(BETA1)),
      Math.fround(this.#powers[1] * Math.fround(BETA2)),
    ];
  }

  /** Its state, like that of `Adam`; the caller disposes of it. */
  get state(): tf.Tensor[] {
    const moments = this.#moments.map((tensor) => tensor.clone());
    return [...moments, ...this.#powers.map((power) => tf.scalar(power))];
  }

  /** Restores a state, its tensors in the order of {@linkcode state}; they stay the caller's. */
  restore(tensors: readonly tf.Tensor[]): void {
    this.#keep(tensors.slice(0, -2).map((tensor) => tensor.clone()));
    this.#powers = tensors.slice(-2).map((power) => power.dataSync()[0]!) as [number, number];
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
    const count = values.length, own = this.average?.values ?? [];
    const moments = this.#moments.length > 0 ? this.#moments : [...values, ...values].map(zeros);
    const share = this.learningRate * this.weightDecay;
    const weights: Weights = {
      ...{ values, gradients },
      ...{ first: moments.slice(0, count), second: moments.slice(count) },
    };
    const places = values.map((value) => own.indexOf(value));
    const others = own.map((_, k) => k).filter((k) => !places.includes(k));
    const stepped = stepAtOnce(weights, {
      ...{ rate: this.#rate(), beta1: BETA1, beta2: BETA2, epsilon: EPSILON },
      decays: values.map((value) => decays(value) ? share : 0),
    }, this.average && averagesOf(this.average, places, others));
    values.forEach((value, k) => value.assign(stepped.weights.values[k]!));
    this.#keep([...stepped.weights.first, ...stepped.weights.second]);
    if (!stepped.averages) return;
    const averages: tf.Tensor[] = [];
    places.forEach((place, k) => averages[place] = stepped.averages!.weights[k]!);
    others.forEach((place, k) => averages[place] = stepped.averages!.others[k]!);
    this.average!.takeIn(averages);
  }

  /** The learning rate, corrected for the moments' beginning at 0; rounded as TensorFlow's Adam rounds it. */
  #rate(): number {
    const [power1, power2] = this.#powers, { fround } = Math;
    const root = fround(Math.sqrt(fround(1 - power2)));
    return fround(fround(fround(this.learningRate) * root) / fround(1 - power1));
  }

  #keep(moments: readonly tf.Tensor[]): void {
    tf.dispose(this.#moments);
    this.#moments = moments.map((tensor) => tf.keep(tensor));
  }
}

function zeros(tensor: tf.Tensor): tf.Tensor {
  return tf.zerosLike(tensor);
}

/** The averages of the weights at these places, and of the others. */
function averagesOf(
  { kept, state, values }: WeightAverage,
  places: readonly number[],
  others: readonly number[],
): Averages {
  return {
    kept,
    weights: places.map((place) => state[place]!),
    others: {
      values: others.map((place) => values[place]!),
      averages: others.map((place) => state[place]!),
    },
  };
}
