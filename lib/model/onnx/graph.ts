/** Frozen graphs of TensorFlow.js, such as BlazeFace and Face Mesh, as ONNX files. */
import { OnnxBuilder, type Values } from "@/model/onnx/builder.ts";
import type { OnnxValues } from "@/model/onnx/file.ts";

/** An op of a graph, as TensorFlow.js saves it. */
export interface GraphNode {
  name: string;
  op: string;
  /** Names of the nodes whose results it takes. */
  input?: string[];
  /** By their names; texts are in Base64. */
  attr?: Record<string, { s?: string; list?: { i?: string[]; s?: string[] } }>;
}

/** A graph with its weights by their names. */
export interface Graph {
  name: string;
  nodes: readonly GraphNode[];
  weights: Readonly<Record<string, Values>>;
}

/** Adds a node, given the names of its inputs, and its weights. */
type Convert = (
  builder: OnnxBuilder,
  node: GraphNode,
  inputs: readonly string[],
  weights: readonly Values[],
) => string;

const OPS: Readonly<Record<string, Convert>> = {
  _FusedConv2D: (builder, node, [input], [kernel, bias, slopes]) => {
    const sums = builder.convolution(input!, [kernel!, bias!], windowOf(node));
    const [, activation] = textsOf(node, "fused_ops");
    if (!activation) return sums;
    if (activation === "Relu") return builder.relu(sums);
    if (activation === "Prelu") return prelu(builder, sums, slopes!);
    throw new TypeError(`Cannot write ${node.name} as ONNX: it ends in ${activation}`);
  },
  DepthwiseConv2dNative: (builder, node, [input], weights) =>
    builder.depthwise(input!, weights, windowOf(node)),
  AddV2: (builder, _, inputs) => builder.add("Add", inputs),
  Relu: (builder, _, [input]) => builder.relu(input!),
  Sigmoid: (builder, _, inputs) => builder.add("Sigmoid", inputs),
  Prelu: (builder, _, [input], [slopes]) => prelu(builder, input!, slopes!),
  MaxPool: (builder, node, [input]) =>
    builder.maxPool(input!, numbersOf(node, "ksize").slice(1, 3), windowOf(node)),
  Pad: (builder, _, [input], [paddings]) => {
    const [photos, height, width, channels] = pairs(paddings!);
    const order = [photos!, channels!, height!, width!];
    const ends = [...order.map(([before]) => before!), ...order.map(([, after]) => after!)];
    return builder.add("Pad", [input!, builder.integers(ends)]);
  },
  Reshape: (builder, _, [input], [sizes]) => {
    const shape = builder.integers(Array.from(sizes!.data));
    return builder.add("Reshape", [builder.channelsLast(input!), shape]);
  },
  Identity: (_builder, _node, [input]) => input!,
};

/** Adds PReLU; its slopes are one a channel. */
function prelu(builder: OnnxBuilder, input: string, { data }: Values): string {
  return builder.add("PRelu", [input, builder.weights({ shape: [data.length, 1, 1], data })]);
}

/**
 * Writes a graph as an ONNX file that takes one picture, `[1, side, side, 3]`, by the name of the graph's input.
 *
 * @param outputs names of the results to put out, with their shapes
 * @throws {TypeError} if the graph has an op that is not known here
 */
export function graphToOnnx(
  graph: Graph,
  { side, outputs, precision, metadata }: {
    side: number;
    outputs: readonly OnnxValues[];
    precision: "float16" | "float32";
    metadata: Readonly<Record<string, string>>;
  },
): Uint8Array {
  const builder = new OnnxBuilder(precision);
  const input = graph.nodes.find(({ op }) => op === "Placeholder")!.name;
  const made = new Map([[input, builder.channelsFirst(input)]]);
  for (const { name } of outputs) builder.name(lead(builder, graph, name, made), name);
  const inputs = [{ name: input, shape: [1, side, side, 3] }];
  return builder.finish({ name: graph.name, inputs, outputs, metadata });
}

/** Adds a node, and all that it takes, unless it is made already; returns the name of its result. */
function lead(
  builder: OnnxBuilder,
  graph: Graph,
  name: string,
  made: Map<string, string>,
): string {
  const known = made.get(name);
  if (known !== undefined) return known;
  const node = graph.nodes.find((node) => node.name === name)!, given = node.input ?? [];
  const inputs = given.filter((name) => !(name in graph.weights))
    .map((name) => lead(builder, graph, name, made));
  const convert = OPS[node.op];
  if (!convert) throw new TypeError(`Cannot write the op ${node.op} of ${name} as ONNX`);
  const result = convert(builder, node, inputs, given.flatMap((name) => graph.weights[name] ?? []));
  made.set(name, result);
  return result;
}

function windowOf(node: GraphNode) {
  return { strides: numbersOf(node, "strides").slice(1, 3), padding: atob(node.attr!.padding!.s!) };
}

function numbersOf({ attr }: GraphNode, name: string): number[] {
  return attr![name]!.list!.i!.map(Number);
}

function textsOf({ attr }: GraphNode, name: string): string[] {
  return attr![name]!.list!.s!.map(atob);
}

/** Numbers of the shape `[n, 2]` as pairs. */
function pairs({ data }: Values): number[][] {
  return Array.from({ length: data.length / 2 }, (_, k) => [data[2 * k]!, data[2 * k + 1]!]);
}
