/**
 * An epoch of a training: all photos once, varied by chance, then validation. The order, dropout and variations follow
 * from the seed and the number of the epoch alone.
 */
import * as tf from "@tensorflow/tfjs";
import { rollup } from "d3";
import type { Line } from "@/base/progress.ts";
import { createRandom } from "@/base/random.ts";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { STEPS } from "@/model/mobile_net.ts";
import { setStep } from "@/model/network.ts";
import type { Spec } from "@/model/spec.ts";
import { type Batch, drawBatches, epochOrder, type Examples } from "@/study/batches.ts";
import type { Adam } from "@/training/adam.ts";
import { drawVariation, varyPhotos } from "@/training/augmentation.ts";
import { damageSquares, drawDamage } from "@/training/damage.ts";
import { epochBar } from "@/training/epoch_progress.ts";
import { drawMixing, mixUp } from "@/training/mixup.ts";
import type { Epoch, Run, RunSetting } from "@/training/run.ts";
import { learningRateAt, type Progress } from "@/training/schedule.ts";
import { type BatchResult, evaluateBatch, trainOnBatch, weightsOf } from "@/training/step.ts";
import type { WeightAverage } from "@/training/weight_average.ts";

/** The photos to train on, and those to choose the best epoch by. */
export interface TrainingData {
  train: Examples;
  validation: Examples;
}

/** The context of each step of a training. */
export interface TrainingContext {
  network: tf.LayersModel;
  setting: RunSetting;
  /** Weight of each age group in the loss, `[5]`. */
  classWeights: tf.Tensor1D;
  /** The target of each training photo; null if that is its group. */
  targets: number[][] | null;
  /** The average of the weights, which predicts in their place; null if there is none. */
  average: WeightAverage | null;
  /** Draws the progress bar. */
  draw: Line;
  /** Ends the training. */
  signal: AbortSignal;
}

/** The loss is no number any more: the run cannot go on. */
export class Diverged extends Error {}

/** Weights of the age groups in the loss: the photos of the largest group divided by the group's own. */
export function classWeights(groups: readonly AgeGroup[]): number[] {
  const counts = rollup(groups, (own) => own.length, (group) => group);
  const largest = Math.max(...counts.values());
  return AGE_GROUPS.map(({ group }) => largest / (counts.get(group) ?? largest));
}

/** The weight of a photo of each age group in the loss of a model. */
export function lossWeights(spec: Spec, groups: readonly AgeGroup[]): number[] {
  if (!spec.classWeights) return AGE_GROUPS.map(() => 1);
  const weights = classWeights(groups);
  return spec.classWeights === "square root" ? weights.map(Math.sqrt) : weights;
}

/** A network's optimizer. */
export function adam(network: tf.LayersModel): Adam {
  return network.optimizer as Adam;
}

/** Trains a run for its next epoch, and validates it. */
export async function runEpoch(
  run: Run,
  context: TrainingContext,
  { train, validation }: TrainingData,
): Promise<Epoch> {
  const start = performance.now();
  const trained = await trainOn(train, run, context);
  const work = () => validate(validation, context);
  const { loss: valLoss, accuracy: valAccuracy } = await (context.average?.during(work) ?? work());
  if (!Number.isFinite(valLoss)) throw new Diverged(`The validation loss is ${valLoss}`);
  const seconds = (performance.now() - start) / 1000;
  return { epoch: run.history.length + 1, ...trained, valLoss, valAccuracy, seconds };
}

/** Trains on all photos once, in the order of the epoch. */
async function trainOn(
  examples: Examples,
  run: Run,
  context: TrainingContext,
): Promise<{ loss: number; accuracy: number }> {
  const { spec, seed } = run, epoch = run.history.length + 1;
  const count = examples.indices.length, steps = Math.ceil(count / spec.batchSize);
  const bar = epochBar(run, count, context.draw);
  const sums = { loss: 0, correct: 0, photos: 0 };
  const before = (epoch - 1) * steps, order = epochOrder(count, seed, epoch);
  setStep(context.network, before);
  const damage = damaging(run, epoch);
  for await (const batch of drawBatches(examples, spec.batchSize, order, damage)) {
    const photos = batch.groups.size, drawn = order.slice(sums.photos, sums.photos + photos);
    const number = before + sums.photos / spec.batchSize;
    const place = { epoch, first: sums.photos, drawn, step: number, stepsPerEpoch: steps };
    const { loss, correct } = step(context, batch, place);
    if (!Number.isFinite(loss)) throw new Diverged(`The loss of epoch ${epoch} is ${loss}`);
    sums.loss += loss * photos;
    sums.correct += correct;
    sums.photos += photos;
    await bar(sums);
    context.signal.throwIfAborted();
  }
  return { loss: sums.loss / count, accuracy: sums.correct / count };
}

/** The place of a batch in its training. */
interface Place extends Omit<Progress, "epochs"> {
  epoch: number;
  /** The place of the batch's first photo in the epoch. */
  first: number;
  /** The photos of the batch, by their places among the examples. */
  drawn: number[];
}

function step(context: TrainingContext, batch: Batch, place: Place): BatchResult {
  const { network, setting: { spec }, classWeights, average } = context;
  setLearningRate(context, place);
  const targets = context.targets && tf.tensor2d(place.drawn.map((k) => context.targets![k]!));
  const photos = augmented(context, batch.photos, place);
  const varied = mixed(context, { ...batch, photos, targets: targets ?? undefined }, place);
  average?.begin(place.step);
  const result = trainOnBatch(network, phaseOf(spec, place), varied, classWeights);
  average?.end();
  tf.dispose([photos, targets, varied.photos, varied.targets, varied.weights] as tf.Tensor[]);
  tf.dispose([batch.photos, batch.groups]);
  return result;
}

/** A spec as a step takes it: while the head learns alone, all else is frozen; then its rate rises for an epoch. */
function phaseOf(spec: Spec, { step, stepsPerEpoch }: Place): Spec {
  const { start } = spec;
  if (!start) return spec;
  const done = (step + 1) / stepsPerEpoch - start.headEpochs;
  const phase = done <= 0 ? { frozen: STEPS, rate: 0 } : { rate: start.rate * Math.min(1, done) };
  return { ...spec, start: { ...start, ...phase } };
}

/** A batch whose photos are mixed with one another, if the recipe asks for it. */
function mixed(context: TrainingContext, batch: Batch, { epoch, first }: Place): Batch {
  const { setting: { spec, seed }, classWeights } = context, alpha = spec.recipe?.mixup;
  if (!alpha) return batch;
  const mixing = drawMixing(alpha, batch.groups.size, { seed, epoch, first });
  const { photos, targets } = batch, weights = weightsOf(batch, classWeights);
  const mixture = mixUp({ photos, targets: targets!, weights }, mixing);
  weights.dispose();
  return { ...batch, ...mixture };
}

function setLearningRate({ network, setting: { spec } }: TrainingContext, place: Place): void {
  if (!spec.recipe) return;
  const progress = { ...place, epochs: spec.epochs };
  adam(network).learningRate = learningRateAt(spec.recipe.schedule, spec.learningRate, progress);
}

/** The photos of a batch as the model's training varies them. */
function augmented(
  { setting: { spec, seed, side } }: TrainingContext,
  photos: tf.Tensor4D,
  { epoch, first, drawn }: Place,
): tf.Tensor4D {
  const { augmentation } = spec.recipe ?? {};
  if (augmentation) {
    const draw = (photo: number) => drawVariation(augmentation, side, { seed, epoch, photo });
    return varyPhotos(photos, drawn.map(draw));
  }
  return spec.horizontalFlip ? flipSome(photos, seed, `${epoch}, photo ${first}`) : photos;
}

/** What the model's training does to the bytes of a batch in an epoch, if anything. */
function damaging({ spec, seed, side }: RunSetting, epoch: number) {
  const damage = spec.recipe?.augmentation?.damage;
  return damage && ((bytes: Uint8Array, drawn: number[]) => (
    damageSquares(bytes, side, drawn.map((photo) => drawDamage(damage, { seed, epoch, photo })))
  ));
}

/** Loss and accuracy on photos that are not trained on, without class weights. */
async function validate(
  examples: Examples,
  { network, setting, signal }: TrainingContext,
): Promise<{ loss: number; accuracy: number }> {
  const sums = { loss: 0, correct: 0 };
  for await (const batch of drawBatches(examples, setting.spec.batchSize)) {
    const { loss, correct } = evaluateBatch(network, setting.spec, batch);
    sums.loss += loss * batch.groups.size;
    sums.correct += correct;
    tf.dispose([batch.photos, batch.groups]);
    signal.throwIfAborted();
  }
  const count = examples.indices.length;
  return { loss: sums.loss / count, accuracy: sums.correct / count };
}

/** Flips each photo or not, by chance: the same ones at each call with the same seed and place. */
function flipSome(photos: tf.Tensor4D, seed: number, place: string): tf.Tensor4D {
  const random = createRandom(seed, `mirror of epoch ${place}`);
  const chosen = Array.from({ length: photos.shape[0] }, () => random() < 0.5);
  return tf.tidy(() => {
    const mask = tf.tensor(chosen, [photos.shape[0], 1, 1, 1], "bool");
    return tf.where(mask, tf.reverse(photos, 2), photos);
  });
}
