/**
 * Networks built from specs, on the active backend of TensorFlow.js.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type ByKind, byKind, type Layer, layerShapes, layersOf } from "@/model/layers.ts";
import { SeededDropout } from "@/model/seeded_dropout.ts";
import { createRandom } from "@/base/random.ts";
import type { Spec } from "@/model/spec.ts";

/**
 * Builds a model with fresh weights: photos `[photos, side, side, 3]` of values 0 to 1 go in, the
 * probabilities `[photos, 5]` of the age groups come out.
 *
 * The weights follow from the seed, each layer's from the seed and the layer's name (uniform after
 * Glorot, biases zero).
 *
 * @throws {RangeError} if the photos are too small for the model
 *
 * @example A network's size
 * ```ts
 * import { buildNetwork, disposeNetwork } from "@/model/network.ts";
 * import { TESTING } from "@/model/zoo.ts";
 * import { equal } from "node:assert/strict";
 *
 * const network = buildNetwork(TESTING, { side: 16, seed: 7 });
 * equal(network.countParams(), 1557);
 * disposeNetwork(network);
 * ```
 */
export function buildNetwork(
  spec: Spec,
  { side, seed }: { side: number; seed: number },
): tf.LayersModel {
  layerShapes(spec, side); // refuses photos that are too small
  const input = tf.layers.inputLayer({ name: "input", inputShape: [side, side, 3] });
  const layers = layersOf(spec).map((layer) => byKind(BUILDERS, layer, seed));
  return tf.sequential({ name: spec.id, layers: [input, ...layers] });
}

/** Sets the step that dropout continues from when a training is resumed; a new network is at 0. */
export function setStep(network: tf.LayersModel, step: number): void {
  for (const layer of network.layers) {
    if (layer instanceof SeededDropout) layer.step = step;
  }
}

/** Frees the memory of a network, and of its optimizer. */
export function disposeNetwork(network: tf.LayersModel): void {
  network.optimizer?.dispose();
  network.dispose();
}

/** Makes each kind of layer from its row and the run's seed. */
const BUILDERS: ByKind<number, tf.layers.Layer> = {
  "convolution": (layer, seed) =>
    tf.layers.conv2d({
      ...weighted(layer, seed),
      filters: layer.filters,
      kernelSize: layer.kernel,
      padding: layer.padding,
    }),
  "dense": (layer, seed) => tf.layers.dense({ ...weighted(layer, seed), units: layer.units }),
  "dropout": (layer, seed) => new SeededDropout({ ...layer, seed }),
  "batch normalisation": ({ name }) => tf.layers.batchNormalization({ name }),
  "ReLU": ({ name }) => tf.layers.reLU({ name }),
  "max pooling": ({ name }) => tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 }),
  "flatten": ({ name }) => tf.layers.flatten({ name }),
  "global average": ({ name }) => tf.layers.globalAveragePooling2d({ name }),
};

function weighted(
  { name, activation, bias, l2 }: Extract<Layer, { bias: boolean }>,
  seed: number,
) {
  return {
    name,
    activation,
    useBias: bias,
    kernelInitializer: tf.initializers.glorotUniform({ seed: weightSeed(seed, name) }),
    kernelRegularizer: l2 ? tf.regularizers.l2({ l2 }) : undefined,
  };
}

/** A whole number, as tfjs wants its seeds. */
function weightSeed(seed: number, name: string): number {
  return Math.floor(createRandom(seed, `weights of ${name}`)() * 2 ** 32);
}
