/**
 * The only door to TensorFlow: loads the native backend, and describes it.
 *
 * Everything that needs the native library imports `tf` from here.
 */
import { TENSORFLOW_VERSION, tf } from "@/native/backend.ts";
import { hasAdamW } from "@/native/adamw.ts";
import { hasOwnBatchNorm } from "@/native/batch_norm.ts";
import { hasOwn3x3 } from "@/native/convolution_3x3.ts";
import { hasOwnConvolution, hasOwnPool } from "@/native/kernels.ts";
import { hasOneDnnFused } from "@/native/one_dnn.ts";
import { arithmeticInUse, isPinned } from "@/native/pinned.ts";
import { usePinnedKernels } from "@/native/pinned_kernels.ts";
import { isOnGpu } from "@/native/raw_op.ts";
import { hasSeparable } from "@/native/separable.ts";
import { variesAtOnce } from "@/native/variation.ts";

export { DTYPE, tf } from "@/native/backend.ts";

usePinnedKernels();

/**
 * Describes what computes: the versions of TensorFlow and TensorFlow.js, the device, the number of threads an
 * op may use, whether results are the same bytes on other processors, and whose kernels do the work.
 *
 * @example What the notebooks print first
 * ```ts
 * import { describeTensorFlow } from "@/native/tensorflow.ts";
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

/** Whose kernels do a kind of work: the project's own, oneDNN's, or those that every TensorFlow has. */
type Provider = "ours" | "oneDNN" | "stock";

/** Tells whose kernels are in use here. All give the same, but for rounding; ours and oneDNN's are faster. */
function kernelsInUse() {
  const fused: Provider = isPinned() ? "ours" : hasOneDnnFused() ? "oneDNN" : "stock";
  return {
    convolution: fused,
    "convolution with pooling": hasOwnPool() ? ours(hasOwnConvolution, fused) : fused,
    "max pooling": ours(hasOwnPool),
    matmul: fused,
    "3x3 convolution": ours(hasOwn3x3, fused),
    "batch normalisation": ours(hasOwnBatchNorm),
    augmentation: ours(variesAtOnce),
    "AdamW with averages": ours(hasAdamW),
    "separable convolution": ours(hasSeparable),
  };
}

function ours(works: () => boolean, otherwise: Provider = "stock"): Provider {
  return works() ? "ours" : otherwise;
}
