/**
 * Files of ONNX networks: operations, weights and a record of texts, as bytes.
 *
 * Source of the format: onnx.proto3 of ONNX 1.13 (IR version 8), of which the fields here are a part.
 */
import protobuf from "protobufjs";

/** Versions that onnxruntime 1.18 and onnxruntime-web read. */
const IR_VERSION = 8, OPSET = 17;

/** A value of an attribute: a whole number, several of them, or a text. Other numbers are inputs. */
export type Attribute = number | readonly number[] | string;

/** An operation: takes values by their names, and gives another. */
export interface OnnxNode {
  op: string;
  inputs: readonly string[];
  output: string;
  attributes: Readonly<Record<string, Attribute>>;
}

/** Values that are in the file, such as weights. */
export interface OnnxWeights {
  name: string;
  shape: readonly number[];
  /** Bytes of the values, little-endian. */
  bytes: Uint8Array;
  type: "float32" | "int64" | "float16";
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

const MODEL = protobuf.parse(`
  syntax = "proto3";
  message Model {
    int64 irVersion = 1; string producer = 2; Graph graph = 7;
    repeated Opset opset = 8; map<string, string> metadata = 14;
  }
  message Opset { string domain = 1; int64 version = 2; }
  message Graph {
    repeated Node nodes = 1; string name = 2; repeated Tensor weights = 5;
    repeated ValueInfo inputs = 11; repeated ValueInfo outputs = 12;
  }
  message Node {
    repeated string inputs = 1; repeated string outputs = 2; string name = 3; string op = 4;
    repeated Attribute attributes = 5;
  }
  message Attribute {
    string name = 1; int64 i = 3; string s = 4; repeated int64 ints = 8; int32 type = 20;
  }
  message Tensor { repeated int64 shape = 1; DataType type = 2; string name = 8; bytes bytes = 9; }
  enum DataType { undefined = 0; float32 = 1; int64 = 7; float16 = 10; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Type { TensorType tensor = 1; }
  message TensorType { DataType element = 1; Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { int64 value = 1; string param = 2; }
`).root.resolveAll().lookupType("Model"); // resolved, since only then repeated numbers are packed

/** Writes a network as the bytes of a `.onnx` file. */
export function encodeOnnx({ nodes, inputs, outputs, metadata, ...graph }: OnnxGraph) {
  const values = { inputs: inputs.map(toValueInfo), outputs: outputs.map(toValueInfo) };
  const model = {
    irVersion: IR_VERSION,
    producer: "human-age-recognition",
    opset: [{ domain: "", version: OPSET }],
    graph: { ...graph, ...values, nodes: nodes.map(toNode) },
    metadata,
  };
  return MODEL.encode(MODEL.fromObject(model)).finish();
}

/** Reads the texts of a `.onnx` file, by their names. */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  return MODEL.toObject(MODEL.decode(bytes)).metadata ?? {};
}

function toNode({ op, inputs, output, attributes }: OnnxNode) {
  const named = Object.entries(attributes).map(([name, value]) => toAttribute(name, value));
  return { op, name: output, inputs, outputs: [output], attributes: named };
}

function toAttribute(name: string, value: Attribute) {
  if (typeof value === "number") return { name, type: 2, i: value };
  return typeof value === "string" ? { name, type: 3, s: value } : { name, type: 7, ints: value };
}

function toValueInfo({ name, shape }: OnnxValues) {
  const dim = shape.map((size) => typeof size === "number" ? { value: size } : { param: size });
  return { name, type: { tensor: { element: "float32", shape: { dim } } } };
}
