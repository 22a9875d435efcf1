/** True if this machine computes with the pinned arithmetic. */
import { type Arithmetic, askedArithmetic } from "@/native/arithmetic.ts";
import { hasConvolve2D } from "@/native/convolution_2d.ts";
import { missingOps } from "@/native/missing_ops.ts";

/** True if it is asked for, and set-up's ops are all loaded; looked up once, since each op asks. */
let isReady: boolean | undefined;

/**
 * Tells whether results are the same on every processor with AVX2: it is asked for, set-up's ops are loaded and work on
 * this processor, and no GPU computes.
 */
export function isPinned(): boolean {
  return hasConvolve2D() &&
    (isReady ??= missingOps.size === 0 && askedArithmetic() === "pinned");
}

export function arithmeticInUse(): Arithmetic {
  return isPinned() ? "pinned" : "native";
}
