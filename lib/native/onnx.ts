/**
 * Networks on onnxruntime: its native library, or WebAssembly where that is asked for or the library is not installed.
 *
 * The native library chooses instructions by the processor, so that last bits differ between machines. WebAssembly
 * gives the same bytes on every machine, and takes several times as long.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-common";
import type { Arithmetic } from "@/native/arithmetic.ts";

/** Options of an engine. */
export interface EngineOptions {
  /** Threads of the native library; 1 if left out. */
  threads?: number;
  /** Pinned takes WebAssembly, which gives the same bytes on every machine; native if left out. */
  arithmetic?: Arithmetic;
}

/** A network that is open. */
export interface OnnxSession {
  /**
   * Runs the network on values of one input.
   *
   * @param outputs names of the results that are wanted
   */
  run(values: Float32Array, shape: readonly number[], outputs: readonly string[]): Promise<
    Float32Array[]
  >;
  /** Frees the network's memory. */
  close(): Promise<void>;
}

/** The parts of onnxruntime that are used. */
interface Runtime {
  InferenceSession: {
    create(file: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: new (type: "float32", values: Float32Array, shape: readonly number[]) => Tensor;
}

/**
 * Opens a network.
 *
 * @param file the bytes of its file
 * @throws {Error} if they are none of ONNX's
 */
export async function openOnnx(
  file: Uint8Array,
  { threads = 1, arithmetic = "native" }: EngineOptions = {},
): Promise<OnnxSession> {
  const runtime = await load(arithmetic);
  const session = await runtime.InferenceSession.create(file, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } }, // waiting threads leave their cores to others
  });
  const [input] = session.inputNames;
  return {
    async run(values, shape, outputs) {
      const feeds = { [input!]: new runtime.Tensor("float32", values, shape) };
      const results = await session.run(feeds, outputs);
      return outputs.map((name) => results[name]!.data as Float32Array);
    },
    close: () => session.release(),
  };
}

async function load(arithmetic: Arithmetic): Promise<Runtime> {
  if (arithmetic === "native") return await import("onnxruntime-node") as unknown as Runtime;
  const runtime = await import("onnxruntime-web/wasm");
  runtime.env.wasm.numThreads = 1;
  return runtime as unknown as Runtime;
}
