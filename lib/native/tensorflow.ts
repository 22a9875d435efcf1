/**
 * The only door to TensorFlow: loads the native backend, and describes it.
 *
 * Everything that needs the native library imports `tf` from here.
 */
import { TENSORFLOW_VERSION, tf } from "@/native/backend.ts";
import { arithmeticInUse, hasOps } from "@/native/pinned.ts";
import { usePinnedKernels } from "@/native/pinned_kernels.ts";
import { isOnGpu } from "@/native/raw_op.ts";

export { tf };

usePinnedKernels();

/**
 * Describes what computes: the versions of TensorFlow and TensorFlow.js, the device, the number of threads an
 * op may use, whether results are the same bytes on other processors, and whose kernels do the work.
 *
 * @example What the notebooks print first
 * ```ts
 * import { match } from "node:assert/strict";
 *
 * match(describeTensorFlow().tensorflow, /^2\./);
 * ```
 */
export function describeTensorFlow() {
  return {
    tensorflow: TENSORFLOW_VERSION,
    tfjs: tf.version["tfjs-core"],
    device: isOnGpu() ? "GPU" : "CPU",
    threads: Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency,
    arithmetic: arithmeticInUse(),
    kernels: kernelsInUse(),
  };
}

/** The kinds of work that the project has ops for. */
const WORK = [
  "convolution",
  "convolution with pooling",
  "max pooling",
  "matmul",
  "3x3 convolution",
  "batch normalisation",
  "augmentation",
  "AdamW with averages",
  "separable convolution",
] as const;

/** Tells whose kernels are in use here: the project's own, or those that every TensorFlow has, which are slower. */
function kernelsInUse() {
  const all: string[][] = WORK.map((work) => [work, hasOps() ? "ours" : "stock"]);
  return Object.fromEntries(all) as Record<typeof WORK[number], "ours" | "stock">;
}
