/** Adam with one op a weight, for the native library. */
import * as tf from "@tensorflow/tfjs";
import { BETA1, BETA2, decays, EPSILON, type Resumable } from "@/training/adam.ts";
import {
  applyAdam,
  applyDecay,
  closeVariable,
  openVariable,
  readVariable,
  writeVariable,
} from "@/native/variable.ts";

/** The handles of a weight and its moments, variables of the native library. */
interface Slot {
  weight: tf.Tensor;
  moments: [first: tf.Tensor, second: tf.Tensor];
  /** The data of tfjs's variable after the last step; while it is unchanged, both weights are equal. */
  known?: tf.DataId;
}

/**
 * Takes the same steps as `Adam`, except for rounding, in place, with the library's op `ResourceApplyAdam`: two
 * ops a weight instead of some fifteen.
 */
export class FusedAdam extends tf.Optimizer implements Resumable {
  /** The name in files, so that they open with tfjs's own optimizer. */
  static readonly className = "Adam";

  #slots = new Map<string, Slot>();
  /** Restored moments, of weights not seen yet. */
  #taken: tf.Tensor[] = [];
  #powers: [number, number] = [Math.fround(BETA1), Math.fround(BETA2)];

  constructor(
    public learningRate: number,
    readonly afterStep: () => void = () => {},
    readonly weightDecay = 0,
  ) {
    super();
  }

  override applyGradients(gradients: Parameters<tf.Optimizer["applyGradients"]>[0]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    tf.tidy(() => {
      const settings = this.#settings();
      named.forEach(({ name, tensor }, place) => this.#apply(name, place, tensor, settings));
    });
    this.#powers = [
      Math.fround(this.#powers[0] * Math.fround(BETA1)),
      Math.fround(this.#powers[1] * Math.fround(BETA2)),
    ];
    this.afterStep();
  }

  /** Its state, like that of `Adam`; the caller disposes of it. */
  get state(): tf.Tensor[] {
    const slots = [...this.#slots.values()];
    const moments = [0, 1].flatMap((k) => slots.map(({ moments }) => readVariable(moments[k]!)));
    return [...moments, ...this.#powers.map((power) => tf.scalar(power))];
  }

  /** Restores a state, its tensors in the order of {@linkcode state}; they stay the caller's. */
  restore(tensors: readonly tf.Tensor[]): void {
    this.#dispose();
    this.#taken = tensors.slice(0, -2).map((tensor) => tf.keep(tensor.clone()));
    this.#powers = tensors.slice(-2).map((power) => power.dataSync()[0]!) as [number, number];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate } = this;
    return { learningRate, beta1: BETA1, beta2: BETA2, epsilon: EPSILON };
  }

  override dispose(): void {
    this.#dispose();
    super.dispose();
  }

  #apply(name: string, place: number, gradient: tf.Tensor, settings: tf.Tensor[]): void {
    const value = tf.engine().registeredVariables[name]!;
    const slot = this.#slot(name, place, value), { weight, moments } = slot;
    if (slot.known !== value.dataId) writeVariable(weight, value);
    if (this.weightDecay && decays(value)) {
      applyDecay(weight, value, this.learningRate * this.weightDecay);
    }
    applyAdam(weight, moments, settings, gradient);
    value.assign(readVariable(weight));
    slot.known = value.dataId;
  }

  /** Inputs of the op besides weight, moments and gradient, in this order. */
  #settings(): tf.Tensor[] {
    return [...this.#powers, this.learningRate, BETA1, BETA2, EPSILON].map((x) => tf.scalar(x));
  }

  #slot(name: string, place: number, value: tf.Tensor): Slot {
    const known = this.#slots.get(name);
    if (known) return known;
    const [first, second] = [place, this.#taken.length / 2 + place].map((k) =>
      this.#taken[k] ?? tf.zerosLike(value)
    );
    const slot: Slot = {
      weight: openVariable(value),
      moments: [openVariable(first!), openVariable(second!)],
    };
    this.#slots.set(name, slot);
    tf.dispose([first!, second!]); // else the op copies the moments, and both copies stay
    return slot;
  }

  #dispose(): void {
    for (const { weight, moments } of this.#slots.values()) {
      [weight, ...moments].forEach(closeVariable);
    }
    tf.dispose(this.#taken);
    this.#slots.clear();
    this.#taken = [];
  }
}
