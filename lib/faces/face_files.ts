/** The networks that faces are read with, from their files' bytes. */
import type { FaceNetwork, FaceNetworks } from "@/faces/face.ts";
import { type EngineOptions, openOnnx } from "@/native/onnx.ts";

/** The files of the networks for onnxruntime, in the folder of models. */
export const ONNX_FILES: Readonly<Record<"detector" | "mesh", string>> = {
  detector: "faces/blazeface.onnx",
  mesh: "faces/facemesh.onnx",
};

/**
 * Opens the networks; `disposeNetworks()` gives their memory back.
 *
 * @param read reads a file by its path in the folder of models
 * @throws {Error} if a file is missing
 */
export async function openNetworks(
  read: (path: string) => Promise<Uint8Array>,
  options: EngineOptions = {},
): Promise<FaceNetworks> {
  const open = async (path: string): Promise<FaceNetwork> => {
    const session = await openOnnx(await read(path), options);
    return {
      run: (colors, side, outputs) => session.run(colors, [1, side, side, 3], outputs),
      dispose: () => session.close(),
    };
  };
  const [detector, mesh] = await Promise.all([open(ONNX_FILES.detector), open(ONNX_FILES.mesh)]);
  return { detector, mesh };
}

/** Gives the memory of the networks back. */
export function disposeNetworks({ detector, mesh }: FaceNetworks): void {
  detector.dispose();
  mesh.dispose();
}
