/**
 * The layers that a model consists of, one after another, and what each of them makes of a photo.
 *
 * @module
 */
import { sum } from "d3";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import type { BatchNorm, ConvolutionSpec, Spec } from "@/model/spec.ts";

/** Layers with weights, before their shape: what comes in decides about that. */
interface Weighted {
  activation: "relu" | "linear" | "softmax";
  bias: boolean;
  /** Penalty on the sum of squared weights, 0 for none. */
  l2: number;
  /** The largest norm of the weights that lead to one filter or unit. */
  maxNorm: number | null;
}

/** A layer, as data; strides are 1 and pools 2x2. */
export type Layer =
  & { name: string }
  & (
    | { kind: "convolution" } & Omit<ConvolutionSpec, "pool"> & Weighted
    | { kind: "dense"; units: number } & Weighted
    | { kind: "dropout"; rate: number; of: "maps" | "values" }
    | { kind: "batch normalisation" }
    | { kind: "ReLU" }
    | { kind: "max pooling" }
    | { kind: "flatten" }
    | { kind: "global average" }
  );

/** A layer with what leaves it, `[height, width, maps]` or `[units]`, and how many weights it has. */
export interface LayerShape {
  layer: string;
  kind: Layer["kind"] | "input";
  shape: readonly number[];
  parameters: number;
}

/** A table of what to do with each kind of layer, given something else. */
export type ByKind<Given, Result> = {
  [Kind in Layer["kind"]]: (layer: Extract<Layer, { kind: Kind }>, given: Given) => Result;
};

/** Does with a layer what the table says for its kind. */
export function byKind<Given, Result>(
  table: ByKind<Given, Result>,
  layer: Layer,
  given: Given,
): Result {
  return (table[layer.kind] as (layer: Layer, given: Given) => Result)(layer, given);
}

/**
 * Lists the layers of a model from the photo to the five probabilities, without the input.
 *
 * @example The model for tests
 * ```ts
 * import { layersOf } from "@/model/layers.ts";
 * import { TESTING } from "@/model/zoo.ts";
 * import { equal } from "node:assert/strict";
 *
 * const names = layersOf(TESTING).map(({ name }) => name);
 * equal(names.join(" "), "conv1 pool1 conv2 pool2 flatten dense1 dense2 output");
 * ```
 */
export function layersOf(spec: Spec): Layer[] {
  return [
    ...spec.conv.flatMap((convolution, index) => convolutionLayers(spec, convolution, index + 1)),
    { kind: spec.head, name: spec.head.replace(" ", "_") },
    ...spec.dense.flatMap((units, index) => denseLayers(spec, units, index + 1)),
    {
      kind: "dense",
      name: "output",
      units: AGE_GROUPS.length,
      activation: "softmax",
      bias: true,
      l2: spec.l2.dense,
      maxNorm: spec.maxNorm.dense,
    },
  ];
}

/**
 * Follows a photo through a model: the shape that leaves each layer, and the layer's weights.
 *
 * @param side width and height of the photos in pixels
 * @throws {RangeError} where the side is no whole number, or so small that a layer runs out of pixels
 *
 * @example What the convolutions of model IV leave of a photo
 * ```ts
 * import { findSpec } from "@/model/zoo.ts";
 * import { layerShapes } from "@/model/layers.ts";
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
 * Counts a model's weights, those of batch normalisation included, of which half are not trained.
 *
 * @param side width and height of the photos in pixels
 * @throws {RangeError} where the side is too small; see {@linkcode layerShapes}
 *
 * @example The model that the original found best
 * ```ts
 * import { countParameters } from "@/model/layers.ts";
 * import { findSpec } from "@/model/zoo.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(countParameters(findSpec("IV"), 256), 658_773);
 * ```
 */
export function countParameters(spec: Spec, side: number): number {
  return sum(layerShapes(spec, side), ({ parameters }) => parameters);
}

/** A convolution with what stands around it; only a pooling has a dropout behind it. */
function convolutionLayers(
  { batchNorm, dropout, l2, maxNorm }: Spec,
  { pool, ...convolution }: ConvolutionSpec,
  number: number,
): Layer[] {
  const { conv: place } = batchNorm;
  return [
    {
      kind: "convolution",
      name: `conv${number}`,
      ...convolution,
      ...ACTIVATION[place],
      l2: l2.conv,
      maxNorm: maxNorm.conv,
    },
    ...normalisation(place, `conv${number}`),
    ...(pool ? [{ kind: "max pooling", name: `pool${number}` } as const] : []),
    ...(pool ? dropping(dropout.conv, "maps", `pool${number}`) : []),
  ];
}

function denseLayers(
  { batchNorm, dropout, l2, maxNorm }: Spec,
  units: number,
  number: number,
): Layer[] {
  const { dense: place } = batchNorm;
  return [
    {
      kind: "dense",
      name: `dense${number}`,
      units,
      ...ACTIVATION[place],
      l2: l2.dense,
      maxNorm: maxNorm.dense,
    },
    ...normalisation(place, `dense${number}`),
    ...dropping(dropout.dense[number - 1] ?? 0, "values", `dense${number}`),
  ];
}

/** What a normalised layer leaves to its normalisation: the bias, and perhaps ReLU. */
const ACTIVATION = {
  "none": { activation: "relu", bias: true },
  "before ReLU": { activation: "linear", bias: false },
  "after ReLU": { activation: "relu", bias: false },
} as const;

function normalisation(place: BatchNorm, after: string): Layer[] {
  const layer = { kind: "batch normalisation", name: `${after}_normalisation` } as const;
  const relu = { kind: "ReLU", name: `${after}_relu` } as const;
  return { "none": [], "before ReLU": [layer, relu], "after ReLU": [layer] }[place];
}

function dropping(rate: number, of: "maps" | "values", after: string): Layer[] {
  return rate ? [{ kind: "dropout", name: `${after}_dropout`, rate, of }] : [];
}

/** What each kind of layer makes of a shape, and how many weights it needs for that. */
const SHAPES: ByKind<readonly number[], Pick<LayerShape, "shape" | "parameters">> = {
  "convolution": ({ filters, kernel, padding, bias }, [height, width, maps]) => {
    const lost = padding === "same" ? 0 : kernel - 1;
    return {
      shape: [height! - lost, width! - lost, filters],
      parameters: (kernel * kernel * maps! + Number(bias)) * filters,
    };
  },
  "dense": ({ units, bias }, [values]) => (
    { shape: [units], parameters: (values! + Number(bias)) * units }
  ),
  "batch normalisation": (_, shape) => ({ shape, parameters: 4 * shape.at(-1)! }),
  "ReLU": (_, shape) => ({ shape, parameters: 0 }),
  "dropout": (_, shape) => ({ shape, parameters: 0 }),
  "max pooling": (_, [height, width, maps]) => (
    { shape: [Math.floor(height! / 2), Math.floor(width! / 2), maps!], parameters: 0 }
  ),
  "flatten": (_, [height, width, maps]) => ({ shape: [height! * width! * maps!], parameters: 0 }),
  "global average": (_, [, , maps]) => ({ shape: [maps!], parameters: 0 }),
};

function followPhoto(spec: Spec, side: number): LayerShape[] {
  const shapes: LayerShape[] = [
    { layer: "input", kind: "input", shape: [side, side, 3], parameters: 0 },
  ];
  for (const layer of layersOf(spec)) {
    const made = byKind(SHAPES, layer, shapes.at(-1)!.shape);
    shapes.push({ layer: layer.name, kind: layer.kind, ...made });
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
