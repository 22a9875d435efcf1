/** The published weights that networks start from, read from the npm package that ships them. */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { notSetUp, ROOT } from "@/base/project.ts";
import type { CardStart } from "@/model/model_card.ts";
import type { GraphNode } from "@/model/onnx/graph.ts";
import type { StartSpec } from "@/model/spec.ts";

/** The published weights that networks start from, by their names in a spec. */
const PUBLISHED: Record<StartSpec["weights"], CardStart> = {
  faceres: {
    package: "@vladmandic/human",
    version: "3.3.6",
    file: "models/faceres",
    license: "MIT; upstream, HSE_FaceRec_tf, Apache-2.0",
    learnedFrom: "VGGFace2 and IMDB-WIKI, which are sets for research",
  },
};

/**
 * What a spec's network starts from.
 *
 * @throws {RangeError} if no weights have that name, saying which there are
 */
export function cardStart({ weights }: Pick<StartSpec, "weights">): CardStart {
  const start = PUBLISHED[weights];
  if (start) return start;
  throw new RangeError(
    `There are no published weights "${weights}", but ${Object.keys(PUBLISHED).join(", ")}`,
  );
}

/**
 * Gives a network the weights of an npm package, all but those of its head.
 *
 * @throws {Error} if the package is not installed, saying how to install it, or has other weights
 */
export async function addPublishedWeights(
  network: tf.LayersModel,
  start: Pick<CardStart, "package" | "file">,
): Promise<void> {
  const { weightData, weightSpecs } = await readPublished(start);
  const published = tf.io.decodeWeights(weightData, weightSpecs);
  for (const { name } of network.layers) {
    if (/^conv/.test(name)) setWeights(network, name, published);
  }
  tf.dispose(published);
}

/** Gives a layer its weights: the factors of the folded normalisation are part of the kernel in pointwise layers. */
function setWeights(network: tf.LayersModel, layer: string, published: tf.NamedTensorMap): void {
  const get = (name: string) => {
    const tensor = published[`${layer}${name}`];
    if (!tensor) throw new Error(`The published network has no weights named ${layer}${name}`);
    return tensor;
  };
  tf.tidy(() => {
    const kernel = layer.startsWith("conv_dw")
      ? get("/depthwise_kernel").mul(get("_bn/batchnorm_1/mul").reshape([1, 1, -1, 1]))
      : get("/convolution/merged_input");
    network.getLayer(layer).setWeights([kernel, get("_bn/batchnorm_1/sub")]);
  });
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
