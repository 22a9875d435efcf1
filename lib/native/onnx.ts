/**
 * Networks on onnxruntime: its native library, or WebAssembly where that is asked for or the library is not installed.
 *
 * The native library chooses instructions by the processor, so that last bits differ between machines. WebAssembly
 * gives the same bytes on every machine, and takes several times as long.
 */
import type * as onnxruntime from "onnxruntime-common";
import type { Arithmetic } from "@/native/arithmetic.ts";

export interface EngineOptions {
  /** Threads of the native library; 1 if left out. */
  threads?: number;
  /** Pinned takes WebAssembly, which gives the same bytes on every machine; native, if left out, where it is installed. */
  arithmetic?: Arithmetic;
  /** Reads onnxruntime's WebAssembly, where it does not lie in the package `onnxruntime-web`. */
  readWasm?: () => Promise<Uint8Array>;
}

export interface OnnxSession {
  /** Runs the network on values of one input. */
  run(values: Float32Array, shape: readonly number[], outputs: readonly string[]): Promise<
    Float32Array[]
  >;
  /** Ends it; a closed one stays so. */
  close(): Promise<void>;
}

type Runtime = Pick<typeof onnxruntime, "InferenceSession" | "Tensor">;

const CLOSED =
  "The network is closed: open it again, in a notebook by running the cell that opens the reader";

/**
 * Opens a network.
 *
 * @throws {Error} if they are none of ONNX's
 */
export async function openOnnx(
  file: Uint8Array,
  { threads = 1, ...options }: EngineOptions = {},
): Promise<OnnxSession> {
  const runtime = await load(options);
  const session = await runtime.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } }, // waiting threads leave their cores to others
  });
  const [input] = session.inputNames;
  let isClosed = false;
  return {
    async run(values, shape, outputs) {
      if (isClosed) throw new Error(CLOSED);
      const feeds = { [input!]: new runtime.Tensor("float32", values, shape) };
      const results = await session.run(feeds, outputs);
      return outputs.map((name) => results[name]!.data as Float32Array);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await session.release();
    },
  };
}

/**
 * Finds the arithmetic that computes where some is asked for: native falls back to pinned, with a warning the first time,
 * where the native library is not installed or cannot be loaded.
 */
export async function usableArithmetic(asked: Arithmetic = "native"): Promise<Arithmetic> {
  return asked === "native" && await loadNative() ? "native" : "pinned";
}

async function load({ arithmetic, readWasm }: EngineOptions): Promise<Runtime> {
  if (await usableArithmetic(arithmetic) === "native") return (await loadNative())!;
  const runtime = await import("onnxruntime-web/wasm"), { wasm } = runtime.env;
  wasm.numThreads = 1;
  if (readWasm) wasm.wasmBinary ??= await readWasm();
  return runtime as unknown as Runtime;
}

let native: Promise<Runtime | null> | undefined;

/** Loads the native library once; null if that cannot be done. */
function loadNative(): Promise<Runtime | null> {
  keepQuiet();
  return native ??= import("onnxruntime-node").then(
    (runtime) => runtime as unknown as Runtime,
    (error) => {
      console.warn(withoutNative(error));
      return null;
    },
  );
}

/**
 * Keeps the library from reporting to its makers: unless this is set before it is loaded, it numbers the machine, keeps
 * that in the user's cache folder, leaves a log and a session's number in the temporary one, and sends events. What the
 * user has set stays. On Windows, where it has no effect, the system collects events as its own settings say.
 */
function keepQuiet(): void {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
  if (process) process.env.ORT_DISABLE_TELEMETRY ??= "1";
}

/** The warning that WebAssembly computes. Measured: 0.16 and 0.35 s for a photo of 600 by 420 pixels with three faces. */
function withoutNative(error: unknown): string {
  const reason = error instanceof Error ? error.message.split("\n")[0] : error;
  return "onnxruntime-node cannot be loaded, so that WebAssembly computes: the same answers to about a hundredth, in " +
    `about twice the time. (${reason})`;
}
