/**
 * The operations that the layers of a model come down to, in the order that is quickest.
 *
 * @module
 */
import { type ByKind, byKind, layersOf } from "@/layers/plan.ts";
import type { Spec } from "@/zoo.ts";

/** One operation; `layer` names the layer whose weights it takes. */
export type Operation =
  | { kind: "convolution"; layer: string; padding: "same" | "valid"; l2: number }
  | { kind: "product"; layer: string; l2: number }
  | { kind: "bias" | "bias and ReLU"; layer: string }
  | { kind: "batch normalisation"; layer: string }
  | { kind: "dropout"; layer: string }
  | { kind: "ReLU" | "max pooling" | "flatten" | "global average" };

/**
 * Lists the operations of a model up to the logits: the last layer's softmax is left out.
 *
 * Where a bias or ReLU stands before a max pooling, the pooling comes first: neither changes which of
 * four values is the greatest, so that max(relu(x + b)) = relu(max(x) + b), on a quarter of the data.
 * A bias with ReLU after it is one operation.
 *
 * @example Pooling comes before bias and ReLU
 * ```ts
 * import { operationsOf } from "@/layers/operations.ts";
 * import { TESTING } from "@/zoo.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const kinds = operationsOf(TESTING).map(({ kind }) => kind);
 * deepEqual(kinds.slice(0, 4), ["convolution", "max pooling", "bias and ReLU", "convolution"]);
 * ```
 */
export function operationsOf(spec: Spec): Operation[] {
  const operations = layersOf(spec).flatMap((layer) => byKind(OPERATIONS, layer, null));
  return operations.reduce<Operation[]>(append, []);
}

/** Puts an operation at the end; a pooling before what may as well come after it. */
function append(operations: Operation[], operation: Operation): Operation[] {
  if (operation.kind !== "max pooling") return [...operations, operation];
  const place = operations.findLastIndex(({ kind }) => !POINTWISE.includes(kind)) + 1;
  return operations.toSpliced(place, 0, operation);
}

/** What a pooling may as well come before. */
const POINTWISE: Operation["kind"][] = ["bias", "ReLU", "bias and ReLU"];

const OPERATIONS: ByKind<null, Operation[]> = {
  "convolution": ({ name, padding, l2, ...layer }) => [
    { kind: "convolution", layer: name, padding, l2 },
    ...afterwards(name, layer),
  ],
  "dense": ({ name, l2, ...layer }) => [
    { kind: "product", layer: name, l2 },
    ...afterwards(name, layer),
  ],
  "batch normalisation": ({ kind, name }) => [{ kind, layer: name }],
  "dropout": ({ kind, name }) => [{ kind, layer: name }],
  "ReLU": ({ kind }) => [{ kind }],
  "max pooling": ({ kind }) => [{ kind }],
  "flatten": ({ kind }) => [{ kind }],
  "global average": ({ kind }) => [{ kind }],
};

function afterwards(
  layer: string,
  { bias, activation }: { bias: boolean; activation: "relu" | "linear" | "softmax" },
): Operation[] {
  const relu = activation === "relu";
  if (bias) return [{ kind: relu ? "bias and ReLU" : "bias", layer }];
  return relu ? [{ kind: "ReLU" }] : [];
}
