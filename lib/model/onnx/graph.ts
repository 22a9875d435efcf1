/** Frozen graphs of TensorFlow.js, such as BlazeFace and Face Mesh, as ONNX files. */
import { OnnxBuilder, type Values } from "@/model/onnx/builder.ts";
import type { OnnxValues } from "@/model/onnx/file.ts";

/** An op of a graph, as TensorFlow.js saves it. */
export interface GraphNode {
  name: string;
  op: string;
  /** Names of the nodes whose results it takes. */
  input?: string[];
  attr?: Record<string, NodeAttribute>;
}

interface NodeAttribute {
  /** Base64. */
  s?: string;
  list?: { i?: string[]; s?: string[] };
}

/** A graph with its weights by their names. */
export interface Graph {
  name: string;
  nodes: readonly GraphNode[];
  weights: Readonly<Record<string, Values>>;
}

/** The values that are there so far, by the names of the graph's nodes. */
interface State {
  builder: OnnxBuilder;
  made: Map<string, string>;
  graph: Graph;
}

type Convert = (state: State, node: GraphNode, inputs: readonly string[]) => string;

const OPS: Readonly<Record<string, Convert>> = {
  _FusedConv2D: (state, node, [input]) => {
    const [, kernel, bias] = weightsOf(state, node);
    const sums = state.builder.convolution(input!, kernel!, bias!, windowOf(node));
    const [, activation] = textsOf(node, "fused_ops");
    return activation ? activate(state, node, sums, activation) : sums;
  },
  DepthwiseConv2dNative: (state, node, [input]) =>
    state.builder.depthwise(input!, weightsOf(state, node)[1]!, null, windowOf(node)),
  AddV2: ({ builder }, _, inputs) => builder.add("Add", inputs),
  Relu: ({ builder }, _, [input]) => builder.relu(input!),
  Sigmoid: ({ builder }, _, inputs) => builder.add("Sigmoid", inputs),
  Prelu: (state, node, [input]) => activate(state, node, input!, "Prelu"),
  MaxPool: ({ builder }, node, [input]) =>
    builder.maxPool(input!, numbersOf(node, "ksize").slice(1, 3), windowOf(node)),
  Pad: (state, node, [input]) => {
    const [photos, height, width, channels] = pairs(weightsOf(state, node)[1]!);
    const order = [photos!, channels!, height!, width!];
    const ends = [...order.map(([before]) => before!), ...order.map(([, after]) => after!)];
    return state.builder.add("Pad", [input!, state.builder.integers(ends)]);
  },
  Reshape: (state, node, [input]) => {
    const shape = state.builder.integers(Array.from(weightsOf(state, node)[1]!.data));
    return state.builder.add("Reshape", [state.builder.channelsLast(input!), shape]);
  },
};

/** Adds the activation at the end of a node; the slopes of PReLU are its last input, one a channel. */
function activate(state: State, node: GraphNode, input: string, name: string): string {
  const { builder } = state;
  if (name === "Relu") return builder.relu(input);
  if (name !== "Prelu") {
    throw new TypeError(`Cannot write ${node.name} as ONNX: it ends in ${name}`);
  }
  const { data } = weightsOf(state, node).at(-1)!;
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
  const builder = new OnnxBuilder(precision), made = new Map<string, string>();
  const state = { builder, made, graph };
  const input = graph.nodes.find(({ op }) => op === "Placeholder")!.name;
  made.set(input, builder.channelsFirst(input));
  for (const { name } of outputs) builder.name(lead(state, nodeOf(graph, name)), name);
  const inputs = [{ name: input, shape: [1, side, side, 3] }];
  return builder.finish({ name: graph.name, inputs, outputs, metadata });
}

/** Adds a node, and all that it takes; returns the name of its result. */
function lead(state: State, node: GraphNode): string {
  const known = state.made.get(node.name);
  if (known !== undefined) return known;
  const inputs = (node.input ?? []).filter((name) => !(name in state.graph.weights))
    .map((name) => lead(state, nodeOf(state.graph, name)));
  const convert = OPS[node.op];
  if (node.op !== "Identity" && !convert) {
    throw new TypeError(`Cannot write the op ${node.op} of ${node.name} as ONNX`);
  }
  const result = convert ? convert(state, node, inputs) : inputs[0]!;
  state.made.set(node.name, result);
  return result;
}

function nodeOf({ nodes }: Graph, name: string): GraphNode {
  return nodes.find((node) => node.name === name)!;
}

/** The weights among a node's inputs, each at its place. */
function weightsOf({ graph }: State, node: GraphNode): (Values | undefined)[] {
  return node.input!.map((name) => graph.weights[name]);
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
