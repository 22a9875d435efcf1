/** A moving average of a network's weights, which answers better than the weights of any one step. */
import * as tf from "@tensorflow/tfjs";

/**
 * How much of the average a step keeps: less in the beginning, so that the first weights, which nothing
 * has been learned by, are soon forgotten.
 *
 * @param step number of the step, from 0
 */
export function keptShare(most: number, step: number): number {
  return Math.min(most, (1 + step) / (10 + step));
}

/** The moving average of all weights of a network. */
export class WeightAverage {
  #network: tf.LayersModel;
  #averages: tf.Tensor[];
  /** The number of the step that is being taken, from 0. */
  #step = 0;
  /** True if an optimizer has taken it in. */
  #isTakenIn = false;

  /** @param most how much of the average a step keeps at most, 0 to 1 */
  constructor(network: tf.LayersModel, readonly most: number) {
    this.#network = network;
    this.#averages = network.weights.map((weight) => tf.keep(weight.read().clone()));
  }

  /** Begins a step, from 0. An optimizer may take in the weights after it by itself. */
  begin(step: number): void {
    this.#step = step;
    this.#isTakenIn = false;
  }

  /** The share of the average that the step keeps. */
  get kept(): number {
    return keptShare(this.most, this.#step);
  }

  /** The averaged values: the network's weights. */
  get values(): tf.Tensor[] {
    return this.#network.weights.map((weight) => weight.read());
  }

  /** Takes the averages after the step from an optimizer, in the order of the network's weights. */
  takeIn(averages: tf.Tensor[]): void {
    this.#replace(averages);
    this.#isTakenIn = true;
  }

  /** Takes in the weights after the step, unless an optimizer has done so. */
  end(): void {
    if (this.#isTakenIn) return;
    const { kept } = this, { layers, weights } = this.#network;
    const frozen = layers.filter(({ trainable }) => !trainable).flatMap(({ weights }) => weights);
    this.#replace(weights.map((weight, k) => (
      frozen.includes(weight)
        ? this.#averages[k]!.clone()
        : tf.tidy(() => this.#averages[k]!.mul(kept).add(weight.read().mul(1 - kept)))
    )));
  }

  /** Does something while the averages are the network's weights. */
  async during<T>(body: () => Promise<T>): Promise<T> {
    const { weights } = this.#network, own = weights.map((weight) => weight.read().clone());
    weights.forEach((weight, k) => weight.write(this.#averages[k]!));
    try {
      return await body();
    } finally {
      weights.forEach((weight, k) => weight.write(own[k]!));
      tf.dispose(own);
    }
  }

  /** The averages, in the order of the network's weights; they stay its own. */
  get state(): readonly tf.Tensor[] {
    return this.#averages;
  }

  /** Takes up a state, which stays the caller's. */
  restore(tensors: readonly tf.Tensor[]): void {
    this.#replace(tensors.map((tensor) => tensor.clone()));
  }

  dispose(): void {
    tf.dispose(this.#averages);
  }

  #replace(averages: tf.Tensor[]): void {
    tf.dispose(this.#averages);
    this.#averages = averages.map((tensor) => tf.keep(tensor));
  }
}
