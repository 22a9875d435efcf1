/**
 * Training as in the original study, but seeded, and resumable at any moment.
 *
 * Adam minimises sparse categorical cross-entropy, with class weights from the training part. Training
 * stops when the validation loss has not fallen for some epochs, and keeps the epoch with the highest
 * validation accuracy. Initial weights, order, dropout and flips follow from the seed and the number of
 * the epoch alone: a resumed training gives the same bits as one that was never interrupted.
 */
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { withLock, writeLasting, writeText } from "@/base/files.ts";
import { interruptible } from "@/base/interruption.ts";
import { type Line, logOnly, openLine } from "@/base/progress.ts";
import { metadataOf } from "@/model/model_card.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import { addPublishedWeights, cardStart } from "@/model/published_weights.ts";
import type { Arithmetic } from "@/native/arithmetic.ts";
import { arithmeticInUse } from "@/native/pinned.ts";
import type { Examples } from "@/study/batches.ts";
import { learnedPhotos } from "@/study/fingerprint.ts";
import { filesOf, keepRun, openRun, toTensors } from "@/training/checkpoint.ts";
import {
  adam,
  Diverged,
  lossWeights,
  runEpoch,
  type TrainingContext,
  type TrainingData,
} from "@/training/epoch.ts";
import { epochLine } from "@/training/epoch_progress.ts";
import { writeLearned } from "@/training/learned.ts";
import { compileNetwork } from "@/training/optimizers.ts";
import { isOver, type Run, type RunSetting, updateBestEpoch } from "@/training/run.ts";
import { targetRows } from "@/training/targets.ts";
import { WeightAverage } from "@/training/weight_average.ts";

/** Options of a training. */
export interface TrainingOptions {
  /** The number of the epoch to stop after, at most the model's own. */
  until?: number;
  /** Called after each epoch, and, once the training is over, with the whole run. */
  onEpoch?: (run: Run, last: boolean) => void | Promise<void>;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** The file that makes the weights of a finished run a standard model. */
const MODEL = "model.json";

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
  const run = await openRun(folder, setting, data), photos = learnedPhotos(data);
  const isNew = run.history.length === 0 && photos !== null && setting.fingerprint !== undefined;
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

async function goOn(
  folder: string,
  begun: Run,
  data: TrainingData,
  { until, onEpoch, signal }: Required<TrainingOptions>,
  draw: Line,
): Promise<Run> {
  let run = begun;
  const context = { ...await prepare(folder, run, data.train), draw, signal };
  try {
    while (!isOver(run, until)) {
      run = await trainEpoch(folder, run, context, data);
      if (run.state !== "diverged") logOnly(epochLine(run, until));
      if (!isOver(run, until)) await onEpoch(run, false);
    }
    return run;
  } finally {
    context.classWeights.dispose();
    context.average?.dispose();
    disposeNetwork(context.network);
  }
}

async function prepare(
  folder: string,
  run: Run,
  examples: Examples,
): Promise<Omit<TrainingContext, "draw" | "signal">> {
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
  };
}

async function trainEpoch(
  folder: string,
  run: Run,
  context: TrainingContext,
  data: TrainingData,
): Promise<Run> {
  try {
    const next = updateBestEpoch(run, await runEpoch(run, context, data));
    if (next.state === "finished") await writeModel(folder, next, context.network);
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

/** The files to write after an epoch: the state, and the weights if they are the best so far. */
function currentFiles(run: Run, { network, average }: TrainingContext) {
  const names = filesOf(run), state = adam(network).state;
  const weights = network.weights.map((weight) => weight.read());
  const averages = average?.state ?? [], answering = average ? [...averages] : weights;
  const best = run.bestEpoch === run.history.length ? { [names.weights]: answering } : {};
  return { files: { [names.state]: [...weights, ...state, ...averages], ...best }, state };
}

/** Brings a new network to the state of the run after its last epoch. */
async function restore(
  folder: string,
  run: Run,
  network: tf.LayersModel,
  average: WeightAverage | null,
): Promise<void> {
  const weights = network.weights.map(shapeOf), trained = network.trainableWeights.map(shapeOf);
  const own = [...weights, ...trained, ...trained, [], []], averages = average ? weights : [];
  const path = join(folder, filesOf(run).state);
  const tensors = toTensors(path, await Deno.readFile(path), [...own, ...averages]);
  network.weights.forEach((weight, k) => weight.write(tensors[k]!));
  adam(network).restore(tensors.slice(weights.length, own.length));
  average?.restore(tensors.slice(own.length));
  tf.dispose(tensors);
}

function shapeOf({ shape }: { shape: (number | null)[] }): number[] {
  return shape as number[];
}

/** Writes `model.json`, which makes the best weights a standard TensorFlow.js model. */
async function writeModel(folder: string, run: Run, network: tf.LayersModel): Promise<void> {
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs }) => {
    const weightsManifest = [{ paths: [filesOf(run).weights], weights: weightSpecs }];
    const userDefinedMetadata = metadataOf(run.spec, run.side);
    const model = { format: "layers-model", modelTopology, userDefinedMetadata, weightsManifest };
    await writeText(join(folder, MODEL), JSON.stringify(model), writeLasting);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  });
  await network.save(handler);
}
