/**
 * Kernels of the native TensorFlow library for a step of training: single ops where tfjs composes many. Their
 * times were measured on 2 cores with 64 photos: pooling on 256x256x16, the output of model IV's first
 * convolution at 256 pixels, the others on 128x128x16, the output of its pooling.
 *
 * All take and return float32; a gradient takes what its forward kernel took and returned. They need the
 * native backend. The caller owns what they return.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  type Attributes,
  FLOAT32,
  onBackend,
  ONEDNN,
  rawOp,
  rawOps,
  works,
} from "@/native/raw_op.ts";
import { LARGE, onThisThread } from "@/native/threads.ts";

/** TensorFlow's numbers for these types, in its C interface. */
const INT32 = 3, UINT8 = 4;

const T: Attributes = { T: ["TYPE", FLOAT32] };
const NHWC: Attributes = { ...T, data_format: ["STRING", "NHWC"] };
const POOL: Attributes = {
  ...NHWC,
  ksize: ["INT", [1, 2, 2, 1]],
  strides: ["INT", [1, 2, 2, 1]],
  padding: ["STRING", "VALID"],
  explicit_paddings: ["INT", []],
};
/** Further attributes of oneDNN's fused ops; all but the bias are set to what changes nothing. */
const ONEDNN_FUSED: Attributes = {
  ...ONEDNN,
  num_args: ["INT", 1],
  epsilon: ["FLOAT", 0],
  leakyrelu_alpha: ["FLOAT", 0],
  is_filter_const: ["BOOL", false],
};

const BATCH_NORM: Attributes = {
  ...NHWC,
  U: ["TYPE", FLOAT32],
  epsilon: ["FLOAT", 1e-3], // added to the variance, as in tfjs and Keras
  is_training: ["BOOL", true],
};

/** What follows the sums of a convolution or of a matrix product. */
export interface Epilogue {
  /** Added to each filter or unit; null for nothing. */
  bias: tf.Tensor | null;
  /** Whether ReLU follows. */
  relu: boolean;
  /** Values of the result's shape that are added before ReLU; none if left out. */
  shortcut?: tf.Tensor | null;
}

/**
 * Divides bytes by 255, on any backend, to the very numbers of `normalize()`. The native library casts the
 * bytes itself: 64 photos of 256 pixels take 9 ms in place of 17.
 */
export function normalizeBytes(bytes: Uint8Array): tf.Tensor1D {
  const isWhole = bytes.length % 4 === 0; // tfjs hands bytes over by four, as int32
  const cast = isWhole ? onBackend({ native: castBytes, stock: copyBytes }) : copyBytes;
  return tf.tidy(() => cast(bytes).div(255).flatten());
}

function castBytes(bytes: Uint8Array): tf.Tensor {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const raw = rawOp("Bitcast", [tf.tensor1d(words, "int32")], {
    T: ["TYPE", INT32],
    type: ["TYPE", UINT8],
  });
  return rawOp("Cast", [raw], { SrcT: ["TYPE", UINT8], DstT: ["TYPE", FLOAT32] });
}

function copyBytes(bytes: Uint8Array): tf.Tensor {
  return tf.tensor1d(Float32Array.from(bytes));
}

/**
 * Convolution, `[n, h, w, channels]` by `[k, k, channels, filters]`, and its epilogue.
 *
 * oneDNN adds the bias and applies ReLU before a sum leaves the processor. That takes no more time than the
 * convolution alone, and gives the same bits, except that NaN becomes 0; {@linkcode nanOf} tells of NaN
 * instead. It saves 1.8 of the 12.1 ms of a prediction with model IV at 96 pixels.
 */
export function convolve(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  padding: "same" | "valid",
  epilogue: Epilogue,
  stride = 1,
): tf.Tensor {
  const attributes = convolution(padding, stride);
  return hasOneDnnFused()
    ? convolveFused(photos, kernel, attributes, epilogue)
    : tf.tidy(() => finish(rawOp("Conv2D", [photos, kernel], attributes), epilogue));
}

/** The gradient of {@linkcode convolve} with respect to the kernel. */
export function convolveKernelGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  gradient: tf.Tensor,
  padding: "same" | "valid",
  stride = 1,
): tf.Tensor {
  const sizes = tf.tensor1d(kernel.shape, "int32");
  const inputs = [photos, sizes, gradient];
  return freeing([sizes], rawOp("Conv2DBackpropFilter", inputs, convolution(padding, stride)));
}

/** The gradient of {@linkcode convolve} with respect to its input. */
export function convolveInputGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  gradient: tf.Tensor,
  padding: "same" | "valid",
  stride = 1,
): tf.Tensor {
  const sizes = tf.tensor1d(photos.shape, "int32");
  const inputs = [sizes, kernel, gradient];
  return freeing([sizes], rawOp("Conv2DBackpropInput", inputs, convolution(padding, stride)));
}

/**
 * Whether the project's ops are loaded and take such a kernel: a multiple of 16 filters, on the three colours
 * of photos or on a multiple of 16 channels.
 */
export function isPooledAtOnce({ shape }: tf.Tensor, first: boolean): boolean {
  const [, , channels, filters] = shape as [number, number, number, number];
  return filters % 16 === 0 && ((first && channels === 3) || channels % 16 === 0) &&
    hasOwnPool() && hasOwnConvolution();
}

/**
 * Convolution, its epilogue and max pooling, 2x2 with strides of 2, for kernels that are
 * {@linkcode isPooledAtOnce}.
 *
 * Up to 16 channels, only the pooled values are written: the first convolution and its pooling take 16 ms
 * instead of 34. With more channels, oneDNN's convolution is faster.
 */
export function convolvePooled(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  padding: "same" | "valid",
  epilogue: Epilogue,
): Pooled {
  if (kernel.shape[2]! <= 16) return ownConvolution(photos, kernel, padding, epilogue);
  const values = convolve(photos, kernel, padding, epilogue);
  return freeing([values], maxPool(values, epilogue.relu));
}

/**
 * The gradients of {@linkcode convolvePooled}, from its argmax alone. Only one of four sums has a gradient, so
 * this is a quarter of the work of a plain convolution's gradient, and the values before pooling are neither
 * saved nor written. Model IV's five convolutions at 96 pixels take 9 ms instead of 15.5, model I's 79
 * instead of 122.
 *
 * @param first whether the input is the photos, which need no gradient
 */
export function convolvePooledGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  argmax: tf.Tensor,
  gradient: tf.Tensor,
  padding: "same" | "valid",
  first: boolean,
): { gradInput: tf.Tensor | null; gradKernel: tf.Tensor; gradBias: tf.Tensor } {
  const inputs = [photos, kernel, gradient, argmax];
  const attributes: Attributes = { same: ["BOOL", padding === "same"], first: ["BOOL", first] };
  const [gradInput, gradKernel, gradBias] = rawOps(
    "HumanAgeConvolveGradient",
    inputs,
    attributes,
    3,
  );
  if (first) gradInput!.dispose(); // an empty one
  return { gradInput: first ? null : gradInput!, gradKernel: gradKernel!, gradBias: gradBias! };
}

/** The result of max pooling. */
export interface Pooled {
  out: tf.Tensor;
  /** Which of four values was the greatest, 0 to 3, or 4 for none; null if the gradient finds out again. */
  argmax: tf.Tensor | null;
}

/**
 * Max pooling, 2x2 with strides of 2.
 *
 * TensorFlow's pair of ops takes 33 ms and, for the gradient, 235; oneDNN's takes 13 and 18. The pair in
 * `pooling.cc` gives the same bits. It saves the argmax, and its gradient takes 9 ms, which include the
 * gradients of ReLU (else 7 ms) and of the bias (else 2 ms). If it is missing, or on a GPU, TensorFlow's
 * pair is used.
 *
 * @param relu whether ReLU came before: then there is no gradient where 0 is the greatest
 */
export function maxPool(values: tf.Tensor, relu: boolean): Pooled {
  return hasOwnPool()
    ? ownPool(values, relu)
    : { out: rawOp("MaxPool", [values], POOL), argmax: null };
}

/** The gradients of {@linkcode maxPool}, and of the ReLU and bias before it, if there are any. */
export function maxPoolGradient(
  values: tf.Tensor,
  { out, argmax }: Pooled,
  gradient: tf.Tensor,
  relu: boolean,
): { gradInput: tf.Tensor; gradBias: tf.Tensor } {
  if (argmax) return ownPoolGradient(values.shape, argmax, gradient);
  const gradOut = relu ? reluGradient(out, gradient) : gradient;
  const gradInput = rawOp("MaxPoolGrad", [values, out, gradOut], POOL);
  const gradBias = biasGradient(gradOut);
  if (relu) gradOut.dispose();
  return { gradInput, gradBias };
}

function ownConvolution(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  padding: "same" | "valid",
  { bias, relu }: Epilogue,
): Pooled {
  const attributes: Attributes = { same: ["BOOL", padding === "same"], relu: ["BOOL", relu] };
  const [out, argmax] = tf.tidy(() => {
    const inputs = [photos, kernel, bias ?? tf.zeros([kernel.shape.at(-1)!])];
    return rawOps("HumanAgeConvolve", inputs, attributes, 2);
  });
  return { out: out!, argmax: argmax! };
}

function ownPool(values: tf.Tensor, relu: boolean): Pooled {
  const [out, argmax] = rawOps("HumanAgeMaxPool", [values], { relu: ["BOOL", relu] }, 2);
  return { out: out!, argmax: argmax! };
}

function ownPoolGradient(shape: number[], argmax: tf.Tensor, gradient: tf.Tensor) {
  const [, rows, columns] = shape;
  const [gradInput, gradBias] = rawOps("HumanAgeMaxPoolGradient", [gradient, argmax], {
    rows: ["INT", rows],
    columns: ["INT", columns],
  }, 2);
  return { gradInput: gradInput!, gradBias: gradBias! };
}

/**
 * NaN if one of the weights is NaN or infinite, else 0; a scalar. All weights count: ReLU, which the ops
 * above include, turns NaN into 0, so that the loss alone would not show it.
 */
export function nanOf(weights: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => tf.addN([tf.scalar(0), ...weights.map(sumOf)]).mul(0));
}

/** The sum of a weight; a small one is not worth waking other threads. */
function sumOf(weight: tf.Tensor): tf.Tensor {
  return weight.size < LARGE ? onThisThread(() => weight.sum()) : weight.sum();
}

/** The gradient of a bias: 1.8 ms, with Sum 2.3. */
export function biasGradient(gradient: tf.Tensor): tf.Tensor {
  return rawOp("BiasAddGrad", [gradient], NHWC);
}

/**
 * The gradient of ReLU, from its output: one op, in 7 ms. tfjs composes it of IsNan, Greater, Fill, Select
 * and Mul, in 83 ms.
 */
export function reluGradient(relu: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return rawOp("ReluGrad", [gradient, relu], T);
}

/** ReLU. */
export function relu(values: tf.Tensor): tf.Tensor {
  return rawOp("Relu", [values], T);
}

/** The product of matrices `[n, values]` and `[values, units]`, and its epilogue: one op in place of three. */
export function multiply(values: tf.Tensor, kernel: tf.Tensor, epilogue: Epilogue): tf.Tensor {
  return hasOneDnnFused()
    ? multiplyFused(values, kernel, epilogue)
    : tf.tidy(() => finish(rawOp("MatMul", [values, kernel], matmul()), epilogue));
}

/** The gradient of {@linkcode multiply} with respect to the kernel. */
export function multiplyKernelGradient(values: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return rawOp("MatMul", [values, gradient], matmul({ turnA: true }));
}

/** The gradient of {@linkcode multiply} with respect to its input. */
export function multiplyInputGradient(kernel: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return rawOp("MatMul", [gradient, kernel], matmul({ turnB: true }));
}

/** The result of normalising a batch. */
export interface Normalized {
  values: tf.Tensor;
  /** Mean and variance of each channel in this batch, `[channels]`; the variance is the biased one, over n. */
  mean: tf.Tensor;
  variance: tf.Tensor;
  /** What the gradient needs. */
  reserved: tf.Tensor[];
}

/**
 * Normalises each channel by the batch's own mean and variance, then scales and shifts it: one op in place of
 * some fifteen. With its gradient it takes 16 ms instead of 241.
 *
 * @param values `[n, h, w, channels]`
 */
export function normalizeBatch(
  values: tf.Tensor,
  scale: tf.Tensor,
  shift: tf.Tensor,
): Normalized {
  const none = [tf.tensor1d([]), tf.tensor1d([])];
  const [normalized, mean, sampleVariance, ...reserved] = freeing(
    none,
    rawOps("FusedBatchNormV3", [values, scale, shift, ...none], BATCH_NORM, 6),
  );
  // the op returns the unbiased variance, over n - 1
  const count = values.size / values.shape.at(-1)!;
  const variance = sampleVariance!.mul(count > 1 ? (count - 1) / count : 1);
  sampleVariance!.dispose();
  return { values: normalized!, mean: mean!, variance, reserved };
}

/** The gradients of {@linkcode normalizeBatch} with respect to its input, the scale and the shift. */
export function normalizeBatchGradient(
  values: tf.Tensor,
  scale: tf.Tensor,
  reserved: tf.Tensor[],
  gradient: tf.Tensor,
): [values: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor] {
  const inputs = [gradient, values, scale, ...reserved];
  const [gradInput, gradScale, gradShift, ...rest] = rawOps(
    "FusedBatchNormGradV3",
    inputs,
    BATCH_NORM,
    5,
  );
  return freeing(rest, [gradInput!, gradScale!, gradShift!]);
}

/**
 * The cross-entropy of each photo, `[n]`, and its gradient with respect to the logits, `[n, groups]`. One op
 * in place of softmax, logarithm and their gradients, and exact where a probability is close to 0.
 */
export function crossEntropy(
  logits: tf.Tensor,
  groups: tf.Tensor,
): [entropies: tf.Tensor, gradient: tf.Tensor] {
  const attributes: Attributes = { ...T, Tlabels: ["TYPE", INT32] };
  return rawOps("SparseSoftmaxCrossEntropyWithLogits", [logits, groups], attributes, 2) as [
    tf.Tensor,
    tf.Tensor,
  ];
}

function convolution(padding: "same" | "valid", stride = 1): Attributes {
  return {
    ...NHWC,
    strides: ["INT", [1, stride, stride, 1]],
    dilations: ["INT", [1, 1, 1, 1]],
    padding: ["STRING", padding.toUpperCase()],
    explicit_paddings: ["INT", []],
    use_cudnn_on_gpu: ["BOOL", true],
  };
}

/** Whether the ops of `pooling.cc` are loaded. */
export const hasOwnPool = works((photo) => ownPool(photo, true));

/** Whether the ops of `convolution.cc` are loaded, and work on this processor. */
export const hasOwnConvolution = works(() => {
  const photo = tf.zeros([1, 2, 2, 3]), kernel = tf.zeros([1, 1, 3, 16]);
  const { out, argmax } = ownConvolution(photo, kernel, "same", { bias: null, relu: true });
  convolvePooledGradient(photo, kernel, argmax!, out, "same", true);
});

/** Whether the library has oneDNN's convolution and product with their endings. */
export const hasOneDnnFused = works((photo) => {
  const epilogue = { bias: tf.zeros([1]), relu: true };
  convolveFused(photo, tf.ones([1, 1, 1, 1]), convolution("same"), epilogue);
  multiplyFused(photo.reshape([4, 1]), tf.ones([1, 1]), epilogue);
});

function convolveFused(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  attributes: Attributes,
  epilogue: Epilogue,
): tf.Tensor {
  return withEpilogue("_MklNativeFusedConv2D", [photos, kernel], epilogue, {
    ...attributes,
    filter_format: ["STRING", "HWIO"],
    num_host_args: ["INT", 0],
    "TArgs[]": ["TYPE", FLOAT32],
  });
}

function multiplyFused(values: tf.Tensor, kernel: tf.Tensor, epilogue: Epilogue): tf.Tensor {
  return withEpilogue("_MklNativeFusedMatMul", [values, kernel], epilogue, matmul());
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

/** Adds a bias to the last axis and a shortcut, and applies ReLU, an op each, if asked for. */
function finish(sums: tf.Tensor, { bias, relu: cutOff, shortcut }: Epilogue): tf.Tensor {
  const biased = bias ? rawOp("BiasAdd", [sums, bias], NHWC) : sums;
  const values = shortcut ? biased.add(shortcut) : biased;
  return cutOff ? relu(values) : values;
}

function matmul({ turnA = false, turnB = false } = {}): Attributes {
  return { ...T, transpose_a: ["BOOL", turnA], transpose_b: ["BOOL", turnB] };
}

/** Frees tensors that only the result needed. */
function freeing<T>(tensors: readonly tf.Tensor[], result: T): T {
  tf.dispose(tensors as tf.Tensor[]);
  return result;
}
