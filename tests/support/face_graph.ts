/**
 * The networks of the npm package that faces are read with, on TensorFlow.js.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import type { FaceNetwork } from "@/faces/face.ts";
import { graphNetwork } from "@/faces/graph_network.ts";
import { tf } from "@/native/tensorflow.ts";

/** Opens a network of the package by the name of its file. */
export async function openFaceGraph({ source }: { source: string }): Promise<FaceNetwork> {
  const path = join(ROOT, "node_modules", "@vladmandic", "human", "models", source);
  const { modelTopology, weightsManifest } = JSON.parse(await Deno.readTextFile(`${path}.json`));
  const { buffer: weightData } = await Deno.readFile(`${path}.bin`);
  const weightSpecs = weightsManifest[0].weights;
  const load = () => Promise.resolve({ modelTopology, weightSpecs, weightData });
  return graphNetwork(await tf.loadGraphModel({ load }));
}
