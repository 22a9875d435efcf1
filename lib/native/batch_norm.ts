/**
 * Batch normalisation with what follows it in residual networks in one op: the sum with a shortcut, and ReLU.
 * On 64 photos of 64 pixels, `better`'s 21 normalisations and their gradients take half the time that
 * TensorFlow's ops take one by one.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type Attributes, FLOAT32, freeing, NHWC, rawOps, works } from "@/native/raw_op.ts";
import { relu, reluGradient } from "@/native/relu.ts";

/** Added to the variance, as in tfjs and Keras. */
export const EPSILON = 1e-3;

const BATCH_NORM: Attributes = {
  ...NHWC,
  U: ["TYPE", FLOAT32],
  epsilon: ["FLOAT", EPSILON],
  is_training: ["BOOL", true],
};

/** The weights of a normalisation, `[channels]` each. */
export interface NormWeights {
  scale: tf.Tensor;
  shift: tf.Tensor;
  /** The moving averages. */
  mean: tf.Tensor;
  variance: tf.Tensor;
}

/** The operations after a normalisation. */
export interface NormEpilogue {
  /** Added to the normalised values, and of their shape; null for nothing. */
  shortcut: tf.Tensor | null;
  /** True if ReLU comes last. */
  relu: boolean;
}

/** A normalised batch. */
export interface NormalizedSum {
  out: tf.Tensor;
  /** The moving averages after this batch, `[channels]`. */
  mean: tf.Tensor;
  variance: tf.Tensor;
  /** Values that the gradient needs besides. */
  reserved: tf.Tensor[];
}

/** The gradients of {@linkcode normalizeSum}. */
export interface NormalizedSumGradients {
  values: tf.Tensor;
  /** Null where nothing was added. */
  shortcut: tf.Tensor | null;
  scale: tf.Tensor;
  shift: tf.Tensor;
}

/**
 * Normalises each channel by the batch's own mean and variance, scales and shifts it, adds a shortcut and
 * applies ReLU, if these are asked for.
 *
 * @param values `[..., channels]`
 * @param momentum how much of the moving averages stays, 0 to 1
 */
export function normalizeSum(
  values: tf.Tensor,
  weights: NormWeights,
  epilogue: NormEpilogue,
  momentum: number,
): NormalizedSum {
  const normalize = hasOwnBatchNorm() ? normalizeAtOnce : normalizeInSteps;
  return normalize(values, weights, epilogue, momentum);
}

/**
 * The gradients of {@linkcode normalizeSum}.
 *
 * @param out what it returned, like `reserved`
 */
export function normalizeSumGradient(
  values: tf.Tensor,
  weights: NormWeights,
  epilogue: NormEpilogue,
  { out, reserved }: Pick<NormalizedSum, "out" | "reserved">,
  gradient: tf.Tensor,
): NormalizedSumGradients {
  return hasOwnBatchNorm()
    ? gradientsAtOnce(values, weights, epilogue, { out, reserved }, gradient)
    : gradientsInSteps(values, weights, epilogue, { out, reserved }, gradient);
}

/** True if the ops of `batch_norm.cc` are loaded. */
export const hasOwnBatchNorm = works((photo) => {
  const ones = tf.ones([1]), weights = { scale: ones, shift: ones, mean: ones, variance: ones };
  normalizeAtOnce(photo, weights, { shortcut: null, relu: true }, 0.9);
});

function normalizeAtOnce(
  values: tf.Tensor,
  { scale, shift, mean, variance }: NormWeights,
  { shortcut, relu }: NormEpilogue,
  momentum: number,
): NormalizedSum {
  const none = tf.tensor1d([]);
  const attributes: Attributes = {
    relu: ["BOOL", relu],
    epsilon: ["FLOAT", EPSILON],
    momentum: ["FLOAT", momentum],
  };
  const inputs = [values, scale, shift, shortcut ?? none, mean, variance];
  const [out, own, inverse, nextMean, nextVariance] = rawOps(
    "HumanAgeBatchNorm",
    inputs,
    attributes,
    5,
  );
  none.dispose();
  return { out: out!, mean: nextMean!, variance: nextVariance!, reserved: [own!, inverse!] };
}

function gradientsAtOnce(
  values: tf.Tensor,
  { scale, shift }: NormWeights,
  { shortcut, relu }: NormEpilogue,
  { out, reserved }: Pick<NormalizedSum, "out" | "reserved">,
  gradient: tf.Tensor,
): NormalizedSumGradients {
  const sum = shortcut && relu ? out : tf.tensor1d([]);
  const inputs = [gradient, values, scale, shift, ...reserved, sum];
  const [gradValues, counted, gradScale, gradShift] = rawOps("HumanAgeBatchNormGradient", inputs, {
    relu: ["BOOL", relu],
  }, 4);
  if (sum !== out) tf.dispose([sum, counted!]);
  const gradShortcut = shortcut && (relu ? counted! : gradient.clone());
  return { values: gradValues!, shortcut: gradShortcut, scale: gradScale!, shift: gradShift! };
}

function normalizeInSteps(
  values: tf.Tensor,
  { scale, shift, mean, variance }: NormWeights,
  epilogue: NormEpilogue,
  momentum: number,
): NormalizedSum {
  const normalized = normalizeBatch(values, scale, shift);
  const move = (moving: tf.Tensor, own: tf.Tensor) =>
    tf.tidy(() => moving.sub(moving.sub(own).mul(1 - momentum)));
  const result = {
    out: finish(normalized.values, epilogue),
    mean: move(mean, normalized.mean),
    variance: move(variance, normalized.variance),
    reserved: normalized.reserved,
  };
  tf.dispose([normalized.mean, normalized.variance]);
  if (result.out !== normalized.values) normalized.values.dispose();
  return result;
}

function finish(values: tf.Tensor, { shortcut, relu: cutOff }: NormEpilogue): tf.Tensor {
  return tf.tidy(() => {
    const sum = shortcut ? values.add(shortcut) : values;
    return cutOff ? relu(sum) : sum;
  });
}

function gradientsInSteps(
  values: tf.Tensor,
  { scale }: NormWeights,
  epilogue: NormEpilogue,
  { out, reserved }: Pick<NormalizedSum, "out" | "reserved">,
  gradient: tf.Tensor,
): NormalizedSumGradients {
  const counted = epilogue.relu ? reluGradient(out, gradient) : gradient.clone();
  const [gradValues, gradScale, gradShift] = normalizeBatchGradient(
    values,
    scale,
    reserved,
    counted,
  );
  if (!epilogue.shortcut) counted.dispose();
  return {
    ...{ values: gradValues, scale: gradScale, shift: gradShift },
    shortcut: epilogue.shortcut && counted,
  };
}

/** The result of normalising a batch. */
export interface Normalized {
  values: tf.Tensor;
  /** Mean and variance of each channel in this batch, `[channels]`; the variance is the biased one, over n. */
  mean: tf.Tensor;
  variance: tf.Tensor;
  /** Values that the gradient needs. */
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
