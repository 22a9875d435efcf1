/**
 * Networks of TensorFlow.js as ONNX files: photos `[photos, side, side, 3]` of values 0 to 1 go in; `groups`, `years`
 * where the network predicts them, and `maps` come out.
 *
 * `maps`, `[photos, groups, height, width]`, are Grad-CAM's before they are divided by their greatest value. Behind
 * global average pooling they need no gradient: how much a group's score grows with a channel is a sum of the head's
 * weights, each year's weighed by its share of the group.
 */
import type * as tf from "@tensorflow/tfjs";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { OnnxBuilder, permute, type Values } from "@/model/onnx/builder.ts";
import type { OnnxValues } from "@/model/onnx/file.ts";

/** The names of what goes in and comes out. */
export const INPUT = "photos", GROUPS = "groups", YEARS = "years", MAPS = "maps";

/** Takes the years of other groups out of a softmax. */
const NEVER = -1e9;

interface Config {
  activation?: string;
  strides?: number[];
  padding?: string;
  poolSize?: number[];
  epsilon?: number;
  maxValue?: number | null;
  /** That of its values: 4 for maps, 2 for rows. */
  rank: number;
}

/** Adds a layer, given the names of its inputs, and its weights. */
type Convert = (
  builder: OnnxBuilder,
  inputs: readonly string[],
  weights: readonly Values[],
  config: Config,
) => string;

const LAYERS: Readonly<Record<string, Convert>> = {
  Conv2D: (builder, [input], weights, config) =>
    builder.convolution(input!, weights, windowOf(config)),
  DepthwiseConv2D: (builder, [input], weights, config) =>
    builder.depthwise(input!, weights, windowOf(config)),
  BatchNormalization: (builder, [input], weights, config) =>
    addNormalization(builder, input!, weights, config),
  ReLU: (builder, [input], _, { maxValue }) => builder.relu(input!, maxValue),
  MaxPooling2D: (builder, [input], _, config) =>
    builder.maxPool(input!, config.poolSize!, windowOf(config)),
  GlobalAveragePooling2D: (builder, inputs) =>
    builder.add("Flatten", [builder.add("GlobalAveragePool", inputs)]),
  Flatten: (builder, [input]) => builder.add("Flatten", [builder.channelsLast(input!)]),
  Dense: (builder, [input], weights) => builder.dense(input!, weights),
  Add: (builder, inputs) => builder.add("Add", inputs),
  Multiply: (builder, [maps, factors]) =>
    builder.add("Mul", [maps!, builder.add("Unsqueeze", [factors!, builder.integers([2, 3])])]),
  SeededDropout: (_, [input]) => input!,
  Dropout: (_, [input]) => input!,
};

const ACTIVATIONS: Readonly<Record<string, (builder: OnnxBuilder, input: string) => string>> = {
  linear: (_, input) => input,
  relu: (builder, input) => builder.relu(input),
  relu6: (builder, input) => builder.relu(input, 6),
  sigmoid: (builder, input) => builder.add("Sigmoid", [input]),
  softmax: (builder, input) => builder.add("Softmax", [input], { axis: -1 }),
};

/** The scale and the offset that batch normalisation comes to when predicting. */
function addNormalization(
  builder: OnnxBuilder,
  input: string,
  [gamma, beta, mean, variance]: readonly Values[],
  { epsilon = 1e-3, rank }: Config,
): string {
  const channels = gamma!.data.length, shape = [1, channels, 1, 1].slice(0, rank);
  const scale = Array.from({ length: channels }, (_, k) => (
    gamma!.data[k]! / Math.sqrt(variance!.data[k]! + epsilon)
  ));
  const offset = scale.map((scale, k) => beta!.data[k]! - mean!.data[k]! * scale);
  const scaled = builder.add("Mul", [input, builder.weights({ shape, data: scale })]);
  return builder.add("Add", [scaled, builder.weights({ shape, data: offset })]);
}

/**
 * Writes a network as an ONNX file that takes any number of photos.
 *
 * @param network as `buildNetwork()` makes it; its last layer puts out the groups
 * @param options.precision the bits that large weights are kept in; all is computed in 32
 * @throws {TypeError} if it has a layer or an activation that is not known here
 */
export function networkToOnnx(
  network: tf.LayersModel,
  { precision, metadata }: {
    precision: "float16" | "float32";
    metadata: Readonly<Record<string, string>>;
  },
): Uint8Array {
  const builder = new OnnxBuilder(precision), made: Made = new Map();
  const layers = network.layers.filter((layer) => layer.getClassName() !== "InputLayer");
  const photos = builder.channelsFirst(INPUT);
  for (const layer of layers) {
    const before = layer.inboundNodes[0]!.inboundLayers;
    const inputs = before.map(({ name }) => made.get(name)?.value ?? photos);
    made.set(layer.name, addLayer(builder, layer, inputs));
  }
  const named = nameOutputs(builder, layers, made), maps = addMaps(builder, layers, made);
  const side = network.inputs[0]!.shape[1]!, shape = [BATCH, side, side, 3], { name } = network;
  const inputs = [{ name: INPUT, shape }];
  return builder.finish({ name, inputs, outputs: [...named, ...maps], metadata });
}

/** The size that each call chooses. */
const BATCH = "photos";

/** The names of what each layer gives, before its activation and after. */
type Made = Map<string, { sum: string; value: string }>;

function addLayer(builder: OnnxBuilder, layer: tf.layers.Layer, inputs: readonly string[]) {
  const name = layer.getClassName(), { rank } = layer.output as tf.SymbolicTensor;
  const config = { ...layer.getConfig() as unknown as Config, rank };
  const convert = LAYERS[name], activate = ACTIVATIONS[config.activation ?? "linear"];
  if (!convert || !activate) {
    throw new TypeError(
      `Cannot write the layer ${layer.name} as ONNX: ${name}, ${config.activation ?? "linear"}`,
    );
  }
  const weights = layer.getWeights().map(valuesOf);
  const sum = convert(builder, inputs, weights, config);
  return { sum, value: activate(builder, sum) };
}

function nameOutputs(
  builder: OnnxBuilder,
  layers: readonly tf.layers.Layer[],
  made: Made,
): OnnxValues[] {
  const ends = answersYears(layers) ? [YEARS, GROUPS] as const : [GROUPS] as const;
  return ends.map((name, k) => {
    const layer = layers.at(k - ends.length)!;
    builder.name(made.get(layer.name)!.value, name);
    return { name, shape: [BATCH, (layer.output as tf.SymbolicTensor).shape[1]!] };
  });
}

/** Tells whether the last layer sums up the probabilities that the one before it gives to years. */
function answersYears(layers: readonly tf.layers.Layer[]): boolean {
  return layers.at(-2)?.getConfig().activation === "softmax";
}

/** Adds Grad-CAM's maps where the head is one dense layer behind global average pooling. */
function addMaps(
  builder: OnnxBuilder,
  layers: readonly tf.layers.Layer[],
  made: Made,
): OnnxValues[] {
  const head = layers.at(answersYears(layers) ? -2 : -1)!, pooling = poolingBefore(layers, head);
  if (!pooling) return [];
  const [source] = pooling.inboundNodes[0]!.inboundLayers, channels = made.get(source!.name)!.value;
  const [, height, width, count] = (source!.getOutputAt(0) as tf.SymbolicTensor).shape as number[];
  const flat = builder.add("Reshape", [channels, builder.integers([0, count!, height! * width!])]);
  const importance = answersYears(layers)
    ? importanceOfYears(builder, head, made.get(head.name)!.sum)
    : builder.weights(permute(kernelOf(head), [1, 0]));
  const maps = builder.relu(builder.add("MatMul", [importance, flat]));
  const shape = [0, AGE_GROUPS.length, height!, width!];
  builder.add("Reshape", [maps, builder.integers(shape)], {}, MAPS);
  return [{ name: MAPS, shape: [BATCH, ...shape.slice(1)] }];
}

/** The global average pooling that a dense layer takes its values from, but for dropout; null if there is none. */
function poolingBefore(layers: readonly tf.layers.Layer[], head: tf.layers.Layer) {
  const isDropout = (layer: tf.layers.Layer) => /Dropout/.test(layer.getClassName());
  const before = layers.slice(0, layers.indexOf(head)).findLast((layer) => !isDropout(layer));
  return before?.getClassName() === "GlobalAveragePooling2D" ? before : null;
}

function valuesOf(tensor: tf.Tensor): Values {
  return { shape: tensor.shape, data: tensor.dataSync() };
}

function kernelOf(layer: tf.layers.Layer): Values {
  return valuesOf(layer.getWeights()[0]!);
}

/**
 * How much each group's score grows with each channel, `[photos, groups, channels]`, where years are predicted: the
 * score is the logarithm of the sum of its years' exponentials, so that each year counts by its share of the group.
 */
function importanceOfYears(builder: OnnxBuilder, head: tf.layers.Layer, logits: string): string {
  const kernel = kernelOf(head), years = kernel.shape[1]!;
  const others = AGE_GROUPS.flatMap(({ from, to }) => (
    Array.from({ length: years }, (_, year) => from <= year && year <= to ? 0 : NEVER)
  ));
  const masked = builder.add("Add", [
    builder.add("Unsqueeze", [logits, builder.integers([1])]),
    builder.weights({ shape: [AGE_GROUPS.length, years], data: others }),
  ]);
  const shares = builder.add("Softmax", [masked], { axis: -1 });
  return builder.add("MatMul", [shares, builder.weights(permute(kernel, [1, 0]))]);
}

function windowOf({ strides = [1, 1], padding = "valid" }: Config) {
  return { strides, padding };
}
