/**
 * The only door to TensorFlow: loads the native backend, and says what it runs on.
 *
 * Everything that needs the native library imports `tf` from here.
 *
 * @module
 */
import util from "node:util";
import type * as TensorFlow from "@tensorflow/tfjs-node-gpu";
import { notSetUp, OP_LIBRARIES } from "@/base/project.ts";

interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: Record<string, number> & { TF_Version: string };
}

/**
 * What TensorFlow reads while it is being loaded, unless a user has set it otherwise.
 *
 * Its allocator keeps the memory of freed tensors for the next ones. Else large tensors are handed back to
 * the system at once, which then clears each page anew, or, where the C library keeps them, leave holes
 * that the next ones do not fit into: beside that, a step of training takes 0.9 of the time, and all of
 * it 0.4 to 0.7 of the memory. (Source: ProcessState::GetCPUAllocator() of TensorFlow.)
 *
 * Its log is silent: what goes wrong is thrown.
 */
const SETTINGS = { TF_CPU_ALLOCATOR_USE_BFC: "true", TF_CPP_MIN_LOG_LEVEL: "3" };

/** TensorFlow.js on the native TensorFlow library. */
export const tf: typeof TensorFlow = await load();

/** Bytes of a large page of memory, and of the heap that shall have such pages. */
const LARGE_PAGE = 2n ** 21n, HEAP = 2n ** 33n;

OP_LIBRARIES.forEach(loadOps);

const backend = tf.backend() as unknown as NativeBackend;

useLargePages();

/** The C type numbers of TensorFlow that raw ops name, such as `DTYPE.uint8`. */
export const DTYPE = {
  float32: backend.binding.TF_FLOAT!,
  int32: backend.binding.TF_INT32!,
  uint8: backend.binding.TF_UINT8!,
} as const;

/**
 * Tells what computes: the versions of TensorFlow and TensorFlow.js, the device, and the number
 * of threads an op may use.
 *
 * @example What the notebooks print first
 * ```ts
 * import { describeTensorFlow } from "@/native/tensorflow.ts";
 * import { match } from "node:assert/strict";
 *
 * match(describeTensorFlow().tensorflow, /^2\./);
 * ```
 */
export function describeTensorFlow(): {
  tensorflow: string;
  tfjs: string;
  device: "GPU" | "CPU";
  threads: number;
} {
  return {
    tensorflow: backend.binding.TF_Version,
    tfjs: tf.version["tfjs-core"],
    device: backend.isUsingGpuDevice ? "GPU" : "CPU",
    threads: Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency,
  };
}

/**
 * Asks the system to give memory in large pages: a step of training takes 0.97 of the time. Does nothing
 * where the C library is not glibc.
 *
 * Source: mallopt(3), madvise(2).
 */
function useLargePages(): void {
  const M_TRIM_THRESHOLD = -1, M_MMAP_MAX = -4, MADV_HUGEPAGE = 14;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      mallopt: { parameters: ["i32", "i32"], result: "i32" },
      aligned_alloc: { parameters: ["usize", "usize"], result: "pointer" },
      madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
      free: { parameters: ["pointer"], result: "void" },
    });
    const { mallopt, aligned_alloc, madvise, free } = libc.symbols;
    mallopt(M_MMAP_MAX, 0); // the pool from the heap, too
    mallopt(M_TRIM_THRESHOLD, -1); // never given back
    const heap = aligned_alloc(LARGE_PAGE, HEAP); // a range of addresses: no memory until it is used
    if (heap) madvise(heap, HEAP, MADV_HUGEPAGE);
    free(heap);
    libc.close();
  } catch {
    // slower, but the same
  }
}

/** Adds a library's ops, which need nothing but to be loaded; without them, TensorFlow's own are used. */
function loadOps(library: string): void {
  try {
    Deno.dlopen(library, {});
  } catch {
    // slower, but the same
  }
}

async function load(): Promise<typeof TensorFlow> {
  repairNodeUtil();
  for (const [name, value] of Object.entries(SETTINGS)) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
  try {
    return await withoutNativeLog(() => import("@tensorflow/tfjs-node-gpu"));
  } catch (error) {
    throw notSetUp("TensorFlow's native library", error);
  }
}

/** tfjs-node 4.22 calls two functions that newer versions of `node:util` no longer have. */
function repairNodeUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}

/**
 * Loads the native library without its start-up notes, which TensorFlow 2.21 writes to standard
 * error while it is being linked, before any setting of its own can stop it. They show where
 * TF_CPP_MIN_LOG_LEVEL is 0.
 */
async function withoutNativeLog<T>(load: () => Promise<T>): Promise<T> {
  if (Deno.build.os !== "linux" || Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === "0") {
    return await load();
  }
  const STDERR = 2, WRITE_ONLY = 1;
  const libc = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    dup: { parameters: ["i32"], result: "i32" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const { open, dup, dup2, close } = libc.symbols;
  const nowhere = open(new TextEncoder().encode("/dev/null\0"), WRITE_ONLY), shown = dup(STDERR);
  dup2(nowhere, STDERR);
  try {
    return await load();
  } finally {
    dup2(shown, STDERR);
    [nowhere, shown].forEach((file) => close(file));
    libc.close();
  }
}
