/**
 * Writes the networks that faces are read with as ONNX files, from the npm package `@vladmandic/human`:
 *
 *     deno run -A tools/models/convert_faces.ts
 *
 * @module
 */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { writeWhole } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";
import { FACE_FILES, type FaceFile } from "@/faces/onnx_networks.ts";
import type { Values } from "@/model/onnx/builder.ts";
import { graphToOnnx } from "@/model/onnx/graph.ts";

const FOLDER = join(ROOT, "node_modules", "@vladmandic", "human", "models");

/** Makes the ONNX file of a network of the package. */
export async function convertFace({ source, ...file }: FaceFile): Promise<Uint8Array> {
  const { modelTopology, weightsManifest } = JSON.parse(
    await Deno.readTextFile(join(FOLDER, `${source}.json`)),
  );
  const { buffer } = await Deno.readFile(join(FOLDER, `${source}.bin`));
  const tensors = tf.io.decodeWeights(buffer, weightsManifest[0].weights);
  const weights = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]): [string, Values] => [
      name,
      { shape: tensor.shape, data: tensor.dataSync() },
    ]),
  );
  tf.dispose(tensors);
  return graphToOnnx({ name: source, nodes: modelTopology.node, weights }, file);
}

if (import.meta.main) {
  for (const file of Object.values(FACE_FILES)) {
    const bytes = await convertFace(file);
    await writeWhole(file.path, (part) => Deno.writeFile(part, bytes));
    console.log(`${file.path}: ${(bytes.length / 1e6).toFixed(2)} MB`);
  }
}
