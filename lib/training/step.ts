/**
 * One batch at a time: a step of training, evaluation, prediction.
 *
 * A network is a stock model of TensorFlow.js. Where the project's ops compute, its forward and backward
 * pass run here, with the kernels of `@/native/kernels.ts`; elsewhere, with the layers of tfjs. Both give the same,
 * except for rounding.
 */
import * as tf from "@tensorflow/tfjs";
import type { Batch } from "@/study/batches.ts";
import * as kernels from "@/native/kernels.ts";
import { dividedOperations, operationsOf } from "@/training/fusion.ts";
import { backward, type Context, forward, infer, variable } from "@/training/backprop.ts";
import { crossEntropies, positiveGroups, weightedLoss } from "@/training/loss.ts";
import type { Targets } from "@/model/recipe.ts";
import { layersOf } from "@/model/layers.ts";
import { leadThrough } from "@/model/network.ts";
import { hasOps } from "@/native/pinned.ts";
import { nanOf } from "@/native/sum.ts";
import type { Spec, StartSpec } from "@/model/spec.ts";

/** The result of a batch: the mean loss, penalties included, and how many photos were classified correctly. */
export interface BatchResult {
  loss: number;
  correct: number;
}

/**
 * Trains on one batch: does one step of the optimizer that the network was compiled with. The batch stays the
 * caller's.
 *
 * @param classWeights weight of each age group in the loss, `[5]`; by default all are equal
 * @returns the loss, class weights included, before the step
 */
export function trainOnBatch(
  network: tf.LayersModel,
  spec: Spec,
  batch: Batch,
  classWeights?: tf.Tensor1D,
): BatchResult {
  return tf.tidy(() => {
    const weights = batch.weights ?? weightsOf(batch, classWeights);
    const differentiate = hasOps() ? differentiateByKernels : differentiateByLayers;
    const { loss, correct, gradients } = differentiate(network, spec, batch, weights.toFloat());
    const apply = () => network.optimizer.applyGradients(gradients);
    if (spec.start) moveSlowly(network, spec.start, apply);
    else apply();
    return { loss: loss.dataSync()[0]!, correct };
  });
}

/** Does a step of which the published weights take a share alone: one in the rate, whatever the optimizer. */
function moveSlowly(network: tf.LayersModel, { rate }: StartSpec, step: () => void): void {
  const published = network.trainableWeights.slice(0, -2).map(variable); // the head's are last
  const before = published.map((weight) => weight.clone());
  step();
  published.forEach((weight, k) =>
    tf.tidy(() => {
      weight.assign(before[k]!.add(weight.sub(before[k]!).mul(rate)));
    })
  );
}

/** The weight of each photo of a batch in the loss, by its group, `[photos]`. */
export function weightsOf({ groups }: Batch, classWeights?: tf.Tensor1D): tf.Tensor1D {
  return classWeights ? tf.gather(classWeights, groups) : tf.onesLike(groups);
}

/** Evaluates a network on one batch; the loss is without class weights. */
export function evaluateBatch(network: tf.LayersModel, spec: Spec, batch: Batch): BatchResult {
  return tf.tidy(() => {
    const logits = logitsOf(network, spec, batch.photos);
    const scores = groupScores(spec, logits);
    const loss = withPenalties(network, entropies(scores, batch.groups).mean());
    return { loss: loss.dataSync()[0]!, correct: countCorrect(scores, batch.groups) };
  });
}

/**
 * Predicts what a network answers with, the probabilities of groups or of the years 0 to 100: `[n, 5]` or `[n, 101]`.
 *
 * @param photos `[n, side, side, 3]`, values 0 to 1; their mirror images are predicted too if the recipe asks for it
 */
export function predictBatch(
  network: tf.LayersModel,
  spec: Spec,
  photos: tf.Tensor4D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const answer = (photos: tf.Tensor4D) => tf.softmax(logitsOf(network, spec, photos));
    return spec.recipe?.mirrorAverage
      ? answer(photos).add(answer(photos.reverse(2))).div(2)
      : answer(photos);
  });
}

/** Something that softmax makes the probabilities of the groups of, `[n, 5]`. */
function groupScores(spec: Spec, logits: tf.Tensor2D): tf.Tensor2D {
  return targetsOf(spec).kind === "years" ? positiveGroups(logits.softmax()).log() : logits;
}

function targetsOf({ recipe }: Spec): Targets {
  return recipe?.targets ?? { kind: "hard" };
}

function logitsOf(network: tf.LayersModel, spec: Spec, photos: tf.Tensor4D): tf.Tensor2D {
  return (hasOps() ? logitsByKernels : logitsByLayers)(network, spec, photos);
}

function logitsByKernels(network: tf.LayersModel, spec: Spec, photos: tf.Tensor4D): tf.Tensor2D {
  const operations = operationsOf(spec).filter(({ kind }) => kind !== "dropout");
  return infer(operations, photos, { network, training: false, gradients: {} }) as tf.Tensor2D;
}

/** Does the forward and the backward pass; frees what is no longer needed at once. */
function differentiateByKernels(
  network: tf.LayersModel,
  spec: Spec,
  { photos, groups, targets }: Batch,
  weights: tf.Tensor,
) {
  const context: Context = { network, training: true, gradients: {} };
  const { frozen, learning } = dividedOperations(spec);
  const given = infer(frozen, photos, context);
  const done = forward(learning, given, context);
  const logits = done.at(-1)!.out as tf.Tensor2D;
  const { value, grad, scores } = targets
    ? weightedLoss(targetsOf(spec), logits, targets, weights)
    : { ...sparseLoss(logits, groups, weights), scores: logits };
  const loss = withPenalties(network, value);
  const correct = countCorrect(scores, groups);
  tf.dispose(backward(done, grad) ?? []);
  if (given !== photos) given.dispose();
  return { loss, correct, gradients: inOrder(network, context.gradients) };
}

/** The mean loss of photos in groups, and its gradient for the logits. */
function sparseLoss(logits: tf.Tensor2D, groups: tf.Tensor1D, weights: tf.Tensor) {
  const [entropies, gradient] = kernels.crossEntropy(logits, groups);
  return {
    value: entropies.mul(weights).mean(),
    grad: gradient.mul(weights.div(weights.size).expandDims(1)),
  };
}

/** The gradients in the order of the network's weights, in which the optimizer keeps its state. */
function inOrder(network: tf.LayersModel, gradients: tf.NamedTensorMap): tf.NamedTensorMap {
  const weights = network.trainableWeights.map(variable);
  return Object.fromEntries(
    weights.map((weight) => [weight.name, gradients[weight.name] ?? tf.zerosLike(weight)]),
  );
}

function differentiateByLayers(
  network: tf.LayersModel,
  spec: Spec,
  { photos, groups, targets }: Batch,
  weights: tf.Tensor,
) {
  let correct = 0;
  const { value, grads } = tf.variableGrads(() => {
    const logits = logitsByLayers(network, spec, photos, true);
    correct = countCorrect(groupScores(spec, logits), groups);
    const loss = targets
      ? crossEntropies(targetsOf(spec), logits, targets).mul(weights).mean()
      : entropies(logits, groups).mul(weights).mean();
    return withPenalties(network, loss);
  }, network.trainableWeights.slice(spec.start?.rate === 0 ? -2 : 0).map(variable));
  return { loss: value, correct, gradients: inOrder(network, grads) };
}

/** All layers up to the last dense one, without its softmax. */
function logitsByLayers(
  network: tf.LayersModel,
  spec: Spec,
  photos: tf.Tensor4D,
  training = false,
): tf.Tensor2D {
  const layers = layersOf(spec), last = layers.findLastIndex(({ kind }) => kind === "dense");
  const values = leadThrough<tf.Tensor>(layers.slice(0, last), photos, ({ name }, given) => (
    network.getLayer(name).apply(given, { training }) as tf.Tensor
  ));
  const [kernel, bias] = network.getLayer(layers[last]!.name).weights.map(variable);
  return values.matMul(kernel!).add(bias!) as tf.Tensor2D;
}

function entropies(logits: tf.Tensor2D, groups: tf.Tensor1D): tf.Tensor1D {
  return logits.logSoftmax().mul(tf.oneHot(groups, logits.shape[1])).sum(1).neg() as tf.Tensor1D;
}

/** A loss with the penalties on the weights; NaN if any weight is no number any more. */
function withPenalties(network: tf.LayersModel, loss: tf.Tensor): tf.Scalar {
  const weights = network.trainableWeights.map(variable);
  return tf.addN([loss, ...network.calculateLosses(), nanOf(weights)]) as tf.Scalar;
}

function countCorrect(logits: tf.Tensor2D, groups: tf.Tensor1D): number {
  return logits.argMax(1).equal(groups).sum().dataSync()[0]!;
}
