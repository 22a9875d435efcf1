/** The published weights that networks start from, read from the npm package that ships them. */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { notSetUp, ROOT } from "@/base/project.ts";
import { setPublishedWeights } from "@/model/mobile_net.ts";
import type { CardStart } from "@/model/model_card.ts";
import type { GraphNode } from "@/model/onnx/graph.ts";

/** The published weights that networks start from. */
export const PUBLISHED: CardStart = {
  package: "@vladmandic/human",
  version: "3.3.6",
  file: "models/faceres",
  license: "MIT; upstream, HSE_FaceRec_tf, Apache-2.0",
  learnedFrom: "VGGFace2 and IMDB-WIKI, which are sets for research",
  onlyDifference: true,
};

/**
 * Gives a network the weights of an npm package, all but those of its head.
 *
 * @throws {Error} if the package is not installed, saying how to install it
 */
export async function addPublishedWeights(
  network: tf.LayersModel,
  start: Pick<CardStart, "package" | "file">,
): Promise<void> {
  const { weightData, weightSpecs } = await readPublished(start);
  const published = tf.io.decodeWeights(weightData, weightSpecs);
  setPublishedWeights(network, published);
  tf.dispose(published);
}

/** A network of an npm package: its graph, and its weights as bytes. */
export interface PublishedNetwork {
  modelTopology: { node: GraphNode[] };
  weightSpecs: tf.io.WeightsManifestEntry[];
  weightData: ArrayBuffer;
}

/**
 * Reads a network that an npm package ships.
 *
 * @throws {Error} if the package is not installed, saying how to install it
 */
export async function readPublished(
  { package: name, file }: Pick<CardStart, "package" | "file">,
): Promise<PublishedNetwork> {
  const path = join(ROOT, "node_modules", name, file);
  try {
    const { modelTopology, weightsManifest } = JSON.parse(await Deno.readTextFile(`${path}.json`));
    const { buffer: weightData } = await Deno.readFile(`${path}.bin`);
    return { modelTopology, weightSpecs: weightsManifest[0].weights, weightData };
  } catch (error) {
    throw notSetUp(`the network ${file} of ${name}`, error);
  }
}
