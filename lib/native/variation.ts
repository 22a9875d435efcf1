/**
 * Varying photos in one op: pixels moved, brightness and contrast changed, a rectangle painted over. 64 photos
 * of 96 pixels take a fifth of the time that the steps take one by one.
 */
import * as tf from "@tensorflow/tfjs";
import { rawOp, works } from "@/native/raw_op.ts";

export interface Plan {
  /** Eight numbers, as `transformPhotos()` takes them; the last two are 0. */
  transform: readonly number[];
  /** The factor of all values, and the number added then. */
  gain: number;
  offset: number;
  /** In pixels, the right and lower ends not included, and a grey from 0 to 1; null for none. */
  erased: { left: number; top: number; right: number; bottom: number; grey: number } | null;
}

/** No pixel lies in it. */
const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0, grey: 0 };

/** True if the op of `variation.cc` is loaded. */
export const variesAtOnce = works(() => {
  const plan = { transform: [1, 0, 0, 0, 1, 0, 0, 0], gain: 1, offset: 0, erased: null };
  varyAtOnce(tf.zeros([1, 2, 2, 3]), [plan]);
});

/** Varies photos; values stay between 0 and 1. It asks for {@linkcode variesAtOnce}. */
export function varyAtOnce(photos: tf.Tensor4D, plans: readonly Plan[]): tf.Tensor4D {
  return tf.tidy(() => {
    const rows = plans.map(({ transform, gain, offset, erased }) => {
      const { left, top, right, bottom, grey } = erased ?? NOWHERE;
      return [...transform.slice(0, 6), gain, offset, left, top, right, bottom, grey];
    });
    return rawOp("HumanAgeVary", [photos, tf.tensor2d(rows)], {}) as tf.Tensor4D;
  });
}
