/**
 * What a model is, as data: its layers, and how it is trained.
 *
 * @module
 */

/** What a model adds to plain layers, the way the models are compared. */
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

/** Where batch normalisation stands, if it does. */
export type BatchNorm = "none" | "before ReLU" | "after ReLU";

/** Something said once for all convolutions, and once for all dense layers. */
export interface Parts<T> {
  conv: T;
  dense: T;
}

/** A convolution of stride 1 with ReLU, and whether 2x2 max-pooling follows. */
export interface ConvolutionSpec {
  filters: number;
  /** Width and height in pixels. */
  kernel: number;
  padding: "same" | "valid";
  pool: boolean;
}

/** A model, and how it is trained: Adam on sparse categorical cross-entropy. */
export interface Spec {
  id: string;
  /** The model that this one was derived from. */
  parent: string | null;
  technique: Technique;
  conv: readonly ConvolutionSpec[];
  /** What turns the last maps into one row: all their values, or the mean of each map. */
  head: "flatten" | "global average";
  /** Units of the hidden dense layers; the output's five are not named. */
  dense: readonly number[];
  /** Shares dropped: of whole maps after each pooling; of values after each hidden dense layer. */
  dropout: { conv: number; dense: readonly number[] };
  /** The largest norm of a filter's or unit's weights; `dense` includes the output. */
  maxNorm: Parts<number | null>;
  /** Normalised layers have no bias; `dense` leaves out the output. */
  batchNorm: Parts<BatchNorm>;
  /** Penalty on the sum of squared weights; `dense` includes the output. */
  l2: Parts<number>;
  learningRate: number;
  batchSize: number;
  /** The most epochs it is trained for. */
  epochs: number;
  /** Epochs without a lower validation loss after which training stops. */
  patience: number;
  /** Whether a photo of a rare group weighs more in the loss. */
  classWeights: boolean;
  /** Whether training photos are mirrored by chance. */
  horizontalFlip: boolean;
  /** The model of the very same definition, which need not be trained twice. */
  repeats: string | null;
  /** What the original got wrong here. */
  original: string | null;
  /** What a model of ours is to find out. */
  question: string | null;
}
