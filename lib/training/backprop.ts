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

/** Sets the gradients of weights, with the L2 penalty of the first; frees that of a bias that is not there. */
function setGradients(
  { gradients }: Context,
  weights: readonly (tf.Variable | null)[],
  own: readonly (tf.Tensor | null)[],
  l2 = 0,
): void {
  weights.forEach((weight, k) => {
    const gradient = own[k]!;
    if (!weight) gradient?.dispose();
    else gradients[weight.name] = l2 && k === 0 ? gradient.add(weight.mul(2 * l2)) : gradient;
  });
}

function chain(operations: readonly Operation[], input: tf.Tensor, context: Context): TapeEntry {
  const done = forward(operations, input, context);
  return { out: done.at(-1)!.out, back: (gradient) => backward(done, gradient) };
}

function run(operation: Operation, input: tf.Tensor, context: Context): TapeEntry {
  return (KERNELS[operation.kind] as Kernel<Operation["kind"]>)(operation, input, context);
}

const POOLING = { kind: "max pooling", name: "pooling" } as const;

const KERNELS: { [Kind in Operation["kind"]]: Kernel<Kind> } = {
  "convolution": (operation, input, context) => {
    if (operation.activation === "relu6") return clipped(convolvePlain(operation, input, context));
    if (!operation.pool) return convolvePlain(operation, input, context);
    const { kernel } = weightsOf(context, operation.name);
    return kernels.isPooledAtOnce(kernel, operation.first === true)
      ? convolvePooled(operation, input, context)
      : chain([{ ...operation, pool: false }, POOLING], input, context);
  },
  "separable convolution": (operation, input, context) => {
    const { depthwise, pointwise, first } = operation;
    return context.training
      ? chain([{ ...depthwise, first }, pointwise], input, context)
      : convolveAtOnce(operation, input, context);
  },
  "depthwise convolution": ({ name, stride, first = false }, input, context) => {
    const { kernel, bias } = weightsOf(context, name);
    const out = depthwise(input, kernel, bias!, stride);
    const back = (gradient: tf.Tensor) => {
      const own = depthwiseGradient(input, kernel, out, gradient, { stride, first });
      setGradients(context, [kernel, bias], [own.gradKernel, own.gradBias]);
      return own.gradInput;
    };
    return { out, back };
  },
  "dense": ({ name, activation, l2 }, input, context) => {
    const { kernel, bias } = weightsOf(context, name), relu = activation === "relu";
    const out = multiply(input, kernel, { bias, relu });
    const back = (gradient: tf.Tensor) => {
      const gradSums = relu ? reluGradient(out, gradient) : gradient;
      const gradBias = bias && biasGradient(gradSums);
      const gradKernel = multiply(input, gradSums, undefined, { turnA: true });
      setGradients(context, [kernel, bias], [gradKernel, gradBias], l2);
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
      return chain([operation.convolution, operation.normalisation, POOLING], input, context);
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
  "dropout": ({ name }, input, { network }) => {
    const mask = (network.getLayer(name) as SeededDropout).nextMask(input.shape);
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
  const { name, padding, activation, l2, first = false } = operation;
  const { kernel, bias } = weightsOf(context, name), relu = activation === "relu";
  const { out, argmax } = kernels.convolvePooled(input, kernel, padding, { bias, relu });
  const back = (gradient: tf.Tensor) => {
    const given = [input, kernel, argmax, gradient, padding, first] as const;
    const { gradInput, gradKernel, gradBias } = kernels.convolvePooledGradient(...given);
    setGradients(context, [kernel, bias], [gradKernel, gradBias], l2);
    return gradInput;
  };
  return { out, saved: [argmax], back };
};

/** A convolution that nothing but its bias and ReLU is part of. */
const convolvePlain: Kernel<"convolution"> = (operation, input, context) => {
  const { name, padding, stride, activation, l2, first = false } = operation;
  const { kernel, bias } = weightsOf(context, name), relu = activation === "relu";
  const steps = { padding, stride }, asked = { first, hasBias: bias !== null };
  const out = convolve(input, kernel, steps, { bias, relu });
  const back = (gradient: tf.Tensor) => {
    const own = convolveGradient(input, kernel, gradient, relu ? out : null, steps, asked);
    setGradients(context, [kernel, bias], [own.gradKernel, own.gradBias], l2);
    return own.gradInput;
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

/** A depthwise and a pointwise convolution in one op, for which nothing is saved. */
const convolveAtOnce: Kernel<"separable convolution"> = (operation, input, context) => {
  const { depthwise: { name, stride }, pointwise: next } = operation;
  const { kernel: depthwise, bias: middleBias } = weightsOf(context, name);
  const { kernel: pointwise, bias } = weightsOf(context, next.name), slopes = tf.zerosLike(bias!);
  const weights = { depthwise, middleBias, pointwise, bias: bias!, slopes };
  const out = convolveSeparably(input, weights, { stride, shortcut: null, six: true });
  return { out, back: () => null };
};

/** A convolution, its normalisation, the sum with a shortcut's values and ReLU, or pooling. */
const convolveNormalised: SumKernel = (operation, input, shortcut, context) => {
  if (!context.training) return convolveFolded(operation, input, shortcut, context);
  const { convolution, normalisation: { name, momentum }, relu, pool } = operation;
  const { padding, stride, l2, first = false, compact } = convolution;
  const { kernel, bias } = weightsOf(context, convolution.name);
  const weights = normWeightsOf(context, name), rectified = convolution.activation === "relu";
  const epilogue = { shortcut, relu, pool }, steps = { padding, stride };
  const maps = convolve(input, kernel, steps, { bias, relu: rectified });
  const { mean, variance, ...normalized } = normalizeSum(maps, weights, epilogue, momentum);
  move(weights, mean, variance);
  const back = (gradient: tf.Tensor, beside?: tf.Tensor | null) => {
    const forward = { maps, rectified, weights, epilogue, normalized };
    const asked = { first, hasBias: bias !== null, beside, compact };
    const made = convolveNormalizedGradient(input, kernel, forward, gradient, steps, asked);
    maps.dispose(); // large, and needed no more
    setGradients(context, [weights.scale, weights.shift], [made.scale, made.shift]);
    setGradients(context, [kernel, bias], [made.gradKernel, made.gradBias], l2);
    return { input: made.gradInput, shortcut: made.shortcut };
  };
  return { out: normalized.out, saved: [maps, ...normalized.reserved], back };
};

/** The same in inference, where normalisation is no more than other weights. */
const convolveFolded: SumKernel = (operation, input, shortcut, context) => {
  const { convolution, normalisation, relu } = operation;
  const plain = weightsOf(context, convolution.name).kernel;
  const weights = normWeightsOf(context, normalisation.name);
  const { kernel, bias } = foldedWeights(context.network, plain, weights);
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

const normalizeBatch: Kernel<"batch normalisation"> = ({ name, momentum }, input, context) => {
  const weights = normWeightsOf(context, name), epilogue = { shortcut: null, relu: false };
  const { out, reserved, mean, variance } = normalizeSum(input, weights, epilogue, momentum);
  move(weights, mean, variance);
  const back = (gradient: tf.Tensor) => {
    const own = normalizeSumGradient(input, weights, epilogue, { out, reserved }, gradient);
    setGradients(context, [weights.scale, weights.shift], [own.scale, own.shift]);
    return own.values;
  };
  return { out, saved: reserved, back };
};

/** Normalises by the moving averages, as in inference. */
const normalizeAll: Kernel<"batch normalisation"> = ({ name }, input, { network }) => {
  const out = network.getLayer(name).apply(input, { training: false }) as tf.Tensor;
  return { out, back: () => null };
};

/** The variable of a layer's weight. */
export function variable(weight: { read(): tf.Tensor }): tf.Variable {
  return weight.read() as tf.Variable;
}
