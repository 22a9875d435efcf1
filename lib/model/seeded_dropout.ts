/** Dropout whose masks follow from a seed, so that a training can be repeated and resumed. */
import * as tf from "@tensorflow/tfjs";
import { createRandom } from "@/base/random.ts";

export interface SeededDropoutOptions {
  name: string;
  /** Share of the values that are dropped, 0 to 1. */
  rate: number;
  /** Drops single values, or whole feature maps of `[photos, height, width, channels]`. */
  of?: "values" | "maps";
  seed: number;
}

/**
 * Drops a share of its input in training, and scales the rest up to keep the mean; does nothing in
 * prediction.
 *
 * tfjs's own dropout draws without a seed, or with a seed the same mask at each step. Here the mask
 * follows from the seed and the step, and not from the machine or backend. A file saved from a
 * network names tfjs's own layer, so that it opens without this code.
 */
export class SeededDropout extends tf.layers.Layer {
  /** The name in files, which tfjs's own class is registered under; this one is not. */
  static readonly className = "Dropout";

  /** Number of the next step in training; each step adds one. */
  step = 0;

  #options: SeededDropoutOptions;

  constructor(options: SeededDropoutOptions) {
    super({ name: options.name });
    this.#options = options;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean }): tf.Tensor {
    const [input] = Array.isArray(inputs) ? inputs : [inputs];
    return training ? tf.tidy(() => input!.mul(this.nextMask(input!.shape))) : input!;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.#options.rate, noiseShape: this.#noiseShape() };
  }

  /**
   * The factors of the next step: 0 for what is dropped, 1 / (1 - rate) for the rest.
   *
   * @param inputShape the shape of the input; that of the factors is 1 along axes that share one
   */
  nextMask(inputShape: number[]): tf.Tensor {
    const { name, rate, seed } = this.#options;
    const shape = this.#noiseShape()?.map((size, axis) => size ?? inputShape[axis]!) ?? inputShape;
    const random = createRandom(seed, `${name}, step ${this.step++}`);
    const factors = new Float32Array(tf.util.sizeFromShape(shape));
    for (let i = 0; i < factors.length; i++) factors[i] = random() < rate ? 0 : 1 / (1 - rate);
    return tf.tensor(factors, shape);
  }

  /** The shape of the mask as tfjs's own dropout writes it; null stands for the input's size. */
  #noiseShape(): (number | null)[] | null {
    return this.#options.of === "maps" ? [null, 1, 1, null] : null;
  }
}
