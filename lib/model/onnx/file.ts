/**
 * Files of ONNX networks: operations, weights and a record of texts, as bytes.
 *
 * Source of the format: onnx.proto3 of ONNX 1.13 (IR version 8), of which the fields here are a part.
 */
import protobuf from "protobufjs";

/** Versions that onnxruntime 1.18 and onnxruntime-web read. */
const IR_VERSION = 8, OPSET = 17;

/** A type of values, by its number in the format. */
const TYPES = { float32: 1, int64: 7, float16: 10 } as const;

/** A value of an attribute: a whole number, several of them, or a text. Other numbers are inputs. */
export type Attribute = number | readonly number[] | string;

/** An operation: takes values by their names, and gives others. */
export interface OnnxNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
}

/** Values that are in the file, such as weights. */
export interface OnnxWeights {
  name: string;
  shape: readonly number[];
  /** Bytes of the values, little-endian. */
  bytes: Uint8Array;
  type: keyof typeof TYPES;
}

/** Values that go in or come out, as 32-bit numbers; a text in the shape is a size that any call chooses. */
export interface OnnxValues {
  name: string;
  shape: readonly (number | string)[];
}

export interface OnnxGraph {
  name: string;
  inputs: readonly OnnxValues[];
  outputs: readonly OnnxValues[];
  nodes: readonly OnnxNode[];
  weights: readonly OnnxWeights[];
  /** Texts for whoever opens the file, by their names. */
  metadata: Readonly<Record<string, string>>;
}

/** Fields of a message: their types, and numbers. */
type Fields = Record<string, readonly [type: string, id: number, rule?: "repeated"]>;

const MESSAGES: Readonly<Record<string, Fields>> = {
  Model: {
    irVersion: ["int64", 1],
    producer: ["string", 2],
    graph: ["Graph", 7],
    opset: ["Opset", 8, "repeated"],
    metadata: ["Entry", 14, "repeated"],
  },
  Opset: { domain: ["string", 1], version: ["int64", 2] },
  Entry: { key: ["string", 1], value: ["string", 2] },
  Graph: {
    node: ["Node", 1, "repeated"],
    name: ["string", 2],
    initializer: ["Tensor", 5, "repeated"],
    input: ["ValueInfo", 11, "repeated"],
    output: ["ValueInfo", 12, "repeated"],
  },
  Node: {
    input: ["string", 1, "repeated"],
    output: ["string", 2, "repeated"],
    name: ["string", 3],
    op: ["string", 4],
    attribute: ["Attribute", 5, "repeated"],
  },
  Attribute: {
    name: ["string", 1],
    i: ["int64", 3],
    s: ["bytes", 4],
    ints: ["int64", 8, "repeated"],
    type: ["int32", 20],
  },
  Tensor: {
    ...{ dims: ["int64", 1, "repeated"], type: ["int32", 2], name: ["string", 8] },
    raw: ["bytes", 9],
  },
  ValueInfo: { name: ["string", 1], type: ["Type", 2] },
  Type: { tensor: ["TensorType", 1] },
  TensorType: { element: ["int32", 1], shape: ["Shape", 2] },
  Shape: { dim: ["Dimension", 1, "repeated"] },
  Dimension: { value: ["int64", 1], param: ["string", 2] },
};

const MODEL = protobuf.Root.fromJSON({
  nested: mapValues(MESSAGES, (fields) => (
    { fields: mapValues(fields, ([type, id, rule]): protobuf.IField => ({ type, id, rule })) }
  )),
}).lookupType("Model");

function mapValues<V, W>(record: Readonly<Record<string, V>>, change: (value: V) => W) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** Writes a network as the bytes of a `.onnx` file. */
export function encodeOnnx({ name, inputs, outputs, nodes, weights, metadata }: OnnxGraph) {
  const model = {
    irVersion: IR_VERSION,
    producer: "human-age-recognition",
    opset: [{ domain: "", version: OPSET }],
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      ...{ name, node: nodes.map(toNode), initializer: weights.map(toTensor) },
      ...{ input: inputs.map(toValueInfo), output: outputs.map(toValueInfo) },
    },
  };
  return MODEL.encode(MODEL.fromObject(model)).finish();
}

/** Reads the texts of a `.onnx` file, by their names. */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  const { metadata = [] } = MODEL.toObject(MODEL.decode(bytes));
  return Object.fromEntries(metadata.map(({ key, value }: Record<string, string>) => [key, value]));
}

function toNode({ op, inputs, outputs, attributes = {} }: OnnxNode) {
  const attribute = Object.entries(attributes).map(([name, value]) => toAttribute(name, value));
  return { op, name: outputs[0], input: inputs, output: outputs, attribute };
}

function toAttribute(name: string, value: Attribute) {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  return { name, type: 7, ints: value };
}

function toTensor({ name, shape, bytes, type }: OnnxWeights) {
  return { name, dims: shape, type: TYPES[type], raw: bytes };
}

function toValueInfo({ name, shape }: OnnxValues) {
  const dim = shape.map((size) => typeof size === "number" ? { value: size } : { param: size });
  return { name, type: { tensor: { element: TYPES.float32, shape: { dim } } } };
}
