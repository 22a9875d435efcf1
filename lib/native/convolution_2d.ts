/**
 * Convolutions of any size in the project's own op, and all their gradients in another. Each sum is one chain of
 * fused multiplications and additions, or a fixed number of them, so that the bits depend neither on the
 * processor nor on the number of threads.
 */
import type * as tf from "@tensorflow/tfjs";
import type { NormGradients } from "@/native/batch_norm.ts";
import type { Epilogue } from "@/native/epilogue.ts";
import { type Attributes, type Inputs, rawOp, rawOps } from "@/native/raw_op.ts";

export interface Steps {
  padding: "same" | "valid";
  stride: number;
}

/** Gradients of a convolution that are wanted besides the kernel's. */
export interface Asked {
  /** True if the input is the photos, which need no gradient. */
  first: boolean;
  hasBias: boolean;
  /** What is added to the input's, of each pixel or as `compact` leaves it; nothing if left out. */
  beside?: tf.Tensor | null;
  /** Whether the input's may be that of those pixels alone that a 1x1 kernel with strides reads. */
  compact?: boolean;
}

/** The gradients of a convolution; null for those that are not asked for. */
export interface ConvolutionGradients {
  gradInput: tf.Tensor | null;
  gradKernel: tf.Tensor;
  gradBias: tf.Tensor | null;
}

/** Convolution, `[n, h, w, channels]` by `[k, l, channels, filters]`, and what follows it. */
export function convolve2D(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  steps: Steps,
  { bias, shortcut, relu }: Epilogue,
): tf.Tensor {
  const inputs = [photos, kernel, bias, shortcut];
  return rawOp("HumanAgeConvolve2D", inputs, { ...attributes(steps), relu });
}

/**
 * The gradients of {@linkcode convolve2D}.
 *
 * @param results what it returned, if ReLU made it; null without ReLU
 */
export function convolve2DGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  gradient: tf.Tensor,
  results: tf.Tensor | null,
  steps: Steps,
  asked: Asked,
): ConvolutionGradients {
  const inputs = [photos, kernel, gradient, results, asked.beside];
  return gradientsOf("HumanAgeConvolve2DGradient", inputs, attributes(steps), asked);
}

/** What is known of a convolution's maps that have been normalised and, perhaps, pooled. */
export interface NormalizedMaps extends Pick<NormGradients, "gradient" | "gated"> {
  /** What the gradient of the maps is made of, as {@linkcode NormGradients} has it. */
  shares: tf.Tensor;
  /** What the convolution returned, and whether ReLU made it. */
  maps: tf.Tensor;
  rectified: boolean;
  /** Of pooling; without elements if there was none. */
  argmax: tf.Tensor;
}

/** The same from the gradient of what follows normalisation, for a multiple of 16 filters. */
export function convolve2DNormalizedGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  { gradient, argmax, maps, rectified, shares, gated }: NormalizedMaps,
  steps: Steps,
  asked: Asked,
): ConvolutionGradients {
  const inputs = [photos, kernel, gradient, maps, asked.beside, shares, argmax];
  const compact = asked.compact === true && readsPixels(kernel);
  const own = { ...attributes(steps), rectified, gated, compact };
  return gradientsOf("HumanAgeConvolve2DNormalizedGradient", inputs, own, asked);
}

/** Tells whether a kernel is 1x1, and has channels for whole vectors. */
function readsPixels({ shape: [height, width, channels] }: tf.Tensor): boolean {
  return height === 1 && width === 1 && channels! % 16 === 0;
}

function gradientsOf(
  name: string,
  inputs: Inputs,
  attributes: Attributes,
  { first, hasBias }: Asked,
): ConvolutionGradients {
  const { gradBias, ...own } = allGradients(name, inputs, attributes, first);
  return { ...own, gradBias: hasBias ? gradBias : nothing(gradBias) };
}

/** The gradients that an op gives; null for that of values that need none. */
export function allGradients(
  name: string,
  inputs: Inputs,
  attributes: Attributes,
  first: boolean,
): ConvolutionGradients & { gradBias: tf.Tensor } {
  const made = rawOps(name, inputs, { ...attributes, first }, 3);
  const [gradInput, gradKernel, gradBias] = made as [tf.Tensor, tf.Tensor, tf.Tensor];
  return { gradInput: first ? nothing(gradInput) : gradInput, gradKernel, gradBias };
}

function nothing(tensor: tf.Tensor): null {
  tensor.dispose();
  return null;
}

function attributes({ padding, stride }: Steps): Attributes {
  return { stride, same: padding === "same" };
}
