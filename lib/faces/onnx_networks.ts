/** The networks that faces are read with, on onnxruntime. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "@/base/root.ts";
import { type FaceNetworks, NETWORK_FILES } from "@/faces/face.ts";
import { ONNX_FILES, openNetworks } from "@/faces/face_files.ts";
import { type Cutter, PLAIN_CUTTER } from "@/faces/cut_square.ts";
import { cutPhoto, halvePhoto, hasCut } from "@/native/cut_ffi.ts";
import type { EngineOptions } from "@/native/onnx.ts";

export { disposeNetworks } from "@/faces/face_files.ts";

const MODELS = join(ROOT, "data", "models");
const HUMAN = "@vladmandic/human 3.3.6, MIT";

/**
 * BlazeFace finds faces, Face Mesh places landmarks on one: their files, and what those are made from. `source` is the
 * file in the npm package `@vladmandic/human`, `side` the width and height of the pictures that a network takes.
 */
export const FACE_FILES = {
  detector: {
    path: join(MODELS, ONNX_FILES.detector),
    source: NETWORK_FILES.detector,
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
    source: NETWORK_FILES.mesh,
    side: 192,
    outputs: [{ name: "Identity_2", shape: [1, 1404] }, { name: "Identity_1", shape: [1, 1] }],
    precision: "float16",
    metadata: { range: "0 to 1", source: `${HUMAN}; MediaPipe's Face Mesh, Apache-2.0` },
  },
} as const;

export type FaceFile = typeof FACE_FILES[keyof typeof FACE_FILES];

/** The fastest cutter that there is here; all give the same bytes. */
export const fastestCutter: Cutter = hasCut ? { halve: halvePhoto, cut: cutPhoto } : PLAIN_CUTTER;

/**
 * Opens the networks; `disposeNetworks()` gives their memory back.
 *
 * @throws {Error} if a file is missing
 */
export async function openFaceNetworks(options: EngineOptions = {}): Promise<FaceNetworks> {
  const networks = await openNetworks((path) => readFile(join(MODELS, path)), options);
  return { ...networks, cutter: fastestCutter };
}
