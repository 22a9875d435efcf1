/**
 * The networks of the npm package that faces are read with, on TensorFlow.js.
 *
 * @module
 */
import type { FaceNetwork } from "@/faces/face.ts";
import { graphNetwork } from "@/faces/graph_network.ts";
import { readPublished } from "@/model/published_weights.ts";
import { tf } from "@/native/tensorflow.ts";

/** Opens a network of the package by the name of its file. */
export async function openFaceGraph({ source }: { source: string }): Promise<FaceNetwork> {
  const network = await readPublished({ package: "@vladmandic/human", file: `models/${source}` });
  const load = () => Promise.resolve(network);
  return graphNetwork(await tf.loadGraphModel({ load }));
}
