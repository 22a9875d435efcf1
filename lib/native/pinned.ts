/**
 * Whether this machine computes with the pinned arithmetic.
 *
 * @module
 */
import { type Arithmetic, askedArithmetic } from "@/native/arithmetic.ts";
import { hasConvolve2D } from "@/native/convolution_2d.ts";
import { missingOps } from "@/native/missing_ops.ts";
import { works } from "@/native/raw_op.ts";

/**
 * Whether results are the same on every processor with AVX2: it is asked for, set-up's ops are loaded and work on
 * this processor, and no GPU computes.
 */
export const isPinned: () => boolean = works(() => {
  if (!(askedArithmetic() === "pinned" && missingOps.size === 0 && hasConvolve2D())) {
    throw new Error("not pinned");
  }
});

/** The arithmetic that is in use. */
export function arithmeticInUse(): Arithmetic {
  return isPinned() ? "pinned" : "native";
}
