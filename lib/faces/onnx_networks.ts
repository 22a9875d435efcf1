/** The networks that faces are read with, on onnxruntime. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "@/base/root.ts";
import type { FaceNetworks } from "@/faces/face.ts";
import { ONNX_FILES, openNetworks } from "@/faces/face_files.ts";
import { type Cutter, PLAIN_CUTTER } from "@/faces/cut_square.ts";
import { cutPhoto, halvePhoto, hasCut } from "@/native/cut_ffi.ts";
import type { EngineOptions } from "@/native/onnx.ts";

export { disposeNetworks } from "@/faces/face_files.ts";

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

const MODELS = join(ROOT, "data", "models");
const HUMAN = "@vladmandic/human 3.3.6, MIT";

/** BlazeFace finds faces, Face Mesh places landmarks on one. */
export const FACE_FILES: Readonly<Record<"detector" | "mesh", FaceFile>> = {
  detector: {
    path: join(MODELS, ONNX_FILES.detector),
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
    path: join(MODELS, ONNX_FILES.mesh),
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
 * @throws {Error} if a file is missing
 */
export async function openFaceNetworks(options: EngineOptions = {}): Promise<FaceNetworks> {
  const networks = await openNetworks((path) => readFile(join(MODELS, path)), options);
  return { ...networks, cutter: fastestCutter };
}
