/**
 * Building an ONNX network an operation at a time.
 *
 * Values go channels first, `[photos, channels, height, width]`, as ONNX's convolutions take them; weights come as
 * TensorFlow keeps them, channels last.
 */
import * as tf from "@tensorflow/tfjs";
import { type Attribute, encodeOnnx, type OnnxGraph } from "@/model/onnx/file.ts";

/** Numbers with their shape. */
export interface Values {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** A window that moves over maps. */
export interface Window {
  strides: readonly number[];
  /** As Keras has it: `same` or `valid`. */
  padding: string;
}

/** Tensors of more values than this are kept in 16 bits where that is asked for: all but biases and the like. */
const SMALL = 2048;

/** A network that is being built. Values are named; each method returns the name of what it makes. */
export class OnnxBuilder {
  readonly #nodes: OnnxGraph["nodes"][number][] = [];
  readonly #weights: OnnxGraph["weights"][number][] = [];
  #count = 0;

  /** @param precision how large weights are kept; all is computed in 32 bits */
  constructor(readonly precision: "float16" | "float32") {}

  /** Adds an operation with one output, named or not. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    output = `${op}_${++this.#count}`,
  ): string {
    this.#nodes.push({ op, inputs, output, attributes });
    return output;
  }

  /** Adds weights; large ones in 16 bits, from which they are cast as the file is opened. */
  weights({ shape, data }: Values): string {
    const isHalf = this.precision === "float16" && data.length > SMALL;
    const name = `weights_${++this.#count}`;
    const values = isHalf ? Float16Array.from(data) : Float32Array.from(data);
    const bytes = new Uint8Array(values.buffer);
    this.#weights.push({ name, shape, bytes, type: isHalf ? "float16" : "float32" });
    return isHalf ? this.add("Cast", [name], { to: 1 }) : name;
  }

  /** Adds whole numbers, such as a shape. */
  integers(data: readonly number[]): string {
    const name = `integers_${++this.#count}`;
    const bytes = new Uint8Array(BigInt64Array.from(data.map(BigInt)).buffer);
    this.#weights.push({ name, shape: [data.length], bytes, type: "int64" });
    return name;
  }

  /** Adds a convolution: its kernel is `[height, width, in, out]`; it may have a bias. */
  convolution(input: string, [kernel, ...bias]: readonly Values[], window: Window): string {
    const weights = [permute(kernel!, [3, 2, 0, 1]), ...bias];
    return this.add("Conv", [input, ...weights.map((own) => this.weights(own))], windowed(window));
  }

  /** Adds a convolution of each channel by itself; its kernel is `[height, width, channels, 1]`. */
  depthwise(input: string, [kernel, ...bias]: readonly Values[], window: Window): string {
    const weights = [permute(kernel!, [2, 3, 0, 1]), ...bias];
    const attributes = { ...windowed(window), group: kernel!.shape[2]! };
    return this.add("Conv", [input, ...weights.map((own) => this.weights(own))], attributes);
  }

  /** Adds a maximum over windows. */
  maxPool(input: string, size: readonly number[], window: Window): string {
    return this.add("MaxPool", [input], { ...windowed(window), kernel_shape: size });
  }

  /** Adds a product with a kernel `[in, out]`, and a bias. */
  dense(input: string, [kernel, bias]: readonly Values[]): string {
    const product = this.add("MatMul", [input, this.weights(kernel!)]);
    return bias ? this.add("Add", [product, this.weights(bias)]) : product;
  }

  /** Limits values to 0 at least and, if it is named, to a greatest value. */
  relu(input: string, most?: number | null): string {
    if (most == null) return this.add("Relu", [input]);
    const limits = [0, most].map((limit) => this.weights({ shape: [], data: [limit] }));
    return this.add("Clip", [input, ...limits]);
  }

  channelsFirst(input: string): string {
    return this.add("Transpose", [input], { perm: [0, 3, 1, 2] });
  }

  channelsLast(input: string): string {
    return this.add("Transpose", [input], { perm: [0, 2, 3, 1] });
  }

  name(input: string, name: string): string {
    return this.add("Identity", [input], {}, name);
  }

  finish(given: Omit<OnnxGraph, "nodes" | "weights">): Uint8Array {
    return encodeOnnx({ ...given, nodes: this.#nodes, weights: this.#weights });
  }
}

/** The attributes of a window: TensorFlow's `same` puts the odd pixel of padding behind. */
function windowed({ strides, padding }: Window): Record<string, Attribute> {
  return { strides, auto_pad: padding.toLowerCase() === "same" ? "SAME_UPPER" : "VALID" };
}

/** Permutes the axes of values. */
export function permute({ shape, data }: Values, axes: number[]): Values {
  return tf.tidy(() => {
    const permuted = tf.tensor(Float32Array.from(data), [...shape]).transpose(axes);
    return { shape: permuted.shape, data: permuted.dataSync() };
  });
}
