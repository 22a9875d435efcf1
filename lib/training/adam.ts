/**
 * The Adam optimizer, with a state that can be saved and restored to the last bit.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";

/** An optimizer whose state can be saved and restored. */
export interface Resumable {
  readonly state: tf.Tensor[];
  restore(tensors: readonly tf.Tensor[]): void;
}

/** The decay rates of the first and the second moment. */
export const BETA1 = 0.9, BETA2 = 0.999;

/** Keeps a step finite if the second moment is 0. */
export const EPSILON = 1e-7;

/** The fields that are the state of tfjs's Adam; its own getWeights() leaves out the last two. */
interface Inner {
  accumulatedFirstMoment: { originalName: string; variable: tf.Variable }[];
  accumulatedSecondMoment: { originalName: string; variable: tf.Variable }[];
  accBeta1: tf.Variable;
  accBeta2: tf.Variable;
  epsilon: number;
}

/**
 * Adam as in Keras, with a function that is called after each step.
 *
 * tfjs adds epsilon to the corrected second moment, Keras to the raw one ("epsilon hat" in the paper), which
 * matters where gradients are small. Epsilon is scaled so that both give the same.
 *
 * Source: D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization" (2015).
 */
export class Adam extends tf.AdamOptimizer implements Resumable {
  #afterStep: () => void;

  constructor(learningRate: number, afterStep: () => void = () => {}) {
    super(learningRate, BETA1, BETA2);
    this.#afterStep = afterStep;
  }

  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    const inner = this.#inner;
    inner.epsilon = EPSILON / Math.sqrt(1 - inner.accBeta2.dataSync()[0]!);
    super.applyGradients(gradients);
    this.#afterStep();
  }

  /**
   * Its state: both moments of each weight, and the powers of both decay rates. The caller disposes of it.
   */
  get state(): tf.Tensor[] {
    const { accumulatedFirstMoment, accumulatedSecondMoment, accBeta1, accBeta2 } = this.#inner;
    const moments = [...accumulatedFirstMoment, ...accumulatedSecondMoment];
    return [...moments.map(({ variable }) => variable), accBeta1, accBeta2].map((t) => t.clone());
  }

  /** Restores a state, its tensors in the order of {@linkcode state}; they stay the caller's. */
  restore(tensors: readonly tf.Tensor[]): void {
    const [moments, [beta1, beta2]] = [tensors.slice(0, -2), tensors.slice(-2)];
    const kept = moments.map((tensor, k) => ({
      originalName: `moment ${k}`,
      variable: tf.variable(tensor, false),
    }));
    const inner = this.#inner;
    inner.accumulatedFirstMoment = kept.slice(0, kept.length / 2);
    inner.accumulatedSecondMoment = kept.slice(kept.length / 2);
    inner.accBeta1.assign(beta1!);
    inner.accBeta2.assign(beta2!);
  }

  get #inner(): Inner {
    return this as unknown as Inner;
  }
}
