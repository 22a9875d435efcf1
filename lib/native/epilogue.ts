/** What follows the sums of a convolution or of a matrix product, in the same op. */
import type * as tf from "@tensorflow/tfjs";

/** Operations after the sums of a convolution or of a matrix product. */
export interface Epilogue {
  /** Added to each filter or unit; null for nothing. */
  bias: tf.Tensor | null;
  relu: boolean;
  /** Values of the result's shape that are added before ReLU; none if left out. */
  shortcut?: tf.Tensor | null;
}
