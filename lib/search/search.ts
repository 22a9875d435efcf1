/**
 * The search for the best model: successive halving through the zoo, in several processes.
 *
 * Its whole state is in the folders of the runs: an interrupted search resumes, and two searches at once
 * share the work.
 *
 * @module
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sum } from "d3";
import { shareOut, type WorkerProcess } from "@/base/worker_process.ts";
import { groupShares } from "@/evaluation/metrics.ts";
import { Claimed, withLock, writeWhole } from "@/base/files.ts";
import { FAILURE, leaderboard, type LeaderboardRow, ownRuns } from "@/search/leaderboard.ts";
import { duration, type Line, openLine } from "@/base/progress.ts";
import { interruptible } from "@/base/interruption.ts";
import { openRun, type Run, type RunSetting } from "@/training/checkpoint.ts";
import { isOver } from "@/training/run.ts";
import { planRungs, rankRuns, type Rung } from "@/search/rungs.ts";
import { runOf } from "@/training/checkpoint.ts";
import type { Study } from "@/study/study.ts";
import { CLAIMED, type Job, openTrainer } from "@/search/trainer.ts";
import type { TrainingData } from "@/training/training.ts";
import type { Spec } from "@/model/spec.ts";
import { ZOO } from "@/model/zoo.ts";

/** The size of a search. */
export interface SearchOptions {
  /** Total number of epochs. */
  budget: number;
  seed?: number;
  specs?: readonly Spec[];
  /** How many runs are trained at the same time, each in a process of its own. */
  workers?: number;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** Milliseconds between two looks at the runs, for the line of progress and while others train. */
const PAUSE = 1000;

/** How often a run is tried if its process dies. */
const TRIES = 2;

/** A model of the search, with the folder of its run. */
interface Candidate {
  folder: string;
  setting: RunSetting;
}

/** The state that all steps of a search share. */
interface Search {
  data: TrainingData;
  candidates: readonly Candidate[];
  budget: number;
  workers: number;
  /** The epoch that each model is trained up to so far, rung by rung. */
  reached: Map<string, number>;
  draw: Line;
  /** Ends the line of progress and the remaining processes. */
  stop: AbortSignal;
}

/**
 * Searches for the best model: trains all for some epochs, the better third for more, and the best
 * ninth to their end, or as long as the budget lasts ({@linkcode planRungs}).
 *
 * Existing runs are resumed. A model that diverges drops out. One whose process dies is tried once more,
 * then drops out. One that another process is training is waited for. Epochs beyond a run's share of the
 * budget, added by other trainings, do not count.
 *
 * @returns the leaderboard, the best model first
 * @throws {RangeError} if the budget is too small, saying the least
 * @throws {Error} if a folder holds a run of another setting, such as of other photos
 * @throws {Interrupted} if it was interrupted
 *
 * @example The whole zoo on the sample
 * ```ts ignore
 * const study = await prepareStudy({ side: 96, split: "photo" });
 * const rows = await search(study, { budget: 300 });
 * await showTable(rows);
 * ```
 */
export async function search(
  study: Study,
  { budget, seed = 7, specs = ZOO, workers = countWorkers(study.side), signal }: SearchOptions,
): Promise<LeaderboardRow[]> {
  const candidates = ownRuns(specs, study.side).map((spec) => runOf(study, spec, seed));
  const plan = planRungs(candidates.length, budget);
  const { train, validation } = study, ending = new AbortController();
  const data = { train, validation }, reached = new Map<string, number>();
  const shared = { data, candidates, budget, workers, reached, draw: openLine() };
  try {
    await interruptible(
      (signal) => climb({ ...shared, stop: AbortSignal.any([signal, ending.signal]) }, plan),
      signal,
    );
  } finally {
    ending.abort();
  }
  return await leaderboard(study, { specs, seed, until: reached });
}

/**
 * Returns how many runs to train at the same time: one per core, as far as memory allows. Threads that share
 * the small ops of one network wait for each other: on two cores, two processes of one thread trained
 * model IV at 96 pixels about 1.3 times as fast as one process of two threads.
 *
 * @param side width and height of the photos in pixels
 *
 * @example Sixteen cores, but the memory for six large networks
 * ```ts
 * import { countWorkers } from "@/search/search.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(countWorkers(256, { cores: 16, memory: 24e9 }), 6);
 * ```
 */
export function countWorkers(
  side: number,
  { cores = navigator.hardwareConcurrency, memory = Deno.systemMemoryInfo().available } = {},
): number {
  // a little over what model Ia, the largest, was seen to take: 0.8 GB at 96 pixels, 3.3 GB at 256
  const each = 0.5e9 + 3.3e9 * (side / 256) ** 2;
  return Math.max(1, Math.min(cores, Math.floor(memory / each)));
}

/** Trains rung by rung; the best of each rung go on to the next. */
async function climb(search: Search, plan: readonly Rung[]): Promise<void> {
  const tell = await openProgress(search);
  const shares = groupShares(search.data.validation.groups);
  let ranked: readonly Candidate[] = search.candidates;
  for (const [k, { models, until }] of plan.entries()) {
    const runs = ranked.slice(0, models), title = `Search, rung ${k + 1} of ${plan.length}`;
    runs.forEach(({ setting }) => search.reached.set(setting.spec.id, until));
    await whileLooking(() => tell({ title, runs, until }), trainRung(search, runs, until));
    ranked = rankRuns(await readAll(runs), until, shares);
  }
  await tell();
}

/** Trains all runs of a rung, then waits for those that other processes are training. */
async function trainRung(
  search: Search,
  rung: readonly Candidate[],
  until: number,
): Promise<void> {
  const workers = Math.min(search.workers, rung.length);
  const threads = Math.max(1, Math.floor(navigator.hardwareConcurrency / workers));
  const options = { threads, signal: search.stop };
  const trainers = Array.from({ length: workers }, () => openTrainer(options));
  try {
    for (let waiting = rung; waiting.length > 0;) {
      const claimed: Candidate[] = [];
      await shareOut(waiting, trainers, async (candidate, trainer) => {
        if (!await bring(search, candidate, until, trainer)) claimed.push(candidate);
      });
      waiting = claimed;
      if (waiting.length > 0) await delay(PAUSE, undefined, options);
    }
  } finally {
    await Promise.all(trainers.map((trainer) => trainer.end()));
  }
}

/** Trains a run up to an epoch, or until it fails; false if another process is training it. */
async function bring(
  search: Search,
  candidate: Candidate,
  until: number,
  trainer: WorkerProcess<Job>,
): Promise<boolean> {
  const { folder, setting } = candidate, failure = join(folder, FAILURE);
  await Deno.remove(failure).catch(() => {}); // a new search is a new chance
  if (isOver(await openRun(folder, setting, {}), until)) return true;
  if (!await isFree(folder)) return false;
  let words = "";
  for (let tries = 1; tries <= TRIES; tries++) {
    const ended = await trainer.do({ folder, setting, data: search.data, until });
    if (ended.code === 0) return true;
    if (ended.code === CLAIMED) return false;
    words = ended.words;
    await openLine()(`${setting.spec.id} failed, try ${tries} of ${TRIES}: ${words}`, true);
  }
  await writeWhole(failure, (part) => Deno.writeTextFile(part, words + "\n"));
  return true;
}

/** Whether no process is training in a folder. */
async function isFree(folder: string): Promise<boolean> {
  try {
    return await withLock(
      join(folder, "lock"),
      `looking into ${folder}`,
      () => Promise.resolve(true),
    );
  } catch (error) {
    if (error instanceof Claimed) return false;
    throw error;
  }
}

async function readAll(candidates: readonly Candidate[]): Promise<(Candidate & Run)[]> {
  return await Promise.all(candidates.map(async ({ folder, setting }) => (
    { folder, setting, ...await openRun(folder, setting, {}) }
  )));
}

/** Draws the progress of the whole search; without a rung, the closing sentence. */
type Tell = (rung?: { title: string; runs: readonly Candidate[]; until: number }) => Promise<void>;

async function openProgress({ candidates, budget, reached, draw }: Search): Promise<Tell> {
  const start = performance.now(), before = (await countEpochs(candidates)).all;
  return async (rung) => {
    const { all, counted } = await countEpochs(candidates, reached);
    const seconds = (performance.now() - start) / 1000, spent = `${counted} of ${budget} epochs`;
    if (!rung) return await draw(`Models searched: ${candidates.length}, in ${spent}`, true);
    const over = (await readAll(rung.runs)).filter((run) => isOver(run, rung.until)).length;
    const left = (budget - counted) / (all - before) * seconds;
    const foretold = all > before && left > 0 ? `, at most ${duration(left)} left` : "";
    await draw(`${rung.title}: ${over} of ${rung.runs.length} runs, ${spent}${foretold}`, false);
  };
}

/** Counts the epochs of all runs, and those that count in this search. */
async function countEpochs(
  candidates: readonly Candidate[],
  reached: ReadonlyMap<string, number> = new Map(),
): Promise<{ all: number; counted: number }> {
  const runs = await readAll(candidates);
  return {
    all: sum(runs, ({ history }) => history.length),
    counted: sum(runs, ({ spec, history }) => Math.min(history.length, reached.get(spec.id) ?? 0)),
  };
}

/** Calls `look` again and again until the work has ended. */
async function whileLooking(look: () => Promise<void>, work: Promise<void>): Promise<void> {
  const over = new AbortController(), { signal } = over;
  const looking = async () => {
    while (!signal.aborted) {
      await look();
      await delay(PAUSE, undefined, { signal }).catch(() => {});
    }
  };
  await Promise.all([work.finally(() => over.abort()), looking()]);
}
