/** Loads the native libraries that set-up makes. */
import { basename } from "node:path";
import util from "node:util";
import type * as TensorFlow from "@tensorflow/tfjs-node-gpu";
import { orElse } from "@/base/or_else.ts";
import { CUT_LIBRARY, notSetUp, OP_LIBRARIES, SQUARE_LIBRARY } from "@/base/project.ts";
import { askedArithmetic } from "@/native/arithmetic.ts";
import { missingOps } from "@/native/missing_ops.ts";

/**
 * What TensorFlow reads while it is loaded, unless the user has set it otherwise.
 *
 * Its allocator keeps the memory of freed tensors for the next ones. Without it, large tensors go back to
 * the system at once, which then clears each page anew; or the C library keeps them, and they leave
 * holes that the next ones do not fit into. A step of training takes 0.9 of the time, and 0.4 to 0.7 of
 * the memory. (Source: ProcessState::GetCPUAllocator() of TensorFlow.)
 *
 * Its log is silent, since errors are thrown.
 *
 * It counts the machine's cores, where a container may be given the time of a few: Deno asks for those.
 */
const SETTINGS = {
  ...{ TF_CPU_ALLOCATOR_USE_BFC: "true", TF_CPP_MIN_LOG_LEVEL: "3" },
  TF_NUM_INTRAOP_THREADS: String(navigator.hardwareConcurrency),
};

/**
 * Loads TensorFlow.js with the native TensorFlow library, and adds the project's own ops to it. Ops that
 * cannot be loaded are left out: the layers of tfjs then compute.
 *
 * @throws {Error} if set-up has not been run
 */
export async function loadTensorFlow(): Promise<typeof TensorFlow> {
  repairNodeUtil();
  for (const [name, value] of Object.entries(SETTINGS)) {
    if (!Deno.env.has(name)) Deno.env.set(name, value);
  }
  // oneDNN chooses instructions and orders of sums by the processor
  if (askedArithmetic() === "pinned") Deno.env.set("TF_ENABLE_ONEDNN_OPTS", "0");
  try {
    const tf = await withoutStandardError(() => import("@tensorflow/tfjs-node-gpu"));
    OP_LIBRARIES.forEach(addOps);
    return tf;
  } catch (error) {
    throw notSetUp("TensorFlow's native library", error);
  }
}

/**
 * Does something while nothing reaches standard error. TensorFlow 2.21 writes start-up notes there while it is linked,
 * before any of its settings can stop it. They show if TF_CPP_MIN_LOG_LEVEL is 0, and on other systems than Linux.
 */
async function withoutStandardError<T>(work: () => Promise<T>): Promise<T> {
  if (Deno.build.os !== "linux" || Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === "0") {
    return await work();
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
    return await work();
  } finally {
    dup2(shown, STDERR);
    [nowhere, shown].forEach((file) => close(file));
    libc.close();
  }
}

/**
 * Opens `square.so`. TensorFlow must be loaded before, since the library is linked to it.
 *
 * @throws {Error} if set-up has not been run
 */
export function openSquareLibrary() {
  try {
    const library = Deno.dlopen(SQUARE_LIBRARY, {
      resize_to_square: { parameters: ["buffer", "i32", "i32", "i32", "buffer"], result: "void" },
      jpeg_to_square: {
        ...{ parameters: ["buffer", "i32", "i32", "buffer"], result: "bool", nonblocking: true },
      },
    });
    return library.symbols;
  } catch (error) {
    throw notSetUp(SQUARE_LIBRARY, error);
  }
}

/** Opens `cut.so`; null if it cannot be loaded: TypeScript then does the same, more slowly. */
export function openCutLibrary() {
  const open = () =>
    Deno.dlopen(CUT_LIBRARY, {
      halve: { parameters: ["buffer", "i32", "i32", "buffer"], result: "void" },
      cut_square: {
        parameters: ["buffer", "i32", "i32", "f64", "f64", "f64", "f64", "i32", "buffer"],
        result: "void",
      },
    });
  return orElse(open, null)?.symbols ?? null;
}

/** Adds a library's ops to TensorFlow, for which it only has to be loaded. */
function addOps(library: string): void {
  try {
    Deno.dlopen(library, {});
  } catch {
    missingOps.add(basename(library, ".so")); // `kernelsInUse()` tells so
  }
}

/** tfjs-node 4.22 calls two functions that newer versions of `node:util` no longer have. */
function repairNodeUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
