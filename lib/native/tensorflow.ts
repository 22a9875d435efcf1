/**
 * The only door to TensorFlow: loads the native backend, and describes it.
 *
 * Everything that needs the native library imports `tf` from here.
 */
import type { Arithmetic } from "@/native/arithmetic.ts";
import { TENSORFLOW_VERSION, tf } from "@/native/backend.ts";
import { type KernelsInUse, kernelsInUse } from "@/native/kernels_in_use.ts";
import { arithmeticInUse } from "@/native/pinned.ts";
import { usePinnedKernels } from "@/native/pinned_kernels.ts";
import { isOnGpu } from "@/native/raw_op.ts";

export { DTYPE, tf } from "@/native/backend.ts";

usePinnedKernels();

export interface TensorFlowDescription {
  /** Versions of TensorFlow and of TensorFlow.js. */
  tensorflow: string;
  tfjs: string;
  device: "GPU" | "CPU";
  /** The number of threads that an op may use. */
  threads: number;
  /** True if results are the same bytes on other processors, or this machine's. */
  arithmetic: Arithmetic;
  kernels: KernelsInUse;
}

/**
 * Describes what computes: the versions of TensorFlow and TensorFlow.js, the device, the number of threads an
 * op may use, and whose kernels do the work.
 *
 * @example What the notebooks print first
 * ```ts
 * import { describeTensorFlow } from "@/native/tensorflow.ts";
 * import { match } from "node:assert/strict";
 *
 * match(describeTensorFlow().tensorflow, /^2\./);
 * ```
 */
export function describeTensorFlow(): TensorFlowDescription {
  return {
    tensorflow: TENSORFLOW_VERSION,
    tfjs: tf.version["tfjs-core"],
    device: isOnGpu() ? "GPU" : "CPU",
    threads: Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency,
    arithmetic: arithmeticInUse(),
    kernels: kernelsInUse(),
  };
}
