/** The forward and the backward pass through a network's operations, with the kernels of `@/native/kernels.ts`. */
import * as tf from "@tensorflow/tfjs";
import { normalizeSum, normalizeSumGradient, type NormWeights } from "@/native/batch_norm.ts";
import { convolve, convolveGradient, convolveNormalizedGradient } from "@/native/convolution.ts";
import { relu, relu6, relu6Gradient, reluGradient } from "@/native/epilogue.ts";
import * as kernels from "@/native/kernels.ts";
import { multiply } from "@/native/matmul.ts";
import { convolveSeparably, depthwise, depthwiseGradient } from "@/native/separable.ts";
import { biasGradient } from "@/native/sum.ts";
import { foldedWeights } from "@/training/folding.ts";
import type { NormalisedConvolution, Operation } from "@/training/fusion.ts";
import type { SeededDropout } from "@/model/seeded_dropout.ts";

/** State that the operations of a pass share. */
export interface Context {
  network: tf.LayersModel;
  training: boolean;
  /** The gradients of the weights, by their names; the backward pass sets them. */
  gradients: tf.NamedTensorMap;
}

/** An operation of the forward pass: its output, what else is saved, and its backward pass. */
export interface TapeEntry<Gradient = tf.Tensor | null> {
  out: tf.Tensor;
  saved?: tf.Tensor[];
  /** From the gradient of its output to that of its input; null for the photos. */
  back: (gradient: tf.Tensor, beside?: tf.Tensor | null) => Gradient;
  /** True if `back` adds to that what it is given beside. */
  adds?: true;
}

/** The same for an operation that adds a shortcut's values to its own. */
type SumEntry = TapeEntry<Record<"input" | "shortcut", tf.Tensor | null>>;

type SumKernel = (
  operation: NormalisedConvolution,
  input: tf.Tensor,
  shortcut: tf.Tensor | null,
  context: Context,
) => SumEntry;

interface Weights {
  kernel: tf.Variable;
  bias: tf.Variable | null;
}

type Kernel<Kind> = (
  operation: Extract<Operation, { kind: Kind }>,
  input: tf.Tensor,
  context: Context,
) => TapeEntry;

/** Does the forward pass, and saves what the backward pass needs. */
export function forward(
  operations: readonly Operation[],
  input: tf.Tensor,
  context: Context,
): TapeEntry[] {
  const done: TapeEntry[] = [];
  for (const operation of operations) {
    done.push(run(operation, done.at(-1)?.out ?? input, context));
  }
  return done;
}

/**
 * Does the backward pass: sets the gradients of the weights, and frees what was saved.
 *
 * @param last the gradient of the output, which is freed
 * @param beside what is added to the gradient of the input
 * @returns the gradient of the input; null for the photos
 */
export function backward(
  done: readonly TapeEntry[],
  last: tf.Tensor,
  beside: tf.Tensor | null = null,
): tf.Tensor | null {
  let gradient: tf.Tensor | null = last;
  for (const entry of done.toReversed()) {
    const { out, saved = [] } = entry;
    const next = goBack(entry, gradient!, entry === done[0] ? beside : null);
    tf.dispose([gradient, out, ...saved].filter((tensor) => tensor !== next) as tf.Tensor[]);
    gradient = next;
  }
  return gradient;
}

function goBack({ back, adds }: TapeEntry, gradient: tf.Tensor, beside: tf.Tensor | null) {
  if (adds || !beside) return back(gradient, beside);
  const own = back(gradient)!, sum = own.add(beside);
  own.dispose();
  return sum;
}

/** Does the forward pass alone; frees the input of each operation at once. */
export function infer(
  operations: readonly Operation[],
  input: tf.Tensor,
  context: Context,
): tf.Tensor {
  return operations.reduce((values, operation) => {
    const out = tf.tidy(() => run(operation, values, context).out);
    if (values !== input) values.dispose();
    return out;
  }, input);
}

function weightsOf({ network }: Context, layer: string): Weights {
  const [kernel, bias = null] = network.getLayer(layer).weights.map(variable);
  return { kernel: kernel!, bias };
}

/** Sets the gradient of a weight, including its L2 penalty's. */
function setGradient(context: Context, weight: tf.Variable, gradient: tf.Tensor, l2 = 0): void {
  context.gradients[weight.name] = l2 ? gradient.add(weight.mul(2 * l2)) : gradient;
}

function setGradients(
  context: Context,
  { kernel, bias }: Weights,
  { gradKernel, gradBias }: { gradKernel: tf.Tensor; gradBias: tf.Tensor | null },
  l2 = 0,
): void {
  setGradient(context, kernel, gradKernel, l2);
  if (bias) setGradient(context, bias, gradBias!);
  else gradBias?.dispose();
}

function chain(operations: readonly Operation[], input: tf.Tensor, context: Context): TapeEntry {
  const done = forward(operations, input, context);
  return { out: done.at(-1)!.out, back: (gradient) => backward(done, gradient) };
}

function run(operation: Operation, input: tf.Tensor, context: Context): TapeEntry {
  return (KERNELS[operation.kind] as Kernel<Operation["kind"]>)(operation, input, context);
}

const KERNELS: { [Kind in Operation["kind"]]: Kernel<Kind> } = {
  "convolution": (operation, input, context) => {
    if (operation.six) return clipped(convolvePlain(operation, input, context));
    if (!operation.pool) return convolvePlain(operation, input, context);
    const { kernel } = weightsOf(context, operation.layer);
    return kernels.isPooledAtOnce(kernel, operation.first)
      ? convolvePooled(operation, input, context)
      : chain([{ ...operation, pool: false }, { kind: "max pooling" }], input, context);
  },
  "separable convolution": (operation, input, context) => (
    (context.training ? convolvePair : convolvePairAtOnce)(operation, input, context)
  ),
  "matmul": ({ layer, relu, l2 }, input, context) => {
    const weights = weightsOf(context, layer), { kernel, bias } = weights;
    const out = multiply(input, kernel, { bias, relu });
    const back = (gradient: tf.Tensor) => {
      const gradSums = relu ? reluGradient(out, gradient) : gradient;
      const gradBias = bias && biasGradient(gradSums);
      const gradKernel = multiply(input, gradSums, undefined, { turnA: true });
      setGradients(context, weights, { gradKernel, gradBias }, l2);
      return multiply(gradSums, kernel, undefined, { turnB: true });
    };
    return { out, back };
  },
  "ReLU": (_, input) => {
    const out = relu(input);
    return { out, back: (gradient) => reluGradient(out, gradient) };
  },
  "max pooling": (_, input) => {
    const pooled = kernels.maxPool(input, false);
    const back = (gradient: tf.Tensor) => {
      const { gradInput, gradBias } = kernels.maxPoolGradient(input.shape, pooled.argmax, gradient);
      gradBias.dispose();
      return gradInput;
    };
    return { out: pooled.out, saved: [pooled.argmax], back };
  },
  "normalised convolution": (operation, input, context) => {
    if (operation.pool && !context.training) {
      const { convolution, layer, momentum } = operation;
      const normalisation = { kind: "batch normalisation", layer, momentum } as const;
      return chain([convolution, normalisation, { kind: "max pooling" }], input, context);
    }
    const { back, ...entry } = convolveNormalised(operation, input, null, context);
    return { ...entry, back: (gradient, beside) => back(gradient, beside).input, adds: true };
  },
  "residual": ({ main, last, shortcut, relu }, input, context) => {
    const [through, beside] = [main, shortcut].map((path) => forward(path, input, context));
    const [a, b] = [through!, beside!].map((path) => path.at(-1)?.out ?? input);
    const sum = last ? convolveNormalised(last, a!, b!, context) : add(a!, b!, relu);
    const back = (gradient: tf.Tensor) => {
      const gradients = sum.back(gradient);
      const gradShortcut = backward(beside!, gradients.shortcut!)!;
      const gradInput = backward(through!, gradients.input!, gradShortcut);
      gradShortcut.dispose();
      return gradInput;
    };
    return { ...sum, back };
  },
  "gate": ({ factors }, input, context) => {
    const done = forward(factors, input, context);
    const [photos, channels] = done.at(-1)!.out.shape as [number, number];
    const gate = tf.tidy(() => done.at(-1)!.out.sigmoid().reshape([photos, 1, 1, channels]));
    const back = (gradient: tf.Tensor) => {
      const gradLogits = tf.tidy(() => (
        gradient.mul(input).sum([1, 2], true).mul(gate).mul(gate.neg().add(1))
          .reshape([photos, channels])
      ));
      const beside = backward(done, gradLogits)!;
      const gradInput = tf.tidy(() => gradient.mul(gate).add(beside));
      beside.dispose();
      return gradInput;
    };
    return { out: input.mul(gate), saved: [gate], back };
  },
  "batch normalisation": (operation, input, context) => (
    (context.training ? normalizeBatch : normalizeAll)(operation, input, context)
  ),
  "dropout": ({ layer }, input, { network }) => {
    const mask = (network.getLayer(layer) as SeededDropout).nextMask(input.shape);
    return { out: input.mul(mask), saved: [mask], back: (gradient) => gradient.mul(mask) };
  },
  "flatten": (_, input) => (
    { out: input.reshape([input.shape[0]!, -1]), back: (gradient) => gradient.reshape(input.shape) }
  ),
  "global average": (_, input) => {
    const [n, height, width, maps] = input.shape as [number, number, number, number];
    const back = (gradient: tf.Tensor) => (
      gradient.div(height * width).reshape([n, 1, 1, maps]).broadcastTo(input.shape)
    );
    return { out: input.mean([1, 2]), back };
  },
};

function add(a: tf.Tensor, b: tf.Tensor, cutOff: boolean): SumEntry {
  const out = tf.tidy(() => cutOff ? relu(a.add(b)) : a.add(b));
  const back = (gradient: tf.Tensor) => {
    const counted = cutOff ? reluGradient(out, gradient) : gradient.clone();
    return { input: counted, shortcut: counted.clone() };
  };
  return { out, back };
}

const convolvePooled: Kernel<"convolution"> = (operation, input, context) => {
  const { layer, padding, relu, l2, first } = operation;
  const weights = weightsOf(context, layer), { kernel, bias } = weights;
  const { out, argmax } = kernels.convolvePooled(input, kernel, padding, { bias, relu });
  const back = (gradient: tf.Tensor) => {
    const given = [input, kernel, argmax, gradient, padding, first] as const;
    const { gradInput, ...own } = kernels.convolvePooledGradient(...given);
    setGradients(context, weights, own, l2);
    return gradInput;
  };
  return { out, saved: [argmax], back };
};

/** A convolution that nothing but its bias and ReLU is part of. */
const convolvePlain: Kernel<"convolution"> = (operation, input, context) => {
  const { layer, padding, stride, relu, l2, first } = operation;
  const weights = weightsOf(context, layer), { kernel, bias } = weights;
  const steps = { padding, stride }, asked = { first, hasBias: bias !== null };
  const out = convolve(input, kernel, steps, { bias, relu });
  const back = (gradient: tf.Tensor) => {
    const results = relu ? out : null;
    const { gradInput, ...own } = convolveGradient(input, kernel, gradient, results, steps, asked);
    setGradients(context, weights, own, l2);
    return gradInput;
  };
  return { out, back };
};

/** Limits values to 0 to 6, which nothing else may need. */
function clipped({ out: values, saved, back }: TapeEntry): TapeEntry {
  const out = relu6(values);
  values.dispose();
  const backBefore = (gradient: tf.Tensor) => {
    const counted = relu6Gradient(out, gradient), own = back(counted);
    counted.dispose();
    return own;
  };
  return { out, saved, back: backBefore };
}

/** A depthwise and a pointwise convolution, one after the other. */
const convolvePair: Kernel<"separable convolution"> = (operation, input, context) => {
  const { depthwise: layer, pointwise, stride, first } = operation;
  const weights = weightsOf(context, layer), { kernel, bias } = weights;
  const middle = depthwise(input, kernel, bias!, stride);
  const after = run(
    {
      ...{ kind: "convolution", layer: pointwise, padding: "same", stride: 1 },
      ...{ relu: false, six: true, pool: false, l2: 0, first: false },
    },
    middle,
    context,
  );
  const back = (gradient: tf.Tensor) => {
    const gradMiddle = after.back(gradient)!;
    const own = depthwiseGradient(input, kernel, middle, gradMiddle, { stride, first });
    gradMiddle.dispose();
    setGradients(context, weights, own);
    return own.gradInput;
  };
  return { out: after.out, saved: [middle, ...after.saved ?? []], back };
};

/** The same in one op, for which nothing is saved. */
const convolvePairAtOnce: Kernel<"separable convolution"> = (operation, input, context) => {
  const { depthwise: layer, pointwise: next, stride } = operation;
  const { kernel: depthwise, bias: middleBias } = weightsOf(context, layer);
  const { kernel: pointwise, bias } = weightsOf(context, next), slopes = tf.zerosLike(bias!);
  const weights = { depthwise, middleBias, pointwise, bias: bias!, slopes };
  const out = convolveSeparably(input, weights, { stride, shortcut: null, six: true });
  return { out, back: () => null };
};

/** A convolution, its normalisation, the sum with a shortcut's values and ReLU, or pooling. */
const convolveNormalised: SumKernel = (operation, input, shortcut, context) => {
  if (!context.training) return convolveFolded(operation, input, shortcut, context);
  const { convolution, pool, momentum } = operation;
  const { padding, stride, l2, first, compact } = convolution;
  const own = weightsOf(context, convolution.layer), { kernel, bias } = own;
  const weights = normWeightsOf(context, operation.layer);
  const epilogue = { shortcut, relu: operation.relu, pool }, steps = { padding, stride };
  const maps = convolve(input, kernel, steps, { bias, relu: convolution.relu });
  const { mean, variance, ...normalized } = normalizeSum(maps, weights, epilogue, momentum);
  move(weights, mean, variance);
  const back = (gradient: tf.Tensor, beside?: tf.Tensor | null) => {
    const forward = { maps, rectified: convolution.relu, weights, epilogue, normalized };
    const asked = { first, hasBias: bias !== null, beside, compact };
    const made = convolveNormalizedGradient(input, kernel, forward, gradient, steps, asked);
    maps.dispose(); // large, and needed no more
    setNormGradients(context, weights, made);
    setGradients(context, own, made, l2);
    return { input: made.gradInput, shortcut: made.shortcut };
  };
  return { out: normalized.out, saved: [maps, ...normalized.reserved], back };
};

/** The same in inference, where normalisation is no more than other weights. */
const convolveFolded: SumKernel = ({ convolution, layer, relu }, input, shortcut, context) => {
  const plain = weightsOf(context, convolution.layer).kernel;
  const { kernel, bias } = foldedWeights(context.network, plain, normWeightsOf(context, layer));
  const epilogue = { bias, relu, shortcut };
  const out = convolve(input, kernel, convolution, epilogue);
  return { out, back: () => ({ input: null, shortcut: null }) };
};

type NormVariables = { [Name in keyof NormWeights]: tf.Variable };

function normWeightsOf({ network }: Context, layer: string): NormVariables {
  const [scale, shift, mean, variance] = network.getLayer(layer).weights.map(variable);
  return { scale: scale!, shift: shift!, mean: mean!, variance: variance! };
}

/** Gives a normalisation new moving averages. */
function move(weights: NormVariables, mean: tf.Tensor, variance: tf.Tensor): void {
  weights.mean.assign(mean);
  weights.variance.assign(variance);
  tf.dispose([mean, variance]);
}

function setNormGradients(
  context: Context,
  weights: NormVariables,
  { scale, shift }: Pick<NormWeights, "scale" | "shift">,
): void {
  setGradient(context, weights.scale, scale);
  setGradient(context, weights.shift, shift);
}

const normalizeBatch: Kernel<"batch normalisation"> = ({ layer, momentum }, input, context) => {
  const weights = normWeightsOf(context, layer), epilogue = { shortcut: null, relu: false };
  const { out, reserved, mean, variance } = normalizeSum(input, weights, epilogue, momentum);
  move(weights, mean, variance);
  const back = (gradient: tf.Tensor) => {
    const own = normalizeSumGradient(input, weights, epilogue, { out, reserved }, gradient);
    setNormGradients(context, weights, own);
    return own.values;
  };
  return { out, saved: reserved, back };
};

/** Normalises by the moving averages, as in inference. */
const normalizeAll: Kernel<"batch normalisation"> = ({ layer }, input, { network }) => {
  const out = network.getLayer(layer).apply(input, { training: false }) as tf.Tensor;
  return { out, back: () => null };
};

/** The variable of a layer's weight. */
export function variable(weight: { read(): tf.Tensor }): tf.Variable {
  return weight.read() as tf.Variable;
}
