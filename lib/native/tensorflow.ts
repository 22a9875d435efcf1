/**
 * The only door to TensorFlow: loads the native backend, and describes it.
 *
 * Everything that needs the native library imports `tf` from here.
 *
 * @module
 */
import type * as TensorFlow from "@tensorflow/tfjs-node-gpu";
import { type KernelsInUse, kernelsInUse } from "@/native/kernels.ts";
import { loadTensorFlow } from "@/native/libraries.ts";

interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: Record<string, number> & { TF_Version: string };
}

/** TensorFlow.js on the native TensorFlow library. */
export const tf: typeof TensorFlow = await loadTensorFlow();

const backend = tf.backend() as unknown as NativeBackend;

/** The C type numbers of TensorFlow that raw ops name, such as `DTYPE.uint8`. */
export const DTYPE = {
  float32: backend.binding.TF_FLOAT!,
  int32: backend.binding.TF_INT32!,
  uint8: backend.binding.TF_UINT8!,
} as const;

/** What computes. */
export interface TensorFlowDescription {
  /** Versions of TensorFlow and of TensorFlow.js. */
  tensorflow: string;
  tfjs: string;
  device: "GPU" | "CPU";
  /** How many threads an op may use. */
  threads: number;
  kernels: KernelsInUse;
}

/**
 * Tells what computes: the versions of TensorFlow and TensorFlow.js, the device, the number of threads an
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
    tensorflow: backend.binding.TF_Version,
    tfjs: tf.version["tfjs-core"],
    device: backend.isUsingGpuDevice ? "GPU" : "CPU",
    threads: Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency,
    kernels: kernelsInUse(),
  };
}
