/** How many threads an op of the native TensorFlow library may use. */

/** From this many values on, waking other threads pays. */
export const LARGE = 2 ** 17;

let limit: ReturnType<typeof openThreadLimit> | undefined;

/**
 * Does work whose ops all run on the calling thread. A small op, on one photo or on the weights of one
 * layer, takes some hundredths of a millisecond; waking other threads to share it takes longer. If the
 * limit cannot be set, the work is done all the same.
 */
export function onThisThread<T>(work: () => T): T {
  if (limit === undefined) limit = openThreadLimit();
  const before = limit?.get() ?? 0;
  limit?.set(1);
  try {
    return work();
  } finally {
    limit?.set(before);
  }
}

/** How the compiler writes the names of TensorFlow's functions, whose own have 26 letters. */
const PREFIX = "_ZN10tensorflow26";

/**
 * TensorFlow's functions that read and set how many threads an op may use when it is called from this
 * thread; null if they cannot be found. The library is loaded already, so that its name finds it.
 *
 * Source: `SetPerThreadMaxParallelism()` in TensorFlow's `core/util/work_sharder.h`.
 */
function openThreadLimit() {
  try {
    return Deno.dlopen("libtensorflow_framework.so.2", {
      get: { name: `${PREFIX}GetPerThreadMaxParallelismEv`, parameters: [], result: "i32" },
      set: { name: `${PREFIX}SetPerThreadMaxParallelismEi`, parameters: ["i32"], result: "void" },
    }).symbols;
  } catch {
    return null;
  }
}
