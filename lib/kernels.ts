/**
 * Kernels of the native TensorFlow library for a step of training, as single ops where tfjs composes
 * them of many. What each gave was measured on 2 cores with 64 photos: pooling on 256x256x16, which
 * model IV's first convolution gives at 256 pixels, the others on 128x128x16, which pooling leaves.
 *
 * All take and give float32; the gradients take what the forward kernels took and gave. They need the
 * native backend ({@linkcode isNative}); what is returned is the caller's.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type Attributes, FLOAT32, rawOp, rawOps, works } from "@/raw_op.ts";

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
/** oneDNN's own ops: the label says that they take and give tensors in TensorFlow's own layout. */
const ONEDNN_POOL: Attributes = {
  ...POOL,
  workspace_enabled: ["BOOL", true],
  _kernel: ["STRING", "MklNameChangeOp"],
};

const BATCH_NORM: Attributes = {
  ...NHWC,
  U: ["TYPE", FLOAT32],
  epsilon: ["FLOAT", 1e-3], // added to the variance, as in tfjs and Keras
  is_training: ["BOOL", true],
};

/** Values from which on a larger op is worth its longer call, of some 0.1 ms. */
const LARGE = 2 ** 18;

/** What makes of a normalisation a shift with ReLU: an epsilon that adds up to 1 with the variance. */
const SHIFT = {
  ...BATCH_NORM,
  epsilon: ["FLOAT", 2 ** -10] as ["FLOAT", number],
  is_training: ["BOOL", false],
  exponential_avg_factor: ["FLOAT", 1],
  num_side_inputs: ["INT", 0],
  activation_mode: ["STRING", "Relu"],
  _kernel: ["STRING", "MklNameChangeOp"],
} satisfies Attributes;

/**
 * Divides bytes by 255, to the very numbers of `normalize()`, on its way into the library: 64 photos of
 * 256 pixels in 9 ms in place of 17.
 *
 * @param bytes a multiple of four, since tfjs hands them over as int32
 */
export function normalizeBytes(bytes: Uint8Array): tf.Tensor1D {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return tf.tidy(() => {
    const raw = rawOp("Bitcast", [tf.tensor1d(words, "int32")], {
      T: ["TYPE", INT32],
      type: ["TYPE", UINT8],
    });
    const values = rawOp("Cast", [raw], { SrcT: ["TYPE", UINT8], DstT: ["TYPE", FLOAT32] });
    return values.div(255).flatten();
  });
}

/** Convolution with strides of 1: `[n, h, w, maps]` by `[k, k, maps, filters]`. */
export function convolve(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  padding: "same" | "valid",
): tf.Tensor {
  return rawOp("Conv2D", [photos, kernel], convolution(padding));
}

/** The gradient of {@linkcode convolve} for the kernel. */
export function convolveKernelGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  gradient: tf.Tensor,
  padding: "same" | "valid",
): tf.Tensor {
  const sizes = tf.tensor1d(kernel.shape, "int32");
  const inputs = [photos, sizes, gradient];
  return freeing([sizes], rawOp("Conv2DBackpropFilter", inputs, convolution(padding)));
}

/** The gradient of {@linkcode convolve} for what came in. */
export function convolveInputGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  gradient: tf.Tensor,
  padding: "same" | "valid",
): tf.Tensor {
  const sizes = tf.tensor1d(photos.shape, "int32");
  const inputs = [sizes, kernel, gradient];
  return freeing([sizes], rawOp("Conv2DBackpropInput", inputs, convolution(padding)));
}

/**
 * Max pooling, 2x2 with strides of 2: the result, and where the greatest values lay (or null).
 *
 * In place of TensorFlow's own pair, of 33 ms and, for the gradient, 235 ms: oneDNN's keeps the
 * places of the greatest values, needs 14 and 19 ms, and gives the same bits. Where the library lacks
 * it (on a GPU, on some processors), TensorFlow's pair is used.
 */
export function maxPool(values: tf.Tensor): [pooled: tf.Tensor, places: tf.Tensor | null] {
  if (!hasOneDnnPool()) return [rawOp("MaxPool", [values], POOL), null];
  return rawOps("_MklNativeMaxPool", [values], ONEDNN_POOL, 2) as [tf.Tensor, tf.Tensor];
}

/** The gradient of {@linkcode maxPool}. */
export function maxPoolGradient(
  values: tf.Tensor,
  pooled: tf.Tensor,
  places: tf.Tensor | null,
  gradient: tf.Tensor,
): tf.Tensor {
  const inputs = [values, pooled, gradient];
  return places
    ? rawOp("_MklNativeMaxPoolGrad", [...inputs, places], ONEDNN_POOL)
    : rawOp("MaxPoolGrad", inputs, POOL);
}

/** Adds a bias to the last axis, in place of Add: 8.8 ms to 7.9. */
export function addBias(values: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return rawOp("BiasAdd", [values, bias], NHWC);
}

/**
 * Adds a bias to the last axis, then ReLU. For many values `[n, h, w, maps]` one op of oneDNN in
 * place of two: 9.3 ms to 2.7, and the same bits, but that NaN becomes 0; {@linkcode nanOf} tells of NaN instead.
 *
 * It is a normalisation with mean 0, variance and scale 1 and the bias as shift, which oneDNN has with
 * ReLU in one.
 */
export function addBiasThenRelu(values: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.tidy(() =>
    values.rank === 4 && values.size >= LARGE && hasOneDnnNorm()
      ? shiftThenRelu(values, bias)
      : relu(addBias(values, bias))
  );
}

function shiftThenRelu(values: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const mean = tf.zerosLike(bias), scale = tf.onesLike(bias);
  const variance = tf.fill(bias.shape, 1 - SHIFT.epsilon[1]);
  return rawOps("_MklNativeFusedBatchNormEx", [values, scale, bias, mean, variance], SHIFT, 6)[0]!;
}

/** NaN where one of the weights is NaN or infinite, else 0; a scalar. */
export function nanOf(weights: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => tf.addN([tf.scalar(0), ...weights.map((weight) => weight.sum())]).mul(0));
}

/** The gradient of {@linkcode addBias} for the bias, in place of Sum: 2.3 ms to 1.8. */
export function biasGradient(gradient: tf.Tensor): tf.Tensor {
  return rawOp("BiasAddGrad", [gradient], NHWC);
}

/**
 * The gradient of ReLU, from what ReLU gave. One op in place of Step, which tfjs composes of IsNan,
 * Greater, Fill and Select, and Mul: 83 ms to 7.
 */
export function reluGradient(relu: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return rawOp("ReluGrad", [gradient, relu], T);
}

/** ReLU. */
export function relu(values: tf.Tensor): tf.Tensor {
  return rawOp("Relu", [values], T);
}

/** The product of two matrices, either of them turned over first where it is said. */
export function multiply(
  a: tf.Tensor,
  b: tf.Tensor,
  { turnA = false, turnB = false } = {},
): tf.Tensor {
  const attributes: Attributes = {
    ...T,
    transpose_a: ["BOOL", turnA],
    transpose_b: ["BOOL", turnB],
  };
  return rawOp("MatMul", [a, b], attributes);
}

/** What normalising a batch gives. */
export interface Normalized {
  values: tf.Tensor;
  /** Mean and variance of each map in this batch, `[maps]`; the variance is that of all, over n. */
  mean: tf.Tensor;
  variance: tf.Tensor;
  /** What the gradient needs. */
  reserved: tf.Tensor[];
}

/**
 * Normalises each map by the batch's own mean and variance, then scales and shifts it. One op in place
 * of some fifteen: with its gradient 241 ms to 16.
 *
 * @param values `[n, h, w, maps]`
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
  // the op gives the variance as an estimate, over n - 1
  const count = values.size / values.shape.at(-1)!;
  const variance = sampleVariance!.mul(count > 1 ? (count - 1) / count : 1);
  sampleVariance!.dispose();
  return { values: normalized!, mean: mean!, variance, reserved };
}

/** The gradients of {@linkcode normalizeBatch} for what came in, the scale and the shift. */
export function normalizeBatchGradient(
  values: tf.Tensor,
  scale: tf.Tensor,
  reserved: tf.Tensor[],
  gradient: tf.Tensor,
): [values: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor] {
  const inputs = [gradient, values, scale, ...reserved];
  const [forValues, forScale, forShift, ...rest] = rawOps(
    "FusedBatchNormGradV3",
    inputs,
    BATCH_NORM,
    5,
  );
  return freeing(rest, [forValues!, forScale!, forShift!]);
}

/**
 * The cross-entropy of each photo, `[n]`, and its gradient for the logits, `[n, groups]`. One op, and
 * exact where a probability is close to 0, in place of softmax, logarithm and their gradients.
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

function convolution(padding: "same" | "valid"): Attributes {
  return {
    ...NHWC,
    strides: ["INT", [1, 1, 1, 1]],
    dilations: ["INT", [1, 1, 1, 1]],
    padding: ["STRING", padding.toUpperCase()],
    explicit_paddings: ["INT", []],
    use_cudnn_on_gpu: ["BOOL", true],
  };
}

/** Whether the library has oneDNN's pair of ops for pooling. */
const hasOneDnnPool = works((photo) => rawOps("_MklNativeMaxPool", [photo], ONEDNN_POOL, 2));

/** Whether the library has oneDNN's normalisation with ReLU. */
const hasOneDnnNorm = works((photo) => shiftThenRelu(photo, tf.zeros([1])));

/** Frees tensors that were only needed for a result. */
function freeing<T>(tensors: readonly tf.Tensor[], result: T): T {
  tf.dispose(tensors as tf.Tensor[]);
  return result;
}
