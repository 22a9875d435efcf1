/**
 * Pinned arithmetic for all that is computed through TensorFlow.js: kernels of its native backend whose results depend on
 * the processor or on the number of threads are replaced by ones whose results do not.
 */
import * as tf from "@tensorflow/tfjs";
import { convolve2D, convolve2DGradient, type Steps } from "@/native/convolution_2d.ts";
import { multiply } from "@/native/matmul.ts";
import { isPinned } from "@/native/pinned.ts";
import { sumPinned } from "@/native/sum.ts";

const BACKEND = "tensorflow";

interface Call {
  inputs: Record<string, tf.Tensor>;
  // deno-lint-ignore no-explicit-any -- each kernel has attributes of its own
  attrs: any;
}

/** Computes a kernel's result; null for what it does not take, which the native backend's own then computes. */
type Pinned = (call: Call) => tf.Tensor | null;

/**
 * The kernels that are replaced. Sums, products of matrices and convolutions are added up in another order with other
 * threads or caches; reciprocals, `Rsqrt` and what uses them start from an approximation that differs between processors.
 */
const KERNELS: Record<string, Pinned> = {
  [tf.Sum]: ({ inputs: { x }, attrs }) => reduce(x!, attrs),
  [tf.Mean]: ({ inputs: { x }, attrs }) => (
    tf.tidy(() => {
      const sums = reduce(x!, attrs);
      return sums.div(x!.size / sums.size);
    })
  ),
  [tf.BatchMatMul]: ({ inputs: { a, b }, attrs: { transposeA: turnA, transposeB: turnB } }) =>
    a!.rank === 2 && b!.rank === 2 ? multiply(a!, b!, undefined, { turnA, turnB }) : null,
  [tf.Conv2D]: ({ inputs: { x, filter }, attrs }) => {
    const steps = stepsOf(attrs);
    return steps && convolve2D(x!, filter!, steps, { bias: null, relu: false });
  },
  [tf.Conv2DBackpropInput]: ({ inputs: { dy, filter }, attrs }) => {
    const steps = stepsOf(attrs);
    if (!steps) return null;
    const photos = tf.zeros(attrs.inputShape), asked = { first: false, hasBias: false };
    const gradients = convolve2DGradient(photos, filter!, dy!, null, steps, asked);
    tf.dispose([photos, gradients.gradKernel]);
    return gradients.gradInput;
  },
  [tf.Conv2DBackpropFilter]: ({ inputs: { x, dy }, attrs }) => {
    const steps = stepsOf(attrs);
    if (!steps) return null;
    const kernel = tf.zeros(attrs.filterShape), asked = { first: true, hasBias: false };
    const { gradKernel } = convolve2DGradient(x!, kernel, dy!, null, steps, asked);
    kernel.dispose();
    return gradKernel;
  },
  [tf.Rsqrt]: ({ inputs: { x } }) => tf.tidy(() => tf.div(1, tf.sqrt(x!))),
  [tf.Reciprocal]: ({ inputs: { x } }) => tf.div(1, x!),
  [tf.Sigmoid]: ({ inputs: { x } }) => tf.tidy(() => tf.div(1, tf.exp(tf.neg(x!)).add(1))),
  [tf.Softmax]: ({ inputs: { logits }, attrs: { dim } }) => (
    tf.tidy(() => {
      const powers = logits!.sub(logits!.max(dim, true)).exp();
      return powers.div(powers.sum(dim, true));
    })
  ),
  [tf.FusedBatchNorm]: ({ inputs: { x, mean, variance, scale, offset }, attrs }) => (
    tf.tidy(() => {
      const deviation = variance!.add(attrs.varianceEpsilon).sqrt();
      const factor = scale ? scale.div(deviation) : tf.div(1, deviation);
      const shift = mean!.mul(factor).neg();
      return x!.mul(factor).add(offset ? offset.add(shift) : shift);
    })
  ),
};

let isDone = false;

/**
 * Replaces the kernels, if the arithmetic is pinned; this is done once. Building a network does it, so that no program
 * has to think of it.
 */
export function usePinnedKernels(): void {
  if (isDone || !isPinned()) return;
  isDone = true;
  for (const [kernelName, pinned] of Object.entries(KERNELS)) {
    const own = tf.getKernel(kernelName, BACKEND);
    tf.unregisterKernel(kernelName, BACKEND);
    tf.registerKernel({
      ...own,
      kernelFunc: (call) => (
        (isFloat(call as unknown as Call) && pinned(call as unknown as Call)) ||
        own.kernelFunc(call)
      ),
    });
  }
}

function isFloat({ inputs }: Call): boolean {
  return Object.values(inputs).every((tensor) => !tensor || tensor.dtype === "float32");
}

/** The sum along axes, which stay with a size of 1, if asked for. */
function reduce(
  x: tf.Tensor,
  { axis, keepDims }: { axis: number | number[]; keepDims: boolean },
): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis, x.shape).toSorted((a, b) => a - b);
  return sumPinned(x, axes, keepDims);
}

/** Strides and padding of a convolution of TensorFlow.js; null for one that ours does not do. */
function stepsOf(
  { strides, pad, dilations = 1, dataFormat = "NHWC" }: {
    strides: number | [number, number];
    pad: unknown;
    dilations?: number | number[];
    dataFormat?: string;
  },
): Steps | null {
  const [down, across] = Array.isArray(strides) ? strides : [strides, strides];
  const isPlain = down === across && [dilations].flat().every((by) => by === 1);
  if (!isPlain || dataFormat !== "NHWC" || (pad !== "same" && pad !== "valid")) return null;
  return { padding: pad, stride: down };
}
