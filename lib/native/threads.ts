/**
 * How many threads an op of the native TensorFlow library may use.
 *
 * @module
 */

interface ThreadLimit {
  get: () => number;
  set: (threads: number) => void;
}

let limit: ThreadLimit | null | undefined;

/**
 * Does work whose ops shall all run on the calling thread. A small op, on one photo or on the weights of
 * one layer, takes some hundredths of a millisecond, and waking other threads to share it takes longer
 * than that.
 *
 * Source: `SetPerThreadMaxParallelism()` in TensorFlow's `core/util/work_sharder.h`, which is set here
 * by its name in the library; where that is out of reach, the work is done all the same.
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

function openThreadLimit(): ThreadLimit | null {
  try {
    // loaded already, with the binding: this finds it by its name
    const { get, set } = Deno.dlopen("libtensorflow_framework.so.2", {
      get: { name: "_ZN10tensorflow26GetPerThreadMaxParallelismEv", parameters: [], result: "i32" },
      set: {
        name: "_ZN10tensorflow26SetPerThreadMaxParallelismEi",
        parameters: ["i32"],
        result: "void",
      },
    }).symbols;
    return { get, set };
  } catch {
    return null;
  }
}
