/**
 * The networks that faces are read with, on onnxruntime.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import type { FaceNetwork, FaceNetworks } from "@/faces/face.ts";
import { type Cutter, PLAIN_CUTTER } from "@/faces/cut_square.ts";
import { cutPhoto, halvePhoto, hasCut } from "@/native/cut_ffi.ts";
import { type EngineOptions, openOnnx } from "@/native/onnx.ts";

/** A network's file, and what it is made from. */
export interface FaceFile {
  path: string;
  /** The file in the npm package `@vladmandic/human`, without its ending. */
  source: string;
  /** Width and height of the pictures that it takes. */
  side: number;
  outputs: readonly { name: string; shape: readonly number[] }[];
  precision: "float16" | "float32";
  metadata: Readonly<Record<string, string>>;
}

const FOLDER = join(ROOT, "data", "models", "faces");
const HUMAN = "@vladmandic/human 3.3.6, MIT";

/** BlazeFace finds faces, Face Mesh places landmarks on one. */
export const FACE_FILES: Readonly<Record<"detector" | "mesh", FaceFile>> = {
  detector: {
    path: join(FOLDER, "blazeface.onnx"),
    source: "blazeface",
    side: 256,
    outputs: [
      { name: "Identity", shape: [1, 512, 1] },
      { name: "Identity_1", shape: [1, 384, 1] },
      { name: "Identity_2", shape: [1, 512, 16] },
      { name: "Identity_3", shape: [1, 384, 16] },
    ],
    precision: "float32",
    metadata: { range: "-1 to 1", source: `${HUMAN}; MediaPipe's BlazeFace, Apache-2.0` },
  },
  mesh: {
    path: join(FOLDER, "facemesh.onnx"),
    source: "facemesh",
    side: 192,
    outputs: [{ name: "Identity_2", shape: [1, 1404] }, { name: "Identity_1", shape: [1, 1] }],
    precision: "float16",
    metadata: { range: "0 to 1", source: `${HUMAN}; MediaPipe's Face Mesh, Apache-2.0` },
  },
};

/** The fastest cutter that there is here; all give the same bytes. */
export const fastestCutter: Cutter = hasCut
  ? { ...PLAIN_CUTTER, halve: halvePhoto, cut: cutPhoto }
  : PLAIN_CUTTER;

/**
 * Opens the networks; `disposeNetworks()` gives their memory back.
 *
 * @throws {Error} if onnxruntime is not installed, or a file is missing
 */
export async function openFaceNetworks(options: EngineOptions = {}): Promise<FaceNetworks> {
  const [detector, mesh] = await Promise.all([
    openFaceNetwork(FACE_FILES.detector, options),
    openFaceNetwork(FACE_FILES.mesh, options),
  ]);
  return { detector, mesh, cutter: fastestCutter };
}

/** Gives the memory of the networks back. */
export function disposeNetworks({ detector, mesh }: FaceNetworks): void {
  detector.dispose();
  mesh.dispose();
}

async function openFaceNetwork({ path }: FaceFile, options: EngineOptions): Promise<FaceNetwork> {
  const session = await openOnnx(await Deno.readFile(path), options);
  return {
    run: (colors, side, outputs) => session.run(colors, [1, side, side, 3], outputs),
    dispose: () => session.close(),
  };
}
