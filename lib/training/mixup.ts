/**
 * Mixup: each photo of a batch mixed with another one, and the targets likewise; the same for the same
 * seed, epoch and batch.
 *
 * Source: H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz, "mixup: Beyond Empirical Risk Minimization" (2018).
 */
import * as tf from "@tensorflow/tfjs";
import { randomBeta } from "d3";
import { createRandom, shuffle } from "@/base/random.ts";
import type { Batch } from "@/study/batches.ts";

/** The partners that photos of a batch are mixed with. */
export interface Mixing {
  /** The places in the batch of the other photos, each once. */
  partners: number[];
  /** The photos' own shares, 0.5 to 1, so that each stays the greater part of its mixture. */
  shares: number[];
}

/** The inputs of a step. */
export type Weighted = Required<Omit<Batch, "groups">>;

/**
 * Draws how the photos of a batch are mixed.
 *
 * @param alpha parameter of the beta distribution of the shares, above 0
 * @param first the place of the batch's first photo in the epoch
 * @throws {RangeError} if alpha is not above 0
 */
export function drawMixing(
  alpha: number,
  count: number,
  { seed, epoch, first }: { seed: number; epoch: number; first: number },
): Mixing {
  if (!(alpha > 0)) throw new RangeError(`Cannot mix with alpha ${alpha}: it has to be above 0`);
  const random = createRandom(seed, `mixup of epoch ${epoch}, photo ${first}`);
  const partners = shuffle(Array.from({ length: count }, (_, k) => k), random);
  const draw = randomBeta.source(random)(alpha, alpha);
  const shares = partners.map(() => {
    const share = draw();
    return Math.max(share, 1 - share);
  });
  return { partners, shares };
}

/**
 * Mixes photos with their partners, and targets likewise. The loss of a mixture is the sum of what both
 * targets give, each by its share and by what its photo counts; so the mixed target leans to the photo that
 * counts more.
 *
 * @param given it stays the caller's
 */
export function mixUp(
  { photos, targets, weights }: Weighted,
  { partners, shares }: Mixing,
): Weighted {
  return tf.tidy(() => {
    const others = tf.tensor1d(partners, "int32");
    const own = tf.tensor1d(shares), rest = own.neg().add(1);
    const mix = <T extends tf.Tensor>(values: T, own: tf.Tensor, rest: tf.Tensor) => {
      const alongRows = (factors: tf.Tensor) => (
        factors.reshape([-1, ...values.shape.slice(1).map(() => 1)])
      );
      return values.mul(alongRows(own)).add<T>(values.gather(others).mul(alongRows(rest)));
    };
    const ownWeight = own.mul(weights), otherWeight = rest.mul(weights.gather(others));
    const sum = ownWeight.add<tf.Tensor1D>(otherWeight);
    return {
      photos: mix(photos, own, rest),
      targets: mix(targets, ownWeight.div(sum), otherWeight.div(sum)),
      weights: sum,
    };
  });
}
