/** The Adam optimizer, with a state that can be saved and restored to the last bit. */
import * as tf from "@tensorflow/tfjs";

/** An optimizer whose state can be saved and restored. */
export interface Resumable {
  /** The rate of the next step. */
  learningRate: number;
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
  declare learningRate: number;
  #afterStep: () => void;

  /** @param weightDecay see {@linkcode decays} */
  constructor(
    learningRate: number,
    afterStep: () => void = () => {},
    readonly weightDecay = 0,
  ) {
    super(learningRate, BETA1, BETA2);
    this.#afterStep = afterStep;
  }

  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    const inner = this.#inner;
    inner.epsilon = EPSILON / Math.sqrt(1 - inner.accBeta2.dataSync()[0]!);
    if (this.weightDecay) this.#decay(namesOf(gradients));
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

  #decay(names: readonly string[]): void {
    const kept = 1 - this.learningRate * this.weightDecay;
    const weights = names.map((name) => tf.engine().registeredVariables[name]!);
    weights.filter(decays).forEach((weight) => tf.tidy(() => weight.assign(weight.mul(kept))));
  }

  get #inner(): Inner {
    return this as unknown as Inner;
  }
}

/**
 * Tells whether weight decay takes some of a weight away in each step, the learning rate times the decay: kernels
 * only, not biases and what scales and shifts. (AdamW: the gradient, and with it the moments, know nothing
 * of it.)
 *
 * Source: I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization" (2019).
 */
export function decays({ rank }: { rank: number }): boolean {
  return rank >= 2;
}

function namesOf(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): string[] {
  return Array.isArray(gradients) ? gradients.map(({ name }) => name) : Object.keys(gradients);
}
