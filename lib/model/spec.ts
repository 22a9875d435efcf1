/** What a model is, as data: its layers, and how it is trained. */

import type { Recipe } from "@/model/recipe.ts";

/** The technique that a model adds to plain layers; models are compared by it. */
export type Technique =
  | "none"
  | "dropout"
  | "max-norm"
  | "max-norm + dropout"
  | "batch normalisation"
  | "batch normalisation + dropout"
  | "L2"
  | "global average pooling"
  | "mirrored photos"
  | "no class weights";

/** The place of batch normalisation, if there is any. */
export type BatchNorm = "none" | "before ReLU" | "after ReLU";

/** A setting of all convolutions, and one of all dense layers. */
export interface Parts<T> {
  conv: T;
  dense: T;
}

/** A convolution of stride 1 with ReLU, and whether 2x2 max-pooling follows. */
export interface ConvolutionSpec {
  filters: number;
  kernel: number;
  padding: "same" | "valid";
  pool: boolean;
}

/** A network of residual blocks: a stem, then stages of blocks of two 3x3 convolutions each. */
export interface ResidualSpec {
  /** The convolution that the photo goes through first. */
  stem: { filters: number; kernel: number; stride: 1 | 2 };
  /** The first block of a stage has the stage's stride, and the others 1. */
  stages: readonly { filters: number; blocks: number; stride: 1 | 2 }[];
  /** Share of the values dropped before the output. */
  dropout: number;
  /** The share of the moving mean and variance that a step of batch normalisation keeps, 0 to 1. */
  momentum: number;
  /**
   * Squeeze-and-excitation at the end of each block: the block's channels divided by the units between
   * squeeze and excitation. Left out or null for none.
   */
  squeezeRatio?: number | null;
}

/** MobileNet v1 from published weights, of which some stay and the others are trained further. */
export interface StartSpec {
  /** The name of the weights, a key of `PUBLISHED`. */
  weights: "faceres";
  /** How many of its steps stay as published, from the first: a convolution, then thirteen pairs of them. */
  frozen: number;
  /** The learning rate of the others, as a share of the head's. */
  rate: number;
  /** For so many epochs the head learns alone; the others' rate rises during the next one. */
  headEpochs: number;
  /** Share of the values dropped before the head. */
  dropout: number;
}

/** A model, and how it is trained: Adam on sparse categorical cross-entropy. */
export interface Spec {
  id: string;
  /** The model that this one was derived from. */
  parent: string | null;
  technique: Technique;
  conv: readonly ConvolutionSpec[];
  /** The step from the last feature maps to one row: all values, or the mean of each map. */
  head: "flatten" | "global average";
  /** Units of the hidden dense layers, without the output's five. */
  dense: readonly number[];
  /** Shares dropped: of whole feature maps after each pooling, of values after each hidden dense layer. */
  dropout: { conv: number; dense: readonly number[] };
  /** The largest norm of a filter's or unit's weights; `dense` includes the output. */
  maxNorm: Parts<number | null>;
  /** Normalised layers have no bias; `dense` does not include the output. */
  batchNorm: Parts<BatchNorm>;
  /** Penalty on the sum of squared weights; `dense` includes the output. */
  l2: Parts<number>;
  learningRate: number;
  batchSize: number;
  epochs: number;
  /** Epochs without a lower validation loss after which training stops. */
  patience: number;
  /** True if photos of rare groups count more in the loss: in full, or by the square root of that. */
  classWeights: boolean | "square root";
  /** True if training photos are flipped horizontally by chance. */
  horizontalFlip: boolean;
  /** The model of the same definition, which need not be trained again. */
  repeats: string | null;
  /** The original's error here. */
  original: string | null;
  /** The question that a model of ours answers. */
  question: string | null;
  /** Residual blocks in place of `conv`; absent in a chain of layers. */
  residual?: ResidualSpec;
  /** A published network in place of `conv`; absent in a training from scratch. */
  start?: StartSpec;
  /** Settings beyond the original's way of training; absent where nothing does. */
  recipe?: Recipe;
}
