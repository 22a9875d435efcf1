/**
 * Writes the ONNX files of `data/models/`: those of the models that ship, from their weights, and those of the networks
 * that faces are read with, from the npm package `@vladmandic/human`:
 *
 *     deno run -A tools/models/convert.ts
 */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { modelNames } from "@/answers/model_folder.ts";
import { toOnnx } from "@/answers/onnx_network.ts";
import { withModel } from "@/answers/open_model.ts";
import { writeWhole } from "@/base/files.ts";
import { FACE_FILES, type FaceFile } from "@/faces/onnx_networks.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import type { Values } from "@/model/onnx/builder.ts";
import { graphToOnnx } from "@/model/onnx/graph.ts";
import { readPublished } from "@/model/published_weights.ts";
import { command, runCommand } from "@tools/shared/command.ts";

/** Makes the ONNX file of a network of the package. */
export async function convertFace({ source, ...file }: FaceFile): Promise<Uint8Array> {
  const { modelTopology, weightSpecs, weightData } = await readPublished({
    package: "@vladmandic/human",
    file: `models/${source}`,
  });
  const tensors = tf.io.decodeWeights(weightData, weightSpecs);
  const read = (tensor: tf.Tensor): Values => ({ shape: tensor.shape, data: tensor.dataSync() });
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, read(tensor)]);
  const weights: Record<string, Values> = Object.fromEntries(entries);
  tf.dispose(tensors);
  return graphToOnnx({ name: source, nodes: modelTopology.node, weights }, file);
}

export async function convertModel(name: string): Promise<{ path: string; bytes: Uint8Array }> {
  return await withModel(name, ({ folder, network, card }) => ({
    path: join(folder, MODEL_FILES.onnx),
    bytes: toOnnx(network, card),
  }));
}

async function write({ path, bytes }: { path: string; bytes: Uint8Array }): Promise<void> {
  await writeWhole(path, (part) => Deno.writeFile(part, bytes));
  console.log(`${path}: ${(bytes.length / 1e6).toFixed(2)} MB`);
}

export const program = command("convert", "Writes the ONNX files of data/models.")
  .name("deno run -A tools/models/convert.ts")
  .action(async () => {
    await import("@/native/tensorflow.ts");
    for (const name of modelNames()) await write(await convertModel(name));
    for (const file of Object.values(FACE_FILES)) {
      await write({ path: file.path, bytes: await convertFace(file) });
    }
  });

if (import.meta.main) await runCommand(program);
