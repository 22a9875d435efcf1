/**
 * Cross-validation: a model is trained once for each fold and seed, and each photo is predicted by the network that has
 * not seen it.
 *
 * It is a search of a single rung: its runs are trained by the same loop, or by the workers of the same queue. Runs are
 * locked while they are trained, so several processes, here or on machines that share the work folder, may
 * cross-validate the same at the same time: each trains what no other one does.
 */
import { withModel } from "@/answers/open_model.ts";
import { predictPhotos } from "@/answers/predict_photos.ts";
import { interruptible } from "@/base/interruption.ts";
import { say } from "@/base/progress.ts";
import { readAnswer } from "@/metrics/answer.ts";
import type { OutOfFold } from "@/metrics/out_of_fold.ts";
import { plainAnswer } from "@/model/model_card.ts";
import type { Spec } from "@/model/spec.ts";
import { readFailure } from "@/search/leaderboard.ts";
import { runName, trainLocally } from "@/search/local.ts";
import { makePlan, readFolders } from "@/search/plan.ts";
import type { Planned, PlannedRun, SharingOptions } from "@/search/plan.ts";
import { trainAway } from "@/search/shared.ts";
import type { Shares } from "@/study/split.ts";
import { divideIntoFolds, type Usable } from "@/study/study.ts";
import { runOf } from "@/training/checkpoint.ts";
import { isOver, type Run } from "@/training/run.ts";

/** The size of a cross-validation, and who does the work. */
export interface CrossValidationOptions extends SharingOptions {
  /** The seeds of the trainings; the folds are the same for all. */
  seeds?: readonly number[];
  /** Number of folds; if left out, those that the data name, otherwise five. */
  count?: number;
  /** In which ratio the other folds' photos are for training and for validation; else three to one. */
  shares?: Shares;
  /** Trains anew, beside the old runs, where photos, labels or folds have changed since. */
  fresh?: boolean;
}

/**
 * Cross-validates a model: trains it for each fold and seed, and returns each network's predictions of the photos of
 * its own fold, seed by seed. Existing runs are resumed.
 *
 * @throws {RangeError} if the photos cannot be divided into the folds
 * @throws {Error} if a run cannot be trained, or is of other photos, labels or folds
 * @throws {Interrupted} if it was interrupted; the next call resumes
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
  { seeds = [7], ...options }: CrossValidationOptions = {},
): Promise<OutOfFold[]> {
  const planned = await planFolds(usable, spec, { seeds, ...options });
  await interruptible((signal) => trainAll({ ...planned, signal }, options), options.signal);
  const folds: OutOfFold[][] = [];
  for (const run of planned.runs) folds.push(await predictFold(run));
  return folds.flat();
}

/** Plans the runs of all folds and seeds as a search of one rung. */
async function planFolds(
  usable: Usable,
  spec: Spec,
  { seeds, count, shares, fresh }: CrossValidationOptions & { seeds: readonly number[] },
): Promise<Omit<Planned, "signal">> {
  const studies = divideIntoFolds(usable, { count, shares, fresh });
  // seed by seed, so that each is whole before the next begins
  const runs = seeds.flatMap((seed) => (
    studies.map((study) => ({ study, ...runOf(study, spec, seed) }))
  ));
  const rungs = [{ models: runs.length, until: spec.epochs }];
  return await makePlan(runs, { budget: runs.length * spec.epochs, rungs, folds: count });
}

/** Trains all runs, here or by the workers of a server; each must have a network to ask. */
async function trainAll(
  planned: Planned,
  { workers = 1, queue, heartbeat }: CrossValidationOptions,
): Promise<void> {
  if (queue) {
    const { records } = await trainAway(queue, planned, { name: "cross-validation", heartbeat });
    const failed = records.find(({ failure }) => failure !== null);
    if (failed) throw untrained(failed.run, failed.failure!);
  } else await trainLocally(planned, workers);
  for (const { folder, run } of await readFolders(planned.runs)) {
    requireTrained(run, queue ? null : readFailure(folder));
    if (run.state !== "diverged") continue;
    const { history: { length }, bestEpoch } = run;
    await say(
      `${runName(run)} diverged after ${length} epochs: its best epoch, ${bestEpoch}, predicts`,
    );
  }
}

/** Requires that a run is over, with a network to ask. */
export function requireTrained(run: Run, failure: string | null): void {
  if (failure !== null) throw untrained(run, failure);
  if (!isOver(run, run.spec.epochs)) throw untrained(run, "another process is at it again");
  if (run.history.length > 0) return;
  throw untrained(run, "its loss is no number any more in the first epoch");
}

function untrained({ fold, seed }: Pick<Run, "fold" | "seed">, words: string): Error {
  return new Error(`Cannot train fold ${fold!.test} with seed ${seed}: ${words}`);
}

/** Predicts the photos of a run's own fold, as trained, whatever was fitted since. */
async function predictFold({ study: { data, test }, folder, setting }: PlannedRun) {
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
