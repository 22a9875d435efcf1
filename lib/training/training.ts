/**
 * Training as in the original study, but seeded, and resumable at any moment.
 *
 * Adam minimises sparse categorical cross-entropy, with class weights from the training part. Training
 * stops when the validation loss has not fallen for some epochs, and keeps the epoch with the highest
 * validation accuracy. Initial weights, order, dropout and flips follow from the seed and the number of
 * the epoch alone: a resumed training gives the same bits as one that was never interrupted.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { rollup } from "d3";
import type { Adam } from "@/training/adam.ts";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { type Batch, drawBatches, epochOrder, type Examples } from "@/study/batches.ts";
import { withLock, writeWhole } from "@/base/files.ts";
import { metadataOf } from "@/model/model_card.ts";
import { buildNetwork, disposeNetwork, setStep } from "@/model/network.ts";
import { compileNetwork } from "@/training/optimizers.ts";
import { interruptible } from "@/base/interruption.ts";
import { type Line, logOnly, openLine } from "@/base/progress.ts";
import { createRandom } from "@/base/random.ts";
import type { Arithmetic } from "@/native/arithmetic.ts";
import { arithmeticInUse } from "@/native/pinned.ts";
import { filesOf, keepRun, openRun, readTensors } from "@/training/checkpoint.ts";
import { Changed } from "@/training/same_setting.ts";
import { epochBar, epochLine } from "@/training/epoch_progress.ts";
import { type Epoch, isOver, type Run, type RunSetting, updateBestEpoch } from "@/training/run.ts";
import { changesBetween, type LearnedPhoto, learnedPhotos } from "@/study/fingerprint.ts";
import { readLearned, writeLearned } from "@/training/learned.ts";
import { drawVariation, varyPhotos } from "@/training/augmentation.ts";
import { damageSquares, drawDamage } from "@/training/damage.ts";
import { learningRateAt } from "@/training/schedule.ts";
import { drawMixing, mixUp } from "@/training/mixup.ts";
import { type BatchResult, evaluateBatch, trainOnBatch, weightsOf } from "@/training/step.ts";
import { targetOf } from "@/training/targets.ts";
import { WeightAverage } from "@/training/weight_average.ts";
import { STEPS } from "@/model/mobile_net.ts";
import { addPublishedWeights, cardStart } from "@/model/published_weights.ts";
import type { Spec } from "@/model/spec.ts";

/** The photos to train on, and those to choose the best epoch by. */
export interface TrainingData {
  train: Examples;
  validation: Examples;
}

/** Options of a training. */
export interface TrainingOptions {
  /** The number of the epoch to stop after, at most the model's own. */
  until?: number;
  /** Called after each epoch, and, once the training is over, with the whole run. */
  onEpoch?: (run: Run, last: boolean) => void | Promise<void>;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** The context of each step of a training. */
interface TrainingContext {
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

/** The file that makes the weights of a finished run a standard model. */
const MODEL = "model.json";

/** The loss is no number any more: the run cannot go on. */
class Diverged extends Error {}

/**
 * Trains a model in a folder until it stops early, or up to a given epoch. Resumes where an earlier
 * call stopped, for whatever reason; returns a finished run unchanged.
 *
 * @throws {Error} if another process trains in the folder, if it holds a run of another setting, of other
 * photos or labels, or of another arithmetic, saying what has changed, or if the disk is full
 * @throws {Interrupted} if it was interrupted; the next call resumes after the last whole epoch
 *
 * @example The first ten epochs of model IV
 * ```ts ignore
 * import { runOf } from "@/training/checkpoint.ts";
 * import { train } from "@/training/training.ts";
 * import { findSpec } from "@/model/zoo.ts";
 * import { prepareStudy } from "@/study/study.ts";
 *
 * const study = await prepareStudy({ side: 96, split: "photo" });
 * const { folder, setting } = runOf(study, findSpec("IV"), 7);
 * const run = await train(folder, setting, study, { until: 10 });
 * ```
 */
export async function train(
  folder: string,
  setting: RunSetting,
  data: TrainingData,
  { until = setting.spec.epochs, onEpoch = () => {}, signal: outer }: TrainingOptions = {},
): Promise<Run> {
  const draw = openLine();
  const work = async (signal: AbortSignal) => {
    const run = await openOwn(folder, setting, data);
    const options = { until, onEpoch, signal };
    if (!isOver(run, until)) {
      const own = withArithmetic(folder, run);
      if (own.arithmetic === "native") await draw(`${run.spec.id}: ${NATIVE}`, true);
      return await goOn(folder, own, data, options, draw);
    }
    if (run.state === "finished") await ensureModel(folder, run);
    return run;
  };
  const run = await interruptible(
    (signal) => withLock(join(folder, "lock"), `training in ${folder}`, () => work(signal)),
    outer,
  );
  await draw(`Model ${run.spec.id}: ${run.state} after ${run.history.length} epochs`, true);
  await onEpoch(run, true);
  return run;
}

/** Opens the run in a folder, or begins one there, with a table of its photos. */
async function openOwn(folder: string, setting: RunSetting, data: TrainingData): Promise<Run> {
  const photos = learnedPhotos(data), { fingerprint } = setting;
  const run = await openRun(folder, setting, { "tfjs-core": tf.version_core })
    .catch((error) => Promise.reject(explainChange(error, folder, photos)));
  const isNew = run.history.length === 0 && photos !== null && fingerprint !== undefined;
  if (isNew) await writeLearned(folder, photos);
  return run;
}

/**
 * Notes in a run that begins which arithmetic it is computed with.
 *
 * @throws {Error} if it was begun with another one
 */
function withArithmetic(folder: string, run: Run): Run {
  const arithmetic = arithmeticInUse(), before = run.arithmetic ?? "native";
  if (run.history.length === 0) return { ...run, arithmetic };
  if (before === arithmetic) return run;
  throw new Error(
    `The run in ${folder} was begun with ${before} arithmetic, and this machine computes with ${arithmetic} ` +
      `arithmetic now. ${RESUME[before]}, or remove the folder to train anew`,
  );
}

/** The note on a run whose arithmetic is not pinned. */
const NATIVE = "native arithmetic: the bytes of this run are this machine's";

/** The way to resume a run that was begun with an arithmetic. */
const RESUME: Record<Arithmetic, string> = {
  pinned: "Resume it without `--arithmetic native`, on a processor with AVX2 and without a GPU",
  native: "Resume it with `--arithmetic native`",
};

/** Adds to the error for changed photos or labels what has changed; other errors stay as they are. */
export function explainChange(
  error: unknown,
  folder: string,
  now: readonly LearnedPhoto[] | null,
): unknown {
  const before = error instanceof Changed && now ? readLearned(folder) : null;
  return before ? new Changed(folder, changesBetween(before, now!)) : error;
}

async function goOn(
  folder: string,
  begun: Run,
  data: TrainingData,
  { until, onEpoch, signal }: Required<TrainingOptions>,
  draw: Line,
): Promise<Run> {
  let run = begun;
  const context = await prepare(folder, run, data.train, draw, signal);
  try {
    while (!isOver(run, until)) {
      run = await trainEpoch(folder, run, context, data);
      if (run.state !== "diverged") logOnly(epochLine(run, until));
      if (!isOver(run, until)) await onEpoch(run, false);
    }
    if (run.state === "finished") await writeModel(folder, run, context.network);
    return run;
  } finally {
    context.classWeights.dispose();
    context.average?.dispose();
    disposeNetwork(context.network);
  }
}

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

async function prepare(
  folder: string,
  run: Run,
  examples: Examples,
  draw: Line,
  signal: AbortSignal,
): Promise<TrainingContext> {
  const { spec, side, seed } = run, most = spec.recipe?.averageWeights;
  const network = buildNetwork(spec, { side, seed });
  if (spec.start) await addPublishedWeights(network, cardStart(spec.start));
  const average = most ? new WeightAverage(network, most) : null;
  compileNetwork(network, spec, average);
  if (run.history.length > 0) await restore(folder, run, network, average);
  return {
    network,
    setting: run,
    classWeights: tf.tensor1d(lossWeights(spec, examples.groups)),
    targets: targetRows(spec, examples),
    average,
    draw,
    signal,
  };
}

/** The target of each photo; null if it is the group and nothing else. */
function targetRows({ recipe }: Spec, { groups, ages }: Examples): number[][] | null {
  return recipe && (recipe.targets.kind !== "hard" || recipe.mixup)
    ? groups.map((group, k) => targetOf(recipe.targets, { group, age: ages?.[k] ?? null }))
    : null;
}

async function trainEpoch(
  folder: string,
  run: Run,
  context: TrainingContext,
  data: TrainingData,
): Promise<Run> {
  try {
    const next = updateBestEpoch(run, await runEpoch(run, context, data));
    const { files, state } = currentFiles(next, context);
    await keepRun(folder, next, files).finally(() => tf.dispose(state));
    return next;
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    const diverged: Run = { ...run, state: "diverged" };
    await keepRun(folder, diverged, {});
    return diverged;
  }
}

async function runEpoch(
  run: Run,
  context: TrainingContext,
  { train, validation }: TrainingData,
): Promise<Epoch> {
  const start = performance.now();
  const trained = await trainOn(train, run, context);
  const { loss: valLoss, accuracy: valAccuracy } = await validateAveraged(validation, context);
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
    const progress = { step: before + sums.photos / spec.batchSize, stepsPerEpoch: steps };
    const place = { epoch, first: sums.photos, drawn, progress };
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
interface Place {
  epoch: number;
  /** The place of the batch's first photo in the epoch. */
  first: number;
  /** The photos of the batch, by their places among the examples. */
  drawn: number[];
  progress: { step: number; stepsPerEpoch: number };
}

/** Trains on one batch, and disposes of it. */
function step(context: TrainingContext, batch: Batch, place: Place): BatchResult {
  const { network, setting: { spec }, classWeights, average } = context;
  setLearningRate(context, place);
  const photos = augmented(context, batch.photos, place), targets = targetsOf(context, place);
  const varied = mixed(context, { ...batch, photos, targets }, place);
  average?.begin(place.progress.step);
  const result = trainOnBatch(network, phaseOf(spec, place.progress), varied, classWeights);
  average?.end();
  tf.dispose([photos, targets, varied.photos, varied.targets, varied.weights] as tf.Tensor[]);
  tf.dispose([batch.photos, batch.groups]);
  return result;
}

/** A spec as a step takes it: while the head learns alone, all else is frozen; then its rate rises for an epoch. */
function phaseOf(spec: Spec, { step, stepsPerEpoch }: Place["progress"]): Spec {
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
  const progress = { ...place.progress, epochs: spec.epochs };
  const rate = learningRateAt(spec.recipe.schedule, spec.learningRate, progress);
  adam(network).learningRate = rate;
}

function targetsOf({ targets }: TrainingContext, { drawn }: Place): tf.Tensor2D | undefined {
  return targets ? tf.tensor2d(drawn.map((k) => targets[k]!)) : undefined;
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

/** The same as {@linkcode validate} with the averaged weights, if the model has them. */
function validateAveraged(examples: Examples, context: TrainingContext) {
  const work = () => validate(examples, context);
  return context.average ? context.average.during(work) : work();
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

/** The files to write after an epoch: the state, and the weights if they are the best so far. */
function currentFiles(run: Run, { network, average }: TrainingContext) {
  const names = filesOf(run), state = adam(network).state;
  const weights = network.weights.map((weight) => weight.read());
  const averages = average?.state ?? [], answering = average ? [...averages] : weights;
  const best = run.bestEpoch === run.history.length ? { [names.weights]: answering } : {};
  return { files: { [names.state]: [...weights, ...state, ...averages], ...best }, state };
}

/** A network's optimizer, whose state can be saved. */
function adam(network: tf.LayersModel): Adam {
  return network.optimizer as Adam;
}

/** Brings a new network to the state of the run after its last epoch. */
async function restore(
  folder: string,
  run: Run,
  network: tf.LayersModel,
  average: WeightAverage | null,
): Promise<void> {
  const weights = network.weights.map(shapeOf), trained = network.trainableWeights.map(shapeOf);
  const own = [...weights, ...trained, ...trained, [], []];
  const shapes = [...own, ...(average ? weights : [])];
  const tensors = await readTensors(join(folder, filesOf(run).state), shapes);
  network.weights.forEach((weight, k) => weight.write(tensors[k]!));
  adam(network).restore(tensors.slice(weights.length, own.length));
  average?.restore(tensors.slice(own.length));
  tf.dispose(tensors);
}

function shapeOf({ shape }: { shape: (number | null)[] }): number[] {
  return shape as number[];
}

/** Writes `model.json` if the process was killed before it could. */
async function ensureModel(folder: string, run: Run): Promise<void> {
  if (existsSync(join(folder, MODEL))) return;
  const network = buildNetwork(run.spec, run);
  await writeModel(folder, run, network).finally(() => disposeNetwork(network));
}

/** Writes `model.json`, which makes the best weights a standard TensorFlow.js model. */
async function writeModel(folder: string, run: Run, network: tf.LayersModel): Promise<void> {
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs }) => {
    const weightsManifest = [{ paths: [filesOf(run).weights], weights: weightSpecs }];
    const userDefinedMetadata = metadataOf(run.spec, run.side);
    const model = { format: "layers-model", modelTopology, userDefinedMetadata, weightsManifest };
    await writeWhole(join(folder, MODEL), (part) => {
      return Deno.writeTextFile(part, JSON.stringify(model));
    });
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  });
  await network.save(handler);
}
