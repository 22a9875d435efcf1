/** Convolutions and their gradients: 3x3 ones by Winograd's minimal filtering, others in the project's general op. */
import type * as tf from "@tensorflow/tfjs";
import {
  type NormalizedSum,
  normalizeSumGradient,
  type NormEpilogue,
  type NormGradients,
  type NormWeights,
} from "@/native/batch_norm.ts";
import {
  type Asked,
  type ConvolutionGradients,
  convolve2D,
  convolve2DGradient,
  convolve2DNormalizedGradient,
  type Steps,
} from "@/native/convolution_2d.ts";
import { convolve3x3, gradients3x3, isFast } from "@/native/convolution_3x3.ts";
import { type Epilogue, reluGradient } from "@/native/epilogue.ts";
import { freeing } from "@/native/raw_op.ts";
import { biasGradient } from "@/native/sum.ts";

/** Convolution, `[n, h, w, channels]` by `[k, l, channels, filters]`, and what follows it. */
export function convolve(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  steps: Steps,
  epilogue: Epilogue,
): tf.Tensor {
  if (isFast(photos, kernel, steps)) return convolve3x3(photos, kernel, epilogue);
  return convolve2D(photos, kernel, steps, epilogue);
}

/**
 * The gradients of {@linkcode convolve}.
 *
 * @param results what it returned, if ReLU made it; null without ReLU
 */
export function convolveGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  gradient: tf.Tensor,
  results: tf.Tensor | null,
  steps: Steps,
  asked: Asked,
): ConvolutionGradients {
  if (asked.first || !isFast(photos, kernel, steps)) {
    return convolve2DGradient(photos, kernel, gradient, results, steps, asked);
  }
  const gradSums = results ? reluGradient(results, gradient) : gradient;
  const gradients = gradients3x3(photos, kernel, gradSums, asked.beside ?? null);
  const gradBias = asked.hasBias ? biasGradient(gradSums) : null;
  if (results) gradSums.dispose();
  return { ...gradients, gradBias };
}

/** What a convolution, its normalisation and what follows them have made. */
export interface NormalizedConvolution {
  /** What {@linkcode convolve} returned. */
  maps: tf.Tensor;
  /** Whether it ended in ReLU. */
  rectified: boolean;
  weights: NormWeights;
  epilogue: NormEpilogue;
  normalized: Pick<NormalizedSum, "out" | "reserved">;
}

/**
 * The gradients of a convolution and its normalisation. Where one op does both, those of the maps are neither written
 * nor read.
 */
export function convolveNormalizedGradient(
  photos: tf.Tensor,
  kernel: tf.Tensor,
  { maps, rectified, weights, epilogue, normalized }: NormalizedConvolution,
  gradient: tf.Tensor,
  steps: Steps,
  asked: Asked,
): ConvolutionGradients & Pick<NormGradients, "scale" | "shift" | "shortcut"> {
  const byWinograd = !asked.first && isFast(photos, kernel, steps), { beside = null } = asked;
  const isPlain = !epilogue.pool && !rectified && !asked.hasBias;
  const isAtOnce = byWinograd ? isPlain : kernel.shape[3]! % 16 === 0;
  const wanted = isAtOnce ? { shares: true } : { rectified };
  const made = normalizeSumGradient(maps, weights, epilogue, normalized, gradient, wanted);
  const { values, gradient: after, gated, ...norm } = made, argmax = normalized.reserved[2]!;
  const given = { gradient: after, argmax, maps, rectified, shares: values, gated };
  const own = !isAtOnce
    ? convolveGradient(photos, kernel, values, null, steps, asked)
    : byWinograd
    ? { ...gradients3x3(photos, kernel, after, beside, given), gradBias: null }
    : convolve2DNormalizedGradient(photos, kernel, given, steps, asked);
  return freeing([values], { ...norm, ...own });
}
