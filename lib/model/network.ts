/** Networks built from specs, on the active backend of TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";
import { type ByKind, byKind, type Layer, layerShapes, layersOf } from "@/model/layers.ts";
import { COLORS, MEAN_COLOR } from "@/model/mobile_net.ts";
import { SeededDropout } from "@/model/seeded_dropout.ts";
import { createRandom } from "@/base/random.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { usePinnedKernels } from "@/native/pinned_kernels.ts";
import { YEARS } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";

/**
 * Builds a model with fresh weights: photos `[photos, side, side, 3]` of values 0 to 1 go in, the
 * probabilities `[photos, 5]` of the age groups come out.
 *
 * The weights follow from the seed, each layer's from the seed and the layer's name (uniform after
 * Glorot, biases zero).
 *
 * @throws {RangeError} if the photos are too small for the model
 */
export function buildNetwork(
  spec: Spec,
  { side, seed }: { side: number; seed: number },
): tf.LayersModel {
  usePinnedKernels();
  layerShapes(spec, side); // refuses photos that are too small
  const layers = layersOf(spec), isGraph = layers.some(({ kind }) => kind === "residual");
  const network = (isGraph ? buildGraph : buildChain)(spec.id, layers, [side, side, 3], seed);
  if (layers.at(-1)!.kind === "group sums") {
    tf.tidy(() => network.layers.at(-1)!.setWeights([groupMembership()]));
  }
  if (spec.start) setColors(network);
  return network;
}

/** Has the first layer turn red, green, blue of 0 to 1 into blue first, 0 to 255, less the mean colour. */
function setColors(network: tf.LayersModel): void {
  const swapped = [[0, 0, 255], [0, 255, 0], [255, 0, 0]];
  tf.tidy(() =>
    network.getLayer(COLORS).setWeights([
      tf.tensor2d(swapped).reshape([1, 1, 3, 3]),
      tf.tensor1d(MEAN_COLOR.map((mean) => -mean)),
    ])
  );
}

function buildChain(name: string, layers: readonly Layer[], inputShape: number[], seed: number) {
  const input = tf.layers.inputLayer({ name: "input", inputShape });
  const built = layers.map((layer) => byKind(BUILDERS, layer, seed));
  return tf.sequential({ name, layers: [input, ...built] });
}

function buildGraph(name: string, layers: readonly Layer[], shape: number[], seed: number) {
  const inputs = tf.input({ name: "input", shape });
  const outputs = leadThrough<tf.SymbolicTensor>(layers, inputs, (layer, given) => (
    byKind(BUILDERS, layer, seed).apply(given) as tf.SymbolicTensor
  ));
  return tf.model({ name, inputs, outputs });
}

/** Leads values through layers; through both paths of a residual one, to its sum, or of a gate, to its product. */
export function leadThrough<T>(
  layers: readonly Layer[],
  values: T,
  apply: (layer: Layer, given: T | T[]) => T,
): T {
  return layers.reduce((values, layer) => {
    const paths = pathsOf(layer)?.map((path) => leadThrough(path, values, apply));
    return apply(layer, paths ?? values);
  }, values);
}

/** The two paths that a layer makes one of, if it does; an empty one leaves values as they are. */
function pathsOf(layer: Layer): (readonly Layer[])[] | null {
  if (layer.kind === "residual") return [layer.main, layer.shortcut];
  return layer.kind === "gate" ? [[], layer.factors] : null;
}

/** The years that each group sums up, `[years, groups]`: 1 if the year belongs to the group, else 0. */
export function groupMembership(): tf.Tensor2D {
  return tf.tensor2d(Array.from({ length: YEARS }, (_, year) => (
    AGE_GROUPS.map(({ from, to }) => Number(from <= year && year <= to))
  )));
}

/** Sets the step that dropout continues from when a training is resumed; a new network is at 0. */
export function setStep(network: tf.LayersModel, step: number): void {
  for (const layer of network.layers) {
    if (layer instanceof SeededDropout) layer.step = step;
  }
}

/** Work to be done when a network is disposed of. */
const endings = new WeakMap<tf.LayersModel, (() => void)[]>();

/** Has something done when a network is disposed of, such as freeing what was computed from its weights. */
export function onDispose(network: tf.LayersModel, work: () => void): void {
  endings.set(network, [...endings.get(network) ?? [], work]);
}

/** Frees a network's memory, with its optimizer's. */
export function disposeNetwork(network: tf.LayersModel): void {
  endings.get(network)?.forEach((work) => work());
  endings.delete(network);
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
      strides: layer.stride,
      trainable: !layer.frozen,
    }),
  "depthwise convolution": ({ name, stride, frozen }) =>
    tf.layers.depthwiseConv2d({
      ...{ name, kernelSize: 3, strides: stride, padding: "same", activation: "relu6" },
      ...{ depthwiseInitializer: "zeros", trainable: !frozen },
    }),
  "dense": (layer, seed) => tf.layers.dense({ ...weighted(layer, seed), units: layer.units }),
  "dropout": (layer, seed) => new SeededDropout({ ...layer, seed }),
  "batch normalisation": ({ name, momentum }) => tf.layers.batchNormalization({ name, momentum }),
  "ReLU": ({ name }) => tf.layers.reLU({ name }),
  "max pooling": ({ name }) => tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 }),
  "flatten": ({ name }) => tf.layers.flatten({ name }),
  "global average": ({ name }) => tf.layers.globalAveragePooling2d({ name }),
  "residual": ({ name }) => tf.layers.add({ name }),
  "gate": ({ name }) => tf.layers.multiply({ name }),
  "group sums": ({ name }) =>
    tf.layers.dense({
      ...{ name, units: AGE_GROUPS.length, useBias: false, trainable: false },
      kernelInitializer: "zeros", // set as soon as it is built
    }),
};

function weighted(
  { name, activation, bias, l2, empty }: Extract<Layer, { bias: boolean }>,
  seed: number,
) {
  return {
    name,
    activation,
    useBias: bias,
    kernelInitializer: empty
      ? tf.initializers.zeros()
      : tf.initializers.glorotUniform({ seed: weightSeed(seed, name) }),
    kernelRegularizer: l2 ? tf.regularizers.l2({ l2 }) : undefined,
  };
}

/** A whole number, as tfjs wants its seeds. */
function weightSeed(seed: number, name: string): number {
  return Math.floor(createRandom(seed, `weights of ${name}`)() * 2 ** 32);
}
