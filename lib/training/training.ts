/**
 * Training: as the original study did it, but seeded, and resumable at any moment.
 *
 * Adam on sparse categorical cross-entropy; class weights from the training part; stops when the
 * validation loss has not fallen for some epochs; keeps the epoch with the highest validation
 * accuracy. Weights, order, dropout and mirroring follow from the seed and the epoch's number alone,
 * so that a resumed training goes the very way of one that was never interrupted.
 *
 * @module
 */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { rollup } from "d3";
import type { Resumable } from "@/training/adam.ts";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { type Batch, drawBatches, epochOrder, type Examples } from "@/study/batches.ts";
import { withLock, writeWhole } from "@/base/files.ts";
import { buildNetwork, disposeNetwork, setStep } from "@/model/network.ts";
import { compileNetwork } from "@/training/optimizers.ts";
import { type Line, openLine, PAUSE, progressLine } from "@/base/progress.ts";
import { createRandom } from "@/base/random.ts";
import { percent } from "@/base/text.ts";
import {
  type Epoch,
  filesOf,
  keepRun,
  openRun,
  readTensors,
  type Run,
  type RunSetting,
} from "@/training/checkpoint.ts";
import { evaluateBatch, trainOnBatch } from "@/training/step.ts";
import type { Spec } from "@/model/spec.ts";

/** What a training learns from, and what it is chosen by. */
export interface TrainingData {
  train: Examples;
  validation: Examples;
}

/** A network in training, with what each step needs. */
interface Trainee {
  network: tf.LayersModel;
  setting: RunSetting;
  /** Weight of each age group in the loss, `[5]`. */
  classWeights: tf.Tensor1D;
  /** The bar of the run. */
  draw: Line;
}

/** A loss that is no number any more: the run cannot go on. */
class Diverged extends Error {}

/**
 * Trains a model in a folder until it has converged, or up to an epoch; goes on from where an earlier
 * call stopped, for whatever reason. A run that is over is returned as it is.
 *
 * @param until the number of the epoch to stop after, at most the model's own
 * @throws {Error} where another process trains in the folder, where it holds a run of another setting,
 * or where the disk is full
 */
export async function train(
  folder: string,
  setting: RunSetting,
  data: TrainingData,
  { until = setting.spec.epochs }: { until?: number } = {},
): Promise<Run> {
  const draw = openLine();
  const run = await withLock(join(folder, "lock"), `training in ${folder}`, async () => {
    const run = await openRun(folder, setting, { "tfjs-core": tf.version_core });
    return isOver(run, until) ? run : await goOn(folder, run, data, until, draw);
  });
  await draw(`Model ${run.spec.id}: ${run.state} after ${run.history.length} epochs`, true);
  return run;
}

async function goOn(
  folder: string,
  begun: Run,
  data: TrainingData,
  until: number,
  draw: Line,
): Promise<Run> {
  let run = begun;
  const trainee = await prepare(folder, run, data.train.groups, draw);
  try {
    while (!isOver(run, until)) run = await trainEpoch(folder, run, trainee, data);
    if (run.state === "finished") await writeModel(folder, run, trainee.network);
    return run;
  } finally {
    trainee.classWeights.dispose();
    disposeNetwork(trainee.network);
  }
}

function isOver(run: Run, until: number): boolean {
  return run.state !== "training" || run.history.length >= until;
}

/** Weights of the age groups in the loss: the largest group's photos through the group's own. */
export function classWeights(groups: readonly AgeGroup[]): number[] {
  const counts = rollup(groups, (own) => own.length, (group) => group);
  const largest = Math.max(...counts.values());
  return AGE_GROUPS.map(({ group }) => largest / (counts.get(group) ?? largest));
}

/** How much a photo of each age group weighs in the loss of a model's training. */
export function lossWeights(spec: Spec, groups: readonly AgeGroup[]): number[] {
  return spec.classWeights ? classWeights(groups) : AGE_GROUPS.map(() => 1);
}

async function prepare(
  folder: string,
  run: Run,
  groups: readonly AgeGroup[],
  draw: Line,
): Promise<Trainee> {
  const { spec, side, seed } = run;
  const network = buildNetwork(spec, { side, seed });
  compileNetwork(network, spec);
  if (run.history.length > 0) await restore(folder, run, network);
  return { network, setting: run, classWeights: tf.tensor1d(lossWeights(spec, groups)), draw };
}

async function trainEpoch(
  folder: string,
  run: Run,
  trainee: Trainee,
  data: TrainingData,
): Promise<Run> {
  try {
    const epoch = await runEpoch(run.history.length + 1, trainee, data, run);
    const next = judge({ ...run, history: [...run.history, epoch] });
    const { files, state } = currentFiles(next, trainee.network);
    await keepRun(folder, next, files).finally(() => tf.dispose(state));
    return next;
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    const diverged: Run = { ...run, state: "diverged" };
    await keepRun(folder, diverged, {});
    return diverged;
  }
}

/** Decides after an epoch which one is the best, and whether the run is finished. */
function judge(run: Run): Run {
  const { history, spec } = run;
  const best = history.reduce((a, b) => b.valAccuracy > a.valAccuracy ? b : a);
  const lowest = history.reduce((a, b) => b.valLoss < a.valLoss ? b : a);
  const waited = history.length - lowest.epoch >= spec.patience;
  const state = waited || history.length >= spec.epochs ? "finished" : "training";
  return { ...run, bestEpoch: best.epoch, state };
}

async function runEpoch(
  number: number,
  trainee: Trainee,
  { train, validation }: TrainingData,
  run: Run,
): Promise<Epoch> {
  const start = performance.now();
  const learned = await learn(number, trainee, train, run);
  const checked = await check(trainee, validation);
  return {
    epoch: number,
    ...learned,
    valLoss: checked.loss,
    valAccuracy: checked.accuracy,
    seconds: (performance.now() - start) / 1000,
  };
}

async function learn(
  epoch: number,
  trainee: Trainee,
  examples: Examples,
  run: Run,
): Promise<{ loss: number; accuracy: number }> {
  const { spec, seed } = trainee.setting;
  const count = examples.indices.length, steps = Math.ceil(count / spec.batchSize);
  const bar = epochBar(run, epoch, count, trainee.draw);
  const sums = { loss: 0, correct: 0, photos: 0 };
  setStep(trainee.network, (epoch - 1) * steps);
  for await (
    const batch of drawBatches(examples, spec.batchSize, epochOrder(count, seed, epoch))
  ) {
    const photos = batch.groups.size;
    const { loss, correct } = step(trainee, batch, `${epoch}, photo ${sums.photos}`);
    if (!Number.isFinite(loss)) throw new Diverged(`The loss of epoch ${epoch} is ${loss}`);
    sums.loss += loss * photos;
    sums.correct += correct;
    sums.photos += photos;
    await bar(sums);
  }
  return { loss: sums.loss / count, accuracy: sums.correct / count };
}

/** Learns from one batch, which is disposed of. */
function step({ network, setting, classWeights }: Trainee, batch: Batch, place: string) {
  const { spec, seed } = setting;
  const photos = spec.horizontalFlip ? flipSome(batch.photos, seed, place) : batch.photos;
  const result = trainOnBatch(network, spec, { ...batch, photos }, classWeights);
  tf.dispose([photos, batch.photos, batch.groups]);
  return result;
}

/** Loss and accuracy on photos that are not learned from, class weights left out. */
async function check(
  { network, setting }: Trainee,
  examples: Examples,
): Promise<{ loss: number; accuracy: number }> {
  const sums = { loss: 0, correct: 0 };
  for await (const batch of drawBatches(examples, setting.spec.batchSize)) {
    const { loss, correct } = evaluateBatch(network, setting.spec, batch);
    sums.loss += loss * batch.groups.size;
    sums.correct += correct;
    tf.dispose([batch.photos, batch.groups]);
  }
  const count = examples.indices.length;
  return { loss: sums.loss / count, accuracy: sums.correct / count };
}

/** Mirrors each photo or not, as chance has it: the same at each call for the same seed and place. */
function flipSome(photos: tf.Tensor4D, seed: number, place: string): tf.Tensor4D {
  const random = createRandom(seed, `mirror of epoch ${place}`);
  const chosen = Array.from({ length: photos.shape[0] }, () => random() < 0.5);
  return tf.tidy(() => {
    const mask = tf.tensor(chosen, [photos.shape[0], 1, 1, 1], "bool");
    return tf.where(mask, tf.reverse(photos, 2), photos);
  });
}

/** The run's bar while in an epoch: what to call after each batch. */
function epochBar(run: Run, epoch: number, count: number, draw: Line) {
  const start = performance.now();
  const last = run.history.at(-1);
  const before = last
    ? `; validation ${last.valLoss.toFixed(3)}, ${percent(last.valAccuracy)}`
    : "";
  let drawn = 0;
  return async ({ loss, correct, photos }: { loss: number; correct: number; photos: number }) => {
    if (performance.now() - drawn < PAUSE) return;
    drawn = performance.now();
    const title = `${run.spec.id}, epoch ${epoch} of at most ${run.spec.epochs}`;
    const line = progressLine(title, photos, count, (drawn - start) / 1000);
    const learned = `loss ${(loss / photos).toFixed(3)}, ${percent(correct / photos)}`;
    await draw(`${line}; ${learned}${before}`, false);
  };
}

/** What is new on disk after an epoch: the state, and the weights where they are the best. */
function currentFiles(run: Run, network: tf.LayersModel) {
  const names = filesOf(run), state = resumable(network).state;
  const weights = network.weights.map((weight) => weight.read());
  const best = run.bestEpoch === run.history.length ? { [names.weights]: weights } : {};
  return { files: { [names.state]: [...weights, ...state], ...best }, state };
}

/** A network's optimizer, which compiling made so that its state can be kept. */
function resumable(network: tf.LayersModel): Resumable {
  return network.optimizer as unknown as Resumable;
}

/** Brings a new network to where the run stood after its last epoch. */
async function restore(folder: string, run: Run, network: tf.LayersModel): Promise<void> {
  const weights = network.weights.map(shapeOf), trained = network.trainableWeights.map(shapeOf);
  const shapes = [...weights, ...trained, ...trained, [], []];
  const tensors = await readTensors(join(folder, filesOf(run).state), shapes);
  network.weights.forEach((weight, k) => weight.write(tensors[k]!));
  resumable(network).restore(tensors.slice(weights.length));
  tf.dispose(tensors);
}

function shapeOf({ shape }: { shape: (number | null)[] }): number[] {
  return shape as number[];
}

/** Writes `model.json`, which makes a standard TensorFlow.js model of the best weights. */
async function writeModel(folder: string, run: Run, network: tf.LayersModel): Promise<void> {
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs }) => {
    const weightsManifest = [{ paths: [filesOf(run).weights], weights: weightSpecs }];
    const model = { format: "layers-model", modelTopology, weightsManifest };
    await writeWhole(join(folder, "model.json"), (part) => {
      return Deno.writeTextFile(part, JSON.stringify(model));
    });
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  });
  await network.save(handler);
}
