/** Whether the project's own ops compute on this machine, and whether with the pinned arithmetic. */
import { type Arithmetic, askedArithmetic } from "@/native/arithmetic.ts";
import { hasConvolve2D } from "@/native/convolution_2d.ts";
import { missingOps } from "@/native/missing_ops.ts";

/** Looked up once. */
let isAsked: boolean | undefined;

/**
 * Tells whether the project's own ops compute: set-up's are all loaded and work on this processor, and neither a GPU nor
 * another backend computes. Otherwise everything is done by the layers of TensorFlow.js.
 */
export function hasOps(): boolean {
  return missingOps.size === 0 && hasConvolve2D();
}

/** Tells whether results are the same on every processor with AVX2: that is asked for, and our ops compute. */
export function isPinned(): boolean {
  return hasOps() && (isAsked ??= askedArithmetic() === "pinned");
}

export function arithmeticInUse(): Arithmetic {
  return isPinned() ? "pinned" : "native";
}
