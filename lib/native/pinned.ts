/** Whether the project's own ops compute on this machine, and whether with the pinned arithmetic. */
import * as tf from "@tensorflow/tfjs";
import { orElse } from "@/base/or_else.ts";
import { type Arithmetic, askedArithmetic } from "@/native/arithmetic.ts";
import { convolve2D, convolve2DGradient, type Steps } from "@/native/convolution_2d.ts";
import { missingOps } from "@/native/missing_ops.ts";
import { isNative, isOnGpu } from "@/native/raw_op.ts";

/** Looked up once. */
let areWorking: boolean | undefined, isAsked: boolean | undefined;

/**
 * Tells whether the project's own ops compute: set-up's are all loaded and work on this processor, and neither a GPU nor
 * another backend computes. Otherwise everything is done by the layers of TensorFlow.js.
 */
export function hasOps(): boolean {
  if (missingOps.size > 0 || !isNative()) return false;
  return areWorking ??= !isOnGpu() && orElse(tryOps, false);
}

/** Runs the ops of `convolution_2d.cc` on a tiny photo, which throws where they do not work. */
function tryOps(): true {
  const steps: Steps = { padding: "same", stride: 1 }, asked = { first: true, hasBias: true };
  tf.tidy(() => {
    const photo = tf.zeros([1, 2, 2, 1]), kernel = tf.zeros([1, 1, 1, 1]);
    const out = convolve2D(photo, kernel, steps, { bias: null, relu: true });
    convolve2DGradient(photo, kernel, out, out, steps, asked);
  });
  return true;
}

/** Tells whether results are the same on every processor with AVX2: that is asked for, and our ops compute. */
export function isPinned(): boolean {
  return hasOps() && (isAsked ??= askedArithmetic() === "pinned");
}

export function arithmeticInUse(): Arithmetic {
  return isPinned() ? "pinned" : "native";
}
