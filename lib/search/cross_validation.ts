/**
 * Cross-validation: a model is trained once for each fold and seed, and says of each photo what the network says
 * that has not seen it.
 *
 * Each run lies in a folder of its own, from which it is resumed, and is locked while it is trained. So several
 * processes, here or on machines that share the work folder, may cross-validate the same at the same time:
 * each trains what no other one does. Machines that share nothing take the runs from a queue, as those of a search:
 * it is one of a single rung.
 *
 * @module
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CLAIMED, Claimed, withLock } from "@/base/files.ts";
import { interruptible } from "@/base/interruption.ts";
import { logOnly, openLine } from "@/base/progress.ts";
import { shareOut as shareOutHere, threadsEach } from "@/base/worker_process.ts";
import { withModel } from "@/answers/open_model.ts";
import { predictPhotos } from "@/answers/predict_photos.ts";
import { groupShares } from "@/metrics/metrics.ts";
import type { OutOfFold } from "@/metrics/out_of_fold.ts";
import { readAnswer } from "@/metrics/answer.ts";
import { plainAnswer } from "@/model/model_card.ts";
import type { Spec } from "@/model/spec.ts";
import { withServer } from "@/search/database.ts";
import { fingerprintOf } from "@/search/fingerprint.ts";
import { readRuns } from "@/search/records.ts";
import { copyRuns, type PlannedRun, planOf, readFolders, shareOut } from "@/search/search.ts";
import { openTrainers, photosOf, type Trainers } from "@/search/trainer.ts";
import type { Shares } from "@/study/split.ts";
import { divideIntoFolds, type Usable } from "@/study/study.ts";
import { readRun, runOf } from "@/training/checkpoint.ts";
import { epochLine } from "@/training/epoch_progress.ts";
import { isOver, type Run } from "@/training/run.ts";

/** The size of a cross-validation, and who does the work. */
export interface CrossValidationOptions {
  /** The seeds of the trainings; the folds are the same for all. */
  seeds?: readonly number[];
  /** How many folds to make; if left out, those that the data name, otherwise five. */
  count?: number;
  /** In which ratio the other folds' photos are for training and for validation; else three to one. */
  shares?: Shares;
  /** How many runs are trained here at the same time, each in a process of its own. */
  workers?: number;
  /** The URL of a Postgres server, whose workers train; without it, it is done here. */
  queue?: string;
  /** After so many seconds without a sign of life, a worker's job is given to another one; from 10 on. */
  heartbeat?: number;
  /** Whether to train anew, beside the old runs, where photos, labels or folds have changed since. */
  fresh?: boolean;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** A training of the cross-validation. */
type FoldRun = Omit<PlannedRun, "id">;

/** Milliseconds between two looks at how far the runs are, and at those that other processes train. */
const PAUSE = 500;

/**
 * Cross-validates a model: trains it for each fold and seed, and returns what each network says of the photos of
 * its own fold, seed by seed. Existing runs are resumed.
 *
 * @throws {RangeError} if the photos cannot be divided into the folds
 * @throws {Error} if a run cannot be trained, or is of other photos, labels or folds
 * @throws {Interrupted} if it was interrupted; the next call goes on
 *
 * @example Five folds of the sample
 * ```ts ignore
 * const rows = await crossValidate(await openUsable(64), findSpec("IV"));
 * await showTable(measureFolds(rows).map(foldRow));
 * ```
 */
export async function crossValidate(
  usable: Usable,
  spec: Spec,
  { seeds = [7], workers = 1, queue, signal, ...options }: CrossValidationOptions = {},
): Promise<OutOfFold[]> {
  // seed by seed, so that each is whole before the next begins
  const studies = divideIntoFolds(usable, options);
  const runs = seeds.flatMap((seed) => (
    studies.map((study) => ({ study, ...runOf(study, spec, seed) }))
  ));
  await interruptible(
    (signal) => queue ? trainAway(queue, runs, options, signal) : trainAll(runs, workers, signal),
    signal,
  );
  await requireWeights(runs);
  const rows: OutOfFold[] = [];
  for (const run of runs) rows.push(...await predictFold(run));
  return rows;
}

/** Trains all runs, so many at the same time; what another process trains is waited for. */
async function trainAll(
  runs: readonly FoldRun[],
  workers: number,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController(), told = follow(runs, AbortSignal.any([over.signal, signal]));
  const trainers = openTrainers(photosOf(runs.map(({ study }) => study)));
  try {
    for (let left = await openRuns(runs); left.length > 0; left = await openRuns(left)) {
      const slots = Array.from({ length: Math.min(workers, left.length) }, (_, k) => k);
      const threads = threadsOf(slots.length);
      await shareOutHere(left, slots, (run) => trainOne(run, trainers, threads, signal));
      await delay(PAUSE, undefined, { signal });
    }
  } finally {
    await trainers.end();
    over.abort();
    await told;
  }
}

/** Lets the workers of a server train all runs, and copies them here. */
async function trainAway(
  url: string,
  runs: readonly FoldRun[],
  { count, shares, heartbeat = 30 }: CrossValidationOptions,
  signal: AbortSignal,
): Promise<void> {
  const [{ study, setting: { spec } }] = runs as [FoldRun],
    studies = runs.map(({ study }) => study);
  const planned = planOf(runs, {
    fingerprint: await fingerprintOf([...new Set(studies)]),
    budget: runs.length * spec.epochs,
    rungs: [{ models: runs.length, until: spec.epochs }],
    study: { data: study.data.name, side: study.side, split: study.split, folds: count, shares },
    groupShares: groupShares(study.validation.groups),
  });
  const isLonger = (here: Run, there: Run) => there.history.length > here.history.length;
  await withServer(url, async (database) => {
    await shareOut(database, { ...planned, heartbeat, signal });
    await copyRuns(database, planned.runs, isLonger);
    const records = await readRuns(database, planned.runs.map(({ id }) => id));
    const failed = records.find(({ failure }) => failure !== null);
    if (failed) throw untrained(failed.run, failed.failure!);
  }, { name: "cross-validation" });
}

/** Makes sure that each run has a network to ask, before any is asked. */
async function requireWeights(runs: readonly FoldRun[]): Promise<void> {
  const empty = (await readFolders(runs)).find(({ run }) => run.history.length === 0);
  if (empty) throw untrained(empty.run, "its loss is no number any more in the first epoch");
}

function untrained({ fold, seed }: Pick<Run, "fold" | "seed">, words: string): Error {
  return new Error(`Cannot train fold ${fold!.test} with seed ${seed}: ${words}`);
}

/** Those of the runs that are not over yet. */
async function openRuns(runs: readonly FoldRun[]): Promise<FoldRun[]> {
  return (await readFolders(runs)).filter(({ run }) => !isOver(run, run.spec.epochs));
}

/** Trains a run to its end in a process of its own, unless another process is at it. */
async function trainOne(
  { folder, setting }: FoldRun,
  trainers: Trainers,
  threads: number,
  signal: AbortSignal,
): Promise<void> {
  if (await isClaimed(folder)) return;
  const task = { folder, setting, until: setting.spec.epochs, threads, changed: false, signal };
  const { code, words } = await trainers.train(task);
  if (code !== 0 && !CLAIMED.test(words)) throw untrained(setting, words);
}

/** Whether another process trains in a folder. */
async function isClaimed(folder: string): Promise<boolean> {
  try {
    await withLock(join(folder, "lock"), `looking into ${folder}`, () => Promise.resolve());
    return false;
  } catch (error) {
    if (error instanceof Claimed) return true;
    throw error;
  }
}

/** Threads of a process: the cores shared out, unless the environment names fewer. */
function threadsOf(processes: number): number {
  const share = threadsEach(processes);
  return Math.min(share, Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || share);
}

/** Tells how far the runs are until the signal: a line that is redrawn, and in a log a line an epoch. */
async function follow(runs: readonly FoldRun[], signal: AbortSignal): Promise<void> {
  const draw = openLine(), counts: (number | undefined)[] = [];
  const look = async () => {
    const read = await Promise.all(runs.map(({ folder }) => readRun(folder).catch(() => null)));
    read.forEach((run, k) => {
      const { length } = run?.history ?? [];
      if (run && counts[k] !== undefined && length > counts[k]!) tellEpoch(run);
      counts[k] = length;
    });
    return read;
  };
  while (!signal.aborted) {
    await draw(progressText(runs, await look()), false);
    await delay(PAUSE, undefined, { signal }).catch(() => {});
  }
  await draw(progressText(runs, await look()), true);
}

function tellEpoch(run: Run): void {
  logOnly(`fold ${run.fold!.test}, seed ${run.seed}: ${epochLine(run, run.spec.epochs)}`);
}

function progressText(runs: readonly FoldRun[], read: readonly (Run | null)[]): string {
  const id = runs[0]!.setting.spec.id, begun = read.filter((run) => run !== null);
  const over = begun.filter(({ state }) => state !== "training").length;
  const epochs = begun.reduce((sum, { history }) => sum + history.length, 0);
  return `Model ${id}: ${over} of ${runs.length} runs trained, ${epochs} epochs`;
}

/** Predicts the photos of a run's own fold, as trained, whatever was fitted since. */
async function predictFold({ study: { data, test }, folder, setting }: FoldRun) {
  const { seed } = setting, fold = setting.fold!.test;
  return await withModel(folder, async (model): Promise<OutOfFold[]> => {
    const { photos, rows } = await predictPhotos(model, data, test), { card } = model;
    const rules = { ...card, answer: plainAnswer(card.answer.mirrorAverage) };
    return photos.map(({ photo, subject, age, group }, k) => {
      const { probabilities, years } = readAnswer(rows[k]!, rules);
      return { photo, subject, age, group: group!, fold, seed, probabilities, years };
    });
  });
}
