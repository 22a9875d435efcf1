/** The layers of a model as operations, fused and ordered for speed. */
import { type ByKind, byKind, type Layer, layersOf } from "@/model/layers.ts";
import type { Spec } from "@/model/spec.ts";

/** One operation; `layer` names the layer whose weights it uses. */
export type Operation =
  | FusedConvolution
  | NormalisedConvolution
  | SeparableConvolution
  | { kind: "matmul"; layer: string; relu: boolean; l2: number }
  | { kind: "batch normalisation"; layer: string; momentum: number }
  | { kind: "dropout"; layer: string }
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
  | { kind: "gate"; factors: readonly Operation[] }
  | { kind: "ReLU" | "max pooling" | "flatten" | "global average" };

/** A convolution with its bias, if it has one, and with ReLU and max pooling, if they follow. */
export interface FusedConvolution {
  kind: "convolution";
  layer: string;
  padding: "same" | "valid";
  stride: number;
  relu: boolean;
  /** True if values end at 6, and none is below 0. */
  six: boolean;
  pool: boolean;
  l2: number;
  /** True if its input is the photos, which need no gradient. */
  first: boolean;
  /** True if its input's gradient may be that of the pixels alone which it reads. */
  compact?: boolean;
}

/** A depthwise convolution and the 1x1 convolution after it, either with a bias and ReLU6. */
export interface SeparableConvolution {
  kind: "separable convolution";
  depthwise: string;
  pointwise: string;
  stride: number;
  /** True if its input needs no gradient. */
  first: boolean;
}

/**
 * A convolution with its normalisation and, if they follow, a sum and ReLU in residual networks, or max pooling in
 * others.
 */
export interface NormalisedConvolution {
  kind: "normalised convolution";
  convolution: FusedConvolution;
  layer: string;
  momentum: number;
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
  const join = spec.residual ? joinNormalisation : append;
  return layersOf(spec)
    .flatMap((layer, k) => byKind(OPERATIONS, layer, k === 0))
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
  return layers.flatMap((layer) => byKind(OPERATIONS, layer, false))
    .reduce<Operation[]>(joinNormalisation, []);
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
    if (!last.relu && !last.pool) {
      const { layer, momentum } = operation;
      const kind = "normalised convolution";
      return [...before, { kind, convolution: last, layer, momentum, relu: false, pool: false }];
    }
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
  if (operation.kind === "convolution" && last?.kind === "separable convolution") {
    if (!last.pointwise) return [...before, { ...last, pointwise: operation.layer }];
  }
  if (operation.kind !== "max pooling" || !last) return [...operations, operation];
  if (last.kind === "ReLU") return [...append(before, operation), last];
  if (last.kind === "batch normalisation" && convolution?.kind === "convolution") {
    const kind = "normalised convolution";
    return [...before.slice(0, -1), { ...last, kind, convolution, relu: false, pool: true }];
  }
  return last.kind === "convolution"
    ? [...before, { ...last, pool: true }]
    : [...operations, operation];
}

/** The operation of each kind of layer, given whether it is the first. */
const OPERATIONS: ByKind<boolean, Operation | []> = {
  "convolution": ({ kind, name, padding, stride = 1, activation, l2 }, first) => (
    {
      ...{ kind, layer: name, padding, stride, pool: false, l2, first },
      ...{ relu: activation === "relu", six: activation === "relu6" },
    }
  ),
  "depthwise convolution": ({ name, stride }) => (
    {
      ...{ kind: "separable convolution", depthwise: name, stride, first: false },
      pointwise: "", // the next layer
    }
  ),
  "dense": ({ name, activation, l2 }) => (
    { kind: "matmul", layer: name, relu: activation === "relu", l2 }
  ),
  "batch normalisation": ({ kind, name, momentum = 0.99 }) => ({ kind, layer: name, momentum }),
  "dropout": ({ kind, name }) => ({ kind, layer: name }),
  "ReLU": ({ kind }) => ({ kind }),
  "max pooling": ({ kind }) => ({ kind }),
  "flatten": ({ kind }) => ({ kind }),
  "global average": ({ kind }) => ({ kind }),
  "residual": ({ kind, main, shortcut }) => {
    const path = pathOf(main), end = path.at(-1);
    const last = end?.kind === "normalised convolution" ? end : null;
    const before = last ? path.slice(0, -1) : path;
    return { kind, main: before, last, shortcut: pathOf(shortcut).map(compacted), relu: false };
  },
  "gate": ({ kind, factors }) => ({ kind, factors: pathOf(factors) }),
  "group sums": () => [], // after the logits
};
