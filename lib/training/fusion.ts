/** The layers of a model as operations, fused and ordered for speed. */
import { type Layer, layersOf } from "@/model/layers.ts";
import type { Spec } from "@/model/spec.ts";

/** One operation: a layer, alone or fused with others. */
export type Operation =
  | FusedConvolution
  | NormalisedConvolution
  | DepthwiseConvolution
  | SeparableConvolution
  | LayerOf<"dense" | "batch normalisation" | "dropout" | "ReLU" | "max pooling">
  | LayerOf<"flatten" | "global average">
  | {
    kind: "residual";
    main: readonly Operation[];
    /**
     * The end of the main path, to which the shortcut is added before ReLU; null if it ends in something
     * else than a convolution and its normalisation, and the sum is an operation of its own.
     */
    last: NormalisedConvolution | null;
    shortcut: readonly Operation[];
    relu: boolean;
  }
  /** Values times the sigmoid of what operations make of them, one number a channel. */
  | { kind: "gate"; factors: readonly Operation[] };

type LayerOf<Kind extends Layer["kind"]> = Extract<Layer, { kind: Kind }>;

interface Placed {
  /** True if its input needs no gradient, as photos need none. */
  first?: boolean;
}

/** A convolution with its bias and activation, and with max pooling, if that follows. */
export type FusedConvolution = LayerOf<"convolution"> & Placed & {
  pool?: boolean;
  /** True if its input's gradient may be that of the pixels alone which it reads. */
  compact?: boolean;
};

export type DepthwiseConvolution = LayerOf<"depthwise convolution"> & Placed;

/** A depthwise convolution and the 1x1 convolution after it, either with a bias and ReLU6. */
export interface SeparableConvolution extends Placed {
  kind: "separable convolution";
  depthwise: DepthwiseConvolution;
  pointwise: FusedConvolution;
}

/**
 * A convolution with its normalisation and, if they follow, a sum and ReLU in residual networks, or max pooling in
 * others.
 */
export interface NormalisedConvolution {
  kind: "normalised convolution";
  convolution: FusedConvolution;
  normalisation: LayerOf<"batch normalisation">;
  relu: boolean;
  pool: boolean;
}

/**
 * Lists the operations of a model up to the logits: the last layer's softmax is left out.
 *
 * Bias and ReLU are fused into the convolution or matmul before them, and max pooling into the convolution
 * before it. If ReLU stands alone before max pooling, the pooling comes first: max(relu(x)) = relu(max(x)), on
 * a quarter of the data.
 *
 * Normalisation and the pooling behind it are one with the convolution before them; in residual networks, so are
 * normalisation, the sum of a block's paths and ReLU.
 */
export function operationsOf(spec: Spec): Operation[] {
  const join = spec.residual ? joinNormalisation : append, [first, ...others] = layersOf(spec);
  return [{ ...first!, first: true }, ...others].flatMap(toOperations)
    .reduce<Operation[]>(join, []);
}

/**
 * Divides the operations of a model that starts from published weights: those up to the last frozen step, whose
 * weights never need a gradient, and the others, the first of which knows that its input needs none.
 */
export function dividedOperations(spec: Spec): { frozen: Operation[]; learning: Operation[] } {
  const all = operationsOf(spec), count = spec.start ? 1 + spec.start.frozen : 0; // 1 for the colours
  const [first, ...others] = all.slice(count);
  return {
    frozen: all.slice(0, count),
    learning: [{ ...first!, first: true } as Operation, ...others],
  };
}

function pathOf(layers: readonly Layer[]): Operation[] {
  return layers.flatMap(toOperations).reduce<Operation[]>(joinNormalisation, []);
}

/** The operation of a layer by itself; none of one after the logits. */
function toOperations(layer: Layer): Operation[] {
  if (layer.kind === "group sums") return [];
  if (layer.kind === "gate") return [{ kind: layer.kind, factors: pathOf(layer.factors) }];
  if (layer.kind !== "residual") return [layer];
  const { kind } = layer, main = pathOf(layer.main), last = main.at(-1);
  const shortcut = pathOf(layer.shortcut).map(compacted);
  return last?.kind === "normalised convolution"
    ? [{ kind, main: main.slice(0, -1), last, shortcut, relu: false }]
    : [{ kind, main, last: null, shortcut, relu: false }];
}

/** Has a shortcut's convolution leave out the gradient of pixels between its strides. */
function compacted(operation: Operation): Operation {
  if (operation.kind !== "normalised convolution") return operation;
  return { ...operation, convolution: { ...operation.convolution, compact: true } };
}

/** Appends an operation; makes normalisation, and ReLU after it or after a sum, part of the one before. */
function joinNormalisation(operations: Operation[], operation: Operation): Operation[] {
  const before = operations.slice(0, -1), last = operations.at(-1);
  if (operation.kind === "batch normalisation" && last?.kind === "convolution") {
    const isPlain = last.activation === "linear" && !last.pool;
    if (isPlain) return [...before, normalised(last, operation, false)];
  }
  if (operation.kind === "ReLU" && last?.kind === "normalised convolution") {
    return [...before, { ...last, relu: true }];
  }
  if (operation.kind === "ReLU" && last?.kind === "residual") {
    return [...before, { ...last, last: last.last && { ...last.last, relu: true }, relu: true }];
  }
  return append(operations, operation);
}

/** Appends an operation; puts a pooling before ReLU, and into the convolution that it follows, normalised or not. */
function append(operations: Operation[], operation: Operation): Operation[] {
  const before = operations.slice(0, -1), last = operations.at(-1), convolution = before.at(-1);
  if (operation.kind === "convolution" && last?.kind === "depthwise convolution") {
    const kind = "separable convolution";
    return [...before, { kind, depthwise: last, pointwise: operation }];
  }
  if (operation.kind !== "max pooling" || !last) return [...operations, operation];
  if (last.kind === "ReLU") return [...append(before, operation), last];
  if (last.kind === "batch normalisation" && convolution?.kind === "convolution") {
    return [...before.slice(0, -1), normalised(convolution, last, true)];
  }
  return last.kind === "convolution"
    ? [...before, { ...last, pool: true }]
    : [...operations, operation];
}

function normalised(
  convolution: FusedConvolution,
  normalisation: LayerOf<"batch normalisation">,
  pool: boolean,
): NormalisedConvolution {
  return { kind: "normalised convolution", convolution, normalisation, relu: false, pool };
}
