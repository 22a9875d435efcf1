/**
 * A step of training and a look at photos: what a network says, and what it learns from a batch.
 *
 * A network is a stock model of TensorFlow.js. Where the native library computes, its layers are gone
 * through here, forwards and backwards, with the kernels of `@/kernels.ts`; elsewhere with tfjs's own.
 * Both give the same but for rounding.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Batch } from "@/batches.ts";
import * as kernels from "@/kernels.ts";
import { type Operation, operationsOf } from "@/layers/operations.ts";
import type { SeededDropout } from "@/layers/seeded_dropout.ts";
import { isNative } from "@/raw_op.ts";
import type { Spec } from "@/zoo.ts";

/** What a batch tells: the mean loss, penalties included, and how many photos were told right. */
export interface BatchResult {
  loss: number;
  right: number;
}

/** How far a batch's moving means go towards the batch's own, as in tfjs and Keras. */
const MOMENTUM = 0.99;

/**
 * Learns from one batch: one step of the network's optimizer, for which it was compiled. The batch
 * stays the caller's.
 *
 * @param classWeights weight of each age group in the loss, `[5]`; all alike where it is left out
 * @returns the loss, class weights included, before the step
 */
export function learnBatch(
  network: tf.LayersModel,
  spec: Spec,
  batch: Batch,
  classWeights?: tf.Tensor1D,
): BatchResult {
  return tf.tidy(() => {
    const weights = classWeights
      ? tf.gather(classWeights, batch.groups)
      : tf.onesLike(batch.groups);
    const work = isNative() ? learnNatively : learnByTape;
    const { loss, right, gradients } = work(network, spec, batch, weights.toFloat());
    network.optimizer.applyGradients(gradients);
    return { loss: loss.dataSync()[0]!, right };
  });
}

/** Loss, without class weights, and number of photos told right, in a batch that is not learned from. */
export function judgeBatch(network: tf.LayersModel, spec: Spec, batch: Batch): BatchResult {
  return tf.tidy(() => {
    const logits = logitsOf(network, spec, batch.photos);
    const loss = withPenalties(network, entropies(logits, batch.groups).mean());
    return { loss: loss.dataSync()[0]!, right: countRight(logits, batch.groups) };
  });
}

/**
 * What a network says of photos: the probabilities of the age groups, `[n, 5]`.
 *
 * @param photos `[n, side, side, 3]`, values 0 to 1
 */
export function answer(network: tf.LayersModel, spec: Spec, photos: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => tf.softmax(logitsOf(network, spec, photos)));
}

interface Learned {
  loss: tf.Scalar;
  right: number;
  gradients: tf.NamedTensorMap;
}

/** What the operations of one pass share. */
interface Context {
  network: tf.LayersModel;
  photos: tf.Tensor;
  training: boolean;
  gradients: tf.NamedTensorMap;
}

/** An operation that was done: what it gave, what else is kept for the way back, and the way back. */
interface Done {
  out: tf.Tensor;
  kept?: (tf.Tensor | null)[];
  /** From the gradient for what it gave to the gradient for what it took; null for the photos. */
  back: (gradient: tf.Tensor) => tf.Tensor | null;
}

type Kernel<Kind> = (
  operation: Extract<Operation, { kind: Kind }>,
  input: tf.Tensor,
  context: Context,
) => Done;

function logitsOf(network: tf.LayersModel, spec: Spec, photos: tf.Tensor4D): tf.Tensor2D {
  if (!isNative()) return logitsByLayers(network, photos, false);
  const context = { network, photos, training: false, gradients: {} };
  const operations = operationsOf(spec).filter(({ kind }) => kind !== "dropout");
  return operations.reduce((input: tf.Tensor, operation) => {
    const out = tf.tidy(() => run(operation, input, context).out);
    if (input !== photos) input.dispose();
    return out;
  }, photos) as tf.Tensor2D;
}

/** Goes through the operations and back; what is no longer needed is freed at once. */
function learnNatively(
  network: tf.LayersModel,
  spec: Spec,
  { photos, groups }: Batch,
  weights: tf.Tensor,
): Learned {
  const context: Context = { network, photos, training: true, gradients: {} };
  const done: Done[] = [];
  for (const operation of operationsOf(spec)) {
    done.push(run(operation, done.at(-1)?.out ?? photos, context));
  }
  const logits = done.at(-1)!.out as tf.Tensor2D;
  const [entropies, gradient] = kernels.crossEntropy(logits, groups);
  const loss = withPenalties(network, entropies.mul(weights).mean());
  const right = countRight(logits, groups);
  goBack(done, gradient.mul(weights.div(weights.size).expandDims(1)));
  return { loss, right, gradients: inOrder(network, context.gradients) };
}

function goBack(done: readonly Done[], last: tf.Tensor): void {
  let gradient: tf.Tensor | null = last;
  for (const { out, kept = [], back } of done.toReversed()) {
    const next = back(gradient!);
    tf.dispose([gradient, out, ...kept].filter((tensor) => tensor !== next) as tf.Tensor[]);
    gradient = next;
  }
}

/** The gradients in the order of the network's weights, in which the optimizer keeps its state. */
function inOrder(network: tf.LayersModel, gradients: tf.NamedTensorMap): tf.NamedTensorMap {
  const names = network.trainableWeights.map((weight) => variable(weight).name);
  return Object.fromEntries(names.map((name) => [name, gradients[name]!]));
}

function learnByTape(
  network: tf.LayersModel,
  _: Spec,
  { photos, groups }: Batch,
  weights: tf.Tensor,
): Learned {
  let right = 0;
  const { value, grads } = tf.variableGrads(() => {
    const logits = logitsByLayers(network, photos, true);
    right = countRight(logits, groups);
    return withPenalties(network, entropies(logits, groups).mul(weights).mean());
  }, network.trainableWeights.map(variable));
  return { loss: value, right, gradients: inOrder(network, grads) };
}

/** All layers but the last one's softmax. */
function logitsByLayers(
  network: tf.LayersModel,
  photos: tf.Tensor4D,
  training: boolean,
): tf.Tensor2D {
  const [, ...layers] = network.layers, output = layers.pop()!;
  const values = layers.reduce<tf.Tensor>(
    (input, layer) => layer.apply(input, { training }) as tf.Tensor,
    photos,
  );
  const [kernel, bias] = output.weights.map(variable);
  return values.matMul(kernel!).add(bias!) as tf.Tensor2D;
}

function entropies(logits: tf.Tensor2D, groups: tf.Tensor1D): tf.Tensor1D {
  return logits.logSoftmax().mul(tf.oneHot(groups, logits.shape[1])).sum(1).neg() as tf.Tensor1D;
}

/** A loss with the penalties on the weights; NaN where a convolution's weights are no numbers any more. */
function withPenalties(network: tf.LayersModel, loss: tf.Tensor): tf.Scalar {
  const convolutions = network.trainableWeights.map(variable).filter(({ rank }) => rank === 4);
  const terms = [loss, ...network.calculateLosses(), kernels.nanOf(convolutions)];
  return tf.addN(terms) as tf.Scalar;
}

function countRight(logits: tf.Tensor2D, groups: tf.Tensor1D): number {
  return logits.argMax(1).equal(groups).sum().dataSync()[0]!;
}

function variable(weight: { read(): tf.Tensor }): tf.Variable {
  return weight.read() as tf.Variable;
}

function weightsOf({ network }: Context, layer: string): tf.Variable[] {
  return network.getLayer(layer).weights.map(variable);
}

/** Keeps the gradient for a weight, with what its L2 penalty adds. */
function learned(context: Context, weight: tf.Variable, gradient: tf.Tensor, l2 = 0): void {
  context.gradients[weight.name] = l2 ? gradient.add(weight.mul(2 * l2)) : gradient;
}

function run(operation: Operation, input: tf.Tensor, context: Context): Done {
  return (KERNELS[operation.kind] as Kernel<Operation["kind"]>)(operation, input, context);
}

const KERNELS: { [Kind in Operation["kind"]]: Kernel<Kind> } = {
  "convolution": ({ layer, padding, l2 }, input, context) => {
    const [kernel] = weightsOf(context, layer);
    return {
      out: kernels.convolve(input, kernel!, padding),
      back: (gradient) => {
        const own = kernels.convolveKernelGradient(input, kernel!, gradient, padding);
        learned(context, kernel!, own, l2);
        if (input === context.photos) return null;
        return kernels.convolveInputGradient(input, kernel!, gradient, padding);
      },
    };
  },
  "product": ({ layer, l2 }, input, context) => {
    const [kernel] = weightsOf(context, layer);
    return {
      out: kernels.multiply(input, kernel!),
      back: (gradient) => {
        learned(context, kernel!, kernels.multiply(input, gradient, { turnA: true }), l2);
        return kernels.multiply(gradient, kernel!, { turnB: true });
      },
    };
  },
  "bias": ({ layer }, input, context) => {
    const bias = weightsOf(context, layer)[1]!;
    return {
      out: kernels.addBias(input, bias),
      back: (gradient) => {
        learned(context, bias, kernels.biasGradient(gradient));
        return gradient;
      },
    };
  },
  "bias and ReLU": ({ layer }, input, context) => {
    const bias = weightsOf(context, layer)[1]!;
    const out = kernels.addBiasThenRelu(input, bias);
    return {
      out,
      back: (gradient) => {
        const before = kernels.reluGradient(out, gradient);
        learned(context, bias, kernels.biasGradient(before));
        return before;
      },
    };
  },
  "ReLU": (_, input) => {
    const out = kernels.relu(input);
    return { out, back: (gradient) => kernels.reluGradient(out, gradient) };
  },
  "max pooling": (_, input) => {
    const [out, places] = kernels.maxPool(input);
    const back = (gradient: tf.Tensor) => kernels.maxPoolGradient(input, out, places, gradient);
    return { out, kept: [places], back };
  },
  "batch normalisation": ({ layer }, input, context) => (
    context.training ? normalizeBatch(layer, input, context) : normalizeAll(layer, input, context)
  ),
  "dropout": ({ layer }, input, { network }) => {
    const mask = (network.getLayer(layer) as SeededDropout).nextMask(input.shape);
    return { out: input.mul(mask), kept: [mask], back: (gradient) => gradient.mul(mask) };
  },
  "flatten": (_, input) => (
    { out: input.reshape([input.shape[0]!, -1]), back: (gradient) => gradient.reshape(input.shape) }
  ),
  "global average": (_, input) => {
    const [n, height, width, maps] = input.shape as [number, number, number, number];
    return {
      out: input.mean([1, 2]),
      back: (gradient) =>
        gradient.div(height * width).reshape([n, 1, 1, maps]).broadcastTo(input.shape),
    };
  },
};

function normalizeBatch(layer: string, input: tf.Tensor, context: Context): Done {
  const [scale, shift, mean, variance] = weightsOf(context, layer);
  const maps = input.reshape(asMaps(input.shape));
  const normalized = kernels.normalizeBatch(maps, scale!, shift!);
  move(mean!, normalized.mean);
  move(variance!, normalized.variance);
  return {
    out: normalized.values.reshape(input.shape),
    kept: [maps, normalized.values, ...normalized.reserved],
    back: (gradient) => {
      const [forInput, forScale, forShift] = kernels.normalizeBatchGradient(
        maps,
        scale!,
        normalized.reserved,
        gradient.reshape(maps.shape),
      );
      learned(context, scale!, forScale);
      learned(context, shift!, forShift);
      return forInput.reshape(input.shape);
    },
  };
}

/** Normalises by the moving means, as a network that looks does. */
function normalizeAll(layer: string, input: tf.Tensor, { network }: Context): Done {
  const out = network.getLayer(layer).apply(input, { training: false }) as tf.Tensor;
  return { out, back: () => null };
}

function move(moving: tf.Variable, own: tf.Tensor): void {
  moving.assign(moving.sub(moving.sub(own).mul(1 - MOMENTUM)));
}

/** `[n, values]` as maps of one pixel. */
function asMaps(shape: number[]): number[] {
  return shape.length === 4 ? shape : [shape[0]!, 1, 1, shape[1]!];
}
