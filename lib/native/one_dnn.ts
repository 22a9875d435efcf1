/**
 * oneDNN's fused ops: a convolution or a matrix product with its epilogue, as fast as this machine can. Which
 * instructions they use, and in which order they add, depends on the processor and on the number of threads.
 */
import * as tf from "@tensorflow/tfjs";
import type { Steps } from "@/native/convolution_2d.ts";
import { type Epilogue, finish } from "@/native/epilogue.ts";
import { type Attributes, FLOAT32, NHWC, ONEDNN, rawOp, T, works } from "@/native/raw_op.ts";

/** Further attributes of oneDNN's fused ops; all but the bias are set to what changes nothing. */
const ONEDNN_FUSED: Attributes = {
  ...{ ...ONEDNN, num_args: ["INT", 1], is_filter_const: ["BOOL", false] },
  ...{ epsilon: ["FLOAT", 0], leakyrelu_alpha: ["FLOAT", 0] },
};

/** True if the library has oneDNN's convolution and product with their endings. */
export const hasOneDnnFused = works((photo) => {
  const epilogue = { bias: tf.zeros([1]), relu: true };
  convolveFused(photo, tf.ones([1, 1, 1, 1]), { padding: "same", stride: 1 }, epilogue);
  multiplyFused(photo.reshape([4, 1]), tf.ones([1, 1]), epilogue);
});

/**
 * Convolution and its epilogue. oneDNN adds the bias and applies ReLU before a sum leaves the processor. That takes
 * no more time than the convolution alone, and gives the same bits, except that NaN becomes 0; `nanOf()` tells of
 * NaN instead.
 */
export function convolveFused(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  steps: Steps,
  epilogue: Epilogue,
): tf.Tensor {
  return withEpilogue("_MklNativeFusedConv2D", [photos, kernel], epilogue, {
    ...convolutionAttributes(steps),
    filter_format: ["STRING", "HWIO"],
    num_host_args: ["INT", 0],
    "TArgs[]": ["TYPE", FLOAT32],
  });
}

export function multiplyFused(values: tf.Tensor, kernel: tf.Tensor, epilogue: Epilogue): tf.Tensor {
  return withEpilogue("_MklNativeFusedMatMul", [values, kernel], epilogue, productAttributes());
}

export function convolutionAttributes({ padding, stride }: Steps): Attributes {
  return {
    ...NHWC,
    strides: ["INT", [1, stride, stride, 1]],
    dilations: ["INT", [1, 1, 1, 1]],
    padding: ["STRING", padding.toUpperCase()],
    explicit_paddings: ["INT", []],
    use_cudnn_on_gpu: ["BOOL", true],
  };
}

/** Factors of a product that are transposed. */
export interface Turns {
  turnA?: boolean;
  turnB?: boolean;
}

export function productAttributes({ turnA = false, turnB = false }: Turns = {}): Attributes {
  return { ...T, transpose_a: ["BOOL", turnA], transpose_b: ["BOOL", turnB] };
}

/** Runs one of oneDNN's fused ops; a missing bias is one of zeros. */
function withEpilogue(
  name: string,
  inputs: [values: tf.Tensor, kernel: tf.Tensor],
  { bias, relu, shortcut = null }: Epilogue,
  attributes: Attributes,
): tf.Tensor {
  return tf.tidy(() => {
    const values = rawOp(name, [...inputs, bias ?? tf.zeros([inputs[1].shape.at(-1)!])], {
      ...attributes,
      ...ONEDNN_FUSED,
      "fused_ops[]": ["STRING", relu && !shortcut ? "BiasAdd,Relu" : "BiasAdd"],
    });
    return shortcut ? finish(values, { bias: null, relu, shortcut }) : values;
  });
}
