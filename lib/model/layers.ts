/** The layers of a model, in their order, and the shapes that leave them. */
import { sum } from "d3";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { mobileNetLayers } from "@/model/mobile_net.ts";
import { YEARS } from "@/model/recipe.ts";
import type { BatchNorm, ConvolutionSpec, ResidualSpec, Spec } from "@/model/spec.ts";

/** Fields that layers with weights share. */
interface Weighted {
  activation: "relu" | "relu6" | "linear" | "sigmoid" | "softmax";
  bias: boolean;
  /** Penalty on the sum of squared weights, 0 for none. */
  l2: number;
  /** The largest norm of the weights that lead to one filter or unit. */
  maxNorm: number | null;
}

/** Fields of a layer whose weights come from elsewhere. */
interface Published {
  /** True if the weights are 0 until then. */
  empty?: boolean;
  /** True if they stay as they are. */
  frozen?: boolean;
}

/** A layer, as data; pools are 2x2. */
export type Layer =
  & { name: string }
  & (
    | { kind: "convolution"; stride: number }
      & Omit<ConvolutionSpec, "pool">
      & Weighted
      & Published
    /** A 3x3 convolution of each channel by itself, padded, with a bias and ReLU6. */
    | { kind: "depthwise convolution"; stride: number } & Published
    /** The sum of two paths of layers over the same values; an empty path leaves them as they are. */
    | { kind: "residual"; main: readonly Layer[]; shortcut: readonly Layer[] }
    /** Values times factors, one a channel, that layers make of the same values. */
    | { kind: "gate"; factors: readonly Layer[] }
    | { kind: "dense"; units: number } & Weighted & Pick<Published, "empty">
    | { kind: "dropout"; rate: number; of: "maps" | "values" }
    /** The momentum is the moving averages'. */
    | { kind: "batch normalisation"; momentum: number }
    | { kind: "ReLU" }
    | { kind: "max pooling" }
    | { kind: "flatten" }
    | { kind: "global average" }
    /** A distribution over years summed up by age group; nothing of it is trained. */
    | { kind: "group sums" }
  );

/** A layer with the shape of its output, `[height, width, channels]` or `[units]`, and its number of weights. */
export interface LayerShape {
  layer: string;
  kind: Layer["kind"] | "input";
  shape: readonly number[];
  parameters: number;
}

/** A function for each kind of layer, given a context. */
export type ByKind<Given, Result> = {
  [Kind in Layer["kind"]]: (layer: Extract<Layer, { kind: Kind }>, given: Given) => Result;
};

/** Does with a layer what the table holds for its kind. */
export function byKind<Given, Result>(
  table: ByKind<Given, Result>,
  layer: Layer,
  given: Given,
): Result {
  return (table[layer.kind] as (layer: Layer, given: Given) => Result)(layer, given);
}

/** Lists the layers of a model from the photo to the five probabilities, without the input. */
export function layersOf(spec: Spec): Layer[] {
  return [
    ...spec.conv.flatMap((convolution, index) => convolutionLayers(spec, convolution, index + 1)),
    ...(spec.residual ? residualLayers(spec.residual) : []),
    ...(spec.start ? mobileNetLayers(spec.start) : []),
    { kind: spec.head, name: spec.head.replace(" ", "_") },
    ...spec.dense.flatMap((units, index) => denseLayers(spec, units, index + 1)),
    ...dropping(spec.residual?.dropout ?? spec.start?.dropout ?? 0, "values", "head"),
    ...outputLayers(spec),
  ];
}

/** The probabilities of the groups: at once, or as sums of those of the years. */
function outputLayers({ l2, maxNorm, recipe, start }: Spec): Layer[] {
  const softmax = { kind: "dense", activation: "softmax", bias: true, empty: !!start } as const;
  const weights = { ...softmax, l2: l2.dense, maxNorm: maxNorm.dense };
  return recipe?.targets.kind === "years"
    ? [{ ...weights, name: "years", units: YEARS }, { kind: "group sums", name: "output" }]
    : [{ ...weights, name: "output", units: AGE_GROUPS.length }];
}

/**
 * Follows a photo through a model: the output shape of each layer, and its number of weights.
 *
 * @throws {RangeError} if the side is not a whole number, or so small that a layer runs out of pixels
 *
 * @example The output of model IV's convolutions
 * ```ts
 * import { findSpec } from "@/model/zoo.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const pool5 = layerShapes(findSpec("IV"), 256).find(({ layer }) => layer === "pool5");
 * deepEqual(pool5?.shape, [6, 6, 64]);
 * ```
 */
export function layerShapes(spec: Spec, side: number): LayerShape[] {
  const refusal = `Model ${spec.id} cannot take photos of ${side} pixels`;
  if (!(Number.isInteger(side) && side > 0)) {
    throw new RangeError(`${refusal}: a side is a whole number above 0`);
  }
  const shapes = followPhoto(spec, side);
  const empty = shapes.find(hasNoPixel);
  if (!empty) return shapes;
  const smallest = `the smallest side it takes is ${smallestSide(spec)}`;
  throw new RangeError(`${refusal}: layer ${empty.layer} would have none left; ${smallest}`);
}

/**
 * Counts a model's weights, including those of batch normalisation, half of which are not trained.
 *
 * @throws {RangeError} if the side is too small; see {@linkcode layerShapes}
 *
 * @example The model that the original found best
 * ```ts
 * import { findSpec } from "@/model/zoo.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(countParameters(findSpec("IV"), 256), 658_773);
 * ```
 */
export function countParameters(spec: Spec, side: number): number {
  return weightsOf(layerShapes(spec, side));
}

function weightsOf(layers: readonly LayerShape[]): number {
  return sum(layers, ({ parameters }) => parameters);
}

/** A convolution and the layers that belong to it; dropout follows pooling only. */
function convolutionLayers(
  { batchNorm, dropout, l2, maxNorm }: Spec,
  { pool, ...convolution }: ConvolutionSpec,
  number: number,
): Layer[] {
  const { conv: place } = batchNorm, name = `conv${number}`;
  const weights = { ...ACTIVATION[place], l2: l2.conv, maxNorm: maxNorm.conv };
  return [
    { kind: "convolution", name, stride: 1, ...convolution, ...weights },
    ...normalisation(place, name),
    ...(pool ? pooling(`pool${number}`, dropout.conv) : []),
  ];
}

function pooling(name: string, rate: number): Layer[] {
  return [{ kind: "max pooling", name }, ...dropping(rate, "maps", name)];
}

/** The stem, and all blocks one after the other. */
function residualLayers({ stem, stages, momentum, squeezeRatio }: ResidualSpec): Layer[] {
  const layers = [...normalizedConvolution("stem", { ...stem, momentum }), relu("stem")];
  let channels = stem.filters;
  stages.forEach(({ filters, blocks, stride }, stage) => {
    for (let block = 0; block < blocks; block++) {
      const change = { from: channels, filters, stride: block === 0 ? stride : 1, momentum };
      layers.push(...residualBlock(`block${stage + 1}_${block + 1}`, change, squeezeRatio));
      channels = filters;
    }
  });
  return layers;
}

/**
 * Two convolutions, perhaps squeeze-and-excitation, and beside them a 1x1 convolution if the shape changes;
 * ReLU comes after the sum.
 */
function residualBlock(
  name: string,
  { from, filters, stride, momentum }: Record<"from" | "filters" | "stride" | "momentum", number>,
  squeezeRatio: number | null | undefined,
): Layer[] {
  const main = [
    ...normalizedConvolution(`${name}_conv1`, { filters, stride, momentum }),
    relu(`${name}_conv1`),
    ...normalizedConvolution(`${name}_conv2`, { filters, momentum }),
    ...(squeezeRatio ? [squeezeAndExcitation(name, filters, squeezeRatio)] : []),
  ];
  const shortcut = from === filters && stride === 1
    ? []
    : normalizedConvolution(`${name}_shortcut`, { filters, stride, momentum, kernel: 1 });
  return [{ kind: "residual", name, main, shortcut }, relu(name)];
}

/**
 * Weighs each channel by what the means of all channels say.
 *
 * Source: J. Hu, L. Shen, G. Sun, "Squeeze-and-Excitation Networks" (2018).
 */
function squeezeAndExcitation(block: string, channels: number, ratio: number): Layer {
  const dense = { kind: "dense", bias: true, l2: 0, maxNorm: null } as const;
  const units = Math.max(1, Math.round(channels / ratio));
  const factors: Layer[] = [
    { kind: "global average", name: `${block}_average` },
    { ...dense, name: `${block}_squeeze`, units, activation: "relu" },
    { ...dense, name: `${block}_excite`, units: channels, activation: "sigmoid" },
  ];
  return { kind: "gate", name: `${block}_gate`, factors };
}

type Normalized = Record<"filters" | "momentum", number> & { stride?: number; kernel?: number };

function normalizedConvolution(
  name: string,
  { filters, momentum, stride = 1, kernel = 3 }: Normalized,
): Layer[] {
  const plain = { activation: "linear", bias: false, l2: 0, maxNorm: null } as const;
  return [
    { kind: "convolution", name, filters, kernel, stride, padding: "same", ...plain },
    { kind: "batch normalisation", name: `${name}_normalisation`, momentum },
  ];
}

function relu(after: string): Layer {
  return { kind: "ReLU", name: `${after}_relu` };
}

function denseLayers(
  { batchNorm, dropout, l2, maxNorm }: Spec,
  units: number,
  number: number,
): Layer[] {
  const { dense: place } = batchNorm, name = `dense${number}`;
  const weights = { ...ACTIVATION[place], l2: l2.dense, maxNorm: maxNorm.dense };
  return [
    { kind: "dense", name, units, ...weights },
    ...normalisation(place, name),
    ...dropping(dropout.dense[number - 1] ?? 0, "values", name),
  ];
}

/** Batch normalisation replaces the bias, and comes before or after ReLU. */
const ACTIVATION = {
  "none": { activation: "relu", bias: true },
  "before ReLU": { activation: "linear", bias: false },
  "after ReLU": { activation: "relu", bias: false },
} as const;

function normalisation(place: BatchNorm, after: string): Layer[] {
  const name = `${after}_normalisation`;
  const layer = { kind: "batch normalisation", name, momentum: 0.99 } as const; // Keras's
  return { "none": [], "before ReLU": [layer, relu(after)], "after ReLU": [layer] }[place];
}

function dropping(rate: number, of: "maps" | "values", after: string): Layer[] {
  return rate ? [{ kind: "dropout", name: `${after}_dropout`, rate, of }] : [];
}

/** The output shape of each kind of layer, given its input's, and its number of weights, if it has any. */
const SHAPES: ByKind<readonly number[], Pick<LayerShape, "shape"> & Partial<LayerShape>> = {
  "convolution": ({ filters, kernel, padding, bias, stride }, [height, width, channels]) => {
    const lost = padding === "same" ? 0 : kernel - 1;
    const left = (length: number) => Math.ceil((length - lost) / stride);
    return {
      shape: [left(height!), left(width!), filters],
      parameters: (kernel * kernel * channels! + Number(bias)) * filters,
    };
  },
  "depthwise convolution": ({ stride }, [height, width, channels]) => ({
    shape: [Math.ceil(height! / stride), Math.ceil(width! / stride), channels!],
    parameters: 10 * channels!,
  }),
  "dense": ({ units, bias }, [values]) => (
    { shape: [units], parameters: (values! + Number(bias)) * units }
  ),
  "batch normalisation": (_, shape) => ({ shape, parameters: 4 * shape.at(-1)! }),
  "ReLU": (_, shape) => ({ shape }),
  "dropout": (_, shape) => ({ shape }),
  "max pooling": (_, [height, width, channels]) => (
    { shape: [Math.floor(height! / 2), Math.floor(width! / 2), channels!] }
  ),
  "flatten": (_, [height, width, channels]) => ({ shape: [height! * width! * channels!] }),
  "global average": (_, [, , channels]) => ({ shape: [channels!] }),
  "residual": ({ main, shortcut }, shape) => {
    const [own, beside] = [main, shortcut].map((path) => followLayers(path, shape));
    return { shape: own!.at(-1)!.shape, parameters: weightsOf([...own!, ...beside!]) };
  },
  "gate": ({ factors }, shape) => ({ shape, parameters: weightsOf(followLayers(factors, shape)) }),
  "group sums": (_, [values]) => (
    { shape: [AGE_GROUPS.length], parameters: values! * AGE_GROUPS.length }
  ),
};

function followPhoto(spec: Spec, side: number): LayerShape[] {
  const shape = [side, side, 3];
  const input: LayerShape = { layer: "input", kind: "input", shape, parameters: 0 };
  return [input, ...followLayers(layersOf(spec), shape)];
}

function followLayers(layers: readonly Layer[], shape: readonly number[]): LayerShape[] {
  const shapes: LayerShape[] = [];
  for (const layer of layers) {
    const made = byKind(SHAPES, layer, shapes.at(-1)?.shape ?? shape);
    const { name, kind } = layer, { shape: after, parameters = 0 } = made;
    shapes.push({ layer: name, kind, shape: after, parameters });
  }
  return shapes;
}

function hasNoPixel({ shape }: LayerShape): boolean {
  return shape.length === 3 && shape[0]! < 1;
}

function smallestSide(spec: Spec): number {
  let side = 1;
  while (followPhoto(spec, side).some(hasNoPixel)) side++;
  return side;
}
