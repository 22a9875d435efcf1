/**
 * The search for the best model: successive halving through the zoo, shared out by a queue.
 *
 * The queue is pg-boss on Postgres. On a server, workers on any number of machines train; without one the
 * same jobs are done here, and the queue lies in a folder. Either way an interrupted search resumes.
 *
 * @module
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { groupShares } from "@/metrics/metrics.ts";
import { WORK } from "@/base/project.ts";
import { type Database, withFolderDatabase, withServer } from "@/search/database.ts";
import { fingerprintOf } from "@/search/fingerprint.ts";
import { leaderboard, type LeaderboardRow, ownRuns } from "@/search/leaderboard.ts";
import { interruptible } from "@/base/interruption.ts";
import { openLine } from "@/base/progress.ts";
import { openRun, type Run, runOf, type RunSetting } from "@/training/checkpoint.ts";
import { beginRung, clearQueues, hasOpen, prepareQueues } from "@/search/queue.ts";
import {
  addEpochs,
  exclusively,
  identify,
  type Plan,
  prepareTables,
  putSearch,
  readFiles,
  readRecord,
  readRuns,
  removeRuns,
  runId,
  setFailure,
} from "@/search/records.ts";
import { planRungs } from "@/search/rungs.ts";
import { collectFiles, placeInFolders, writeRun } from "@/search/run_place.ts";
import { progressText, readProgress } from "@/search/status.ts";
import { learnedPhotos } from "@/study/fingerprint.ts";
import type { Study } from "@/study/study.ts";
import { openTrainers, photosOf } from "@/search/trainer.ts";
import { startWorker } from "@/search/worker.ts";
import { writeLearned } from "@/training/learned.ts";
import { explainChange } from "@/training/training.ts";
import type { Spec } from "@/model/spec.ts";
import { ZOO } from "@/model/zoo.ts";

/** The size of a search, and who does the work. */
export interface SearchOptions {
  /** Total number of epochs. */
  budget: number;
  seed?: number;
  specs?: readonly Spec[];
  /** How many runs are trained here at the same time, each in a process of its own. */
  workers?: number;
  /** The URL of a Postgres server, whose workers do the work; without it, it is done here. */
  queue?: string;
  /** After so many seconds without a sign of life, a worker's job is given to another one; from 10 on. */
  heartbeat?: number;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** Milliseconds between two looks at how far the search is. */
const PAUSE = 1000;

/** The folder of the queue of a search on its own. */
export const QUEUE = join(WORK, "queue");

/** A run of a search: its id in the database, its folder here, and the study that it is of. */
export interface PlannedRun {
  id: string;
  folder: string;
  setting: RunSetting;
  study: Study;
}

/** Runs to be trained by a plan. */
export interface Planned {
  id: string;
  plan: Plan;
  runs: readonly PlannedRun[];
  /** After so many seconds without a sign of life, a worker's job is given to another one. */
  heartbeat: number;
  signal: AbortSignal;
}

/** A search as it was asked for. */
interface Asked extends Planned, Required<Omit<SearchOptions, "queue" | "signal">> {
  study: Study;
}

/**
 * Searches for the best model: trains all for some epochs, the better third for more, and the best
 * ninth to their end, or as long as the budget lasts ({@linkcode planRungs}).
 *
 * Existing runs are resumed. A model that diverges drops out. One that cannot be trained is tried five
 * times, after longer and longer pauses, then drops out. Epochs beyond a run's share of the budget, added by other
 * trainings, do not count. Of two searches without a server, the second waits for the first.
 *
 * @returns the leaderboard, the best model first
 * @throws {RangeError} if the budget is too small, saying the least
 * @throws {Error} if a folder holds a run of another setting, such as of other photos
 * @throws {Interrupted} if it was interrupted; the next call goes on
 *
 * @example The whole zoo on the sample
 * ```ts ignore
 * const study = await prepareStudy({ side: 96, split: "photo" });
 * const rows = await search(study, { budget: 300 });
 * await showTable(rows);
 * ```
 */
export async function search(study: Study, options: SearchOptions): Promise<LeaderboardRow[]> {
  const { specs = ZOO, seed = 7, workers = countWorkers(study.side), queue } = options;
  const { budget, heartbeat = 30 } = options;
  const planned = await planSearch(study, { budget, seed, specs });
  return await interruptible(async (signal) => {
    const asked = { ...planned, study, budget, seed, specs, workers, heartbeat, signal };
    return queue === undefined
      ? await withFolderDatabase(QUEUE, (database) => searchHere(database, asked), { signal })
      : await withServer(queue, (database) => searchAway(database, asked), { name: "search" });
  }, options.signal);
}

async function planSearch(
  study: Study,
  { budget, seed, specs }: Required<Pick<SearchOptions, "budget" | "seed" | "specs">>,
): Promise<Pick<Planned, "id" | "plan" | "runs">> {
  const own = ownRuns(specs, study.side), { data, side, split, shares } = study;
  const rungs = planRungs(own.length, budget), fingerprint = await fingerprintOf([study]);
  return planOf(own.map((spec) => ({ study, ...runOf(study, spec, seed) })), {
    ...{ fingerprint, budget, rungs },
    study: { data: data.name, side, split, ...(shares && { shares }) },
    groupShares: groupShares(study.validation.groups),
  });
}

/** A plan for these runs, with the ids that they have in the database, and its own. */
export function planOf(
  runs: readonly Omit<PlannedRun, "id">[],
  rest: Omit<Plan, "runs">,
): Pick<Planned, "id" | "plan" | "runs"> {
  const named = runs.map((run) => ({ ...run, id: runId(rest.fingerprint, run.setting) }));
  const own = named.map(({ id, setting }) => ({ model: setting.spec.id, run: id }));
  const id = identify(rest.fingerprint, own, rest.budget);
  return { id, plan: { ...rest, runs: own }, runs: named };
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

/** Does all the work in this process and its trainers; the runs stay in their folders. */
async function searchHere(database: Database, asked: Asked): Promise<LeaderboardRow[]> {
  const { study, specs, seed, id, workers, heartbeat, signal } = asked;
  const trainers = openTrainers(photosOf([study])), end = () => trainers.end();
  signal.addEventListener("abort", end, { once: true });
  try {
    await prepareTables(database);
    await prepareQueues(database, id, heartbeat);
    await clearQueues(database, id); // whoever began those jobs is dead
    await database.transaction(async (db) => {
      await removeRuns(db, asked.plan.runs.map(({ run }) => run));
      for (const { id, run } of await readFolders(asked.runs)) {
        await addEpochs(db, id, run, { before: 0, machine: hostname(), files: null });
      }
    });
    await begin(database, asked);
    let isOver = Promise.withResolvers<void>();
    const onRung = () => isOver.resolve();
    const place = placeInFolders(new Map(asked.runs.map(({ id, folder }) => [id, folder])));
    await startWorker(database, id, { workers, place, train: trainers.train, onRung, signal });
    const until = await follow(database, asked, async () => {
      // each look takes the processor from the trainings
      await Promise.race([delay(3 * PAUSE, undefined, { signal, ref: false }), isOver.promise]);
      isOver = Promise.withResolvers();
    });
    return await leaderboard(study, { specs, seed, until });
  } finally {
    signal.removeEventListener("abort", end);
    await trainers.end();
  }
}

/** Puts the work on the server and follows it; in the end the best runs are copied here. */
async function searchAway(database: Database, asked: Asked): Promise<LeaderboardRow[]> {
  const { study, specs, seed, plan, runs } = asked;
  const until = await shareOut(database, asked), last = plan.rungs.at(-1)!.until;
  const records = await readRuns(database, plan.runs.map(({ run }) => run));
  const best = runs.filter(({ setting }) => until.get(setting.spec.id) === last);
  await copyRuns(database, best, (here) => here.history.length === 0);
  const shared = new Map(records.map((record) => [record.run.spec.id, record]));
  return await leaderboard(study, { specs, seed, shared, until });
}

/** Puts runs on the server, whose workers train them, and waits for the end: the epoch that each has to reach. */
export async function shareOut(database: Database, planned: Planned): Promise<Reached> {
  const { id, heartbeat, signal } = planned;
  await prepareTables(database);
  await prepareQueues(database, id, heartbeat);
  await addRuns(database, planned);
  await begin(database, planned);
  return await follow(database, planned, () => delay(PAUSE, undefined, { signal }), missed);
}

/** Begins the first rung, unless the search is going on already. */
async function begin(database: Database, { id, plan }: Planned): Promise<void> {
  await database.transaction(async (db) => {
    await exclusively(db, id);
    if (await hasOpen(db, id, "rung")) return;
    await putSearch(db, id, plan);
    await setFailure(db, plan.runs.map(({ run }) => run), null); // a new search is a new chance
    await beginRung(database.boss, db, { id, plan }, 0);
  });
}

/**
 * Reads runs from their folders; those that have not begun, too.
 *
 * @throws {Error} if a folder holds a run of another setting, such as of other photos
 */
export async function readFolders<R extends Omit<PlannedRun, "id">>(
  runs: readonly R[],
): Promise<(R & { run: Run })[]> {
  return await Promise.all(runs.map(async (planned) => {
    const { folder, setting, study } = planned;
    const run = await openRun(folder, setting, {})
      .catch((error) => Promise.reject(explainChange(error, folder, learnedPhotos(study))));
    return { ...planned, run };
  }));
}

/** Puts into the database what it lacks: runs that have not begun, and those that this machine has trained. */
async function addRuns(database: Database, planned: Planned): Promise<void> {
  for (const { id, folder, run } of await readFolders(planned.runs)) {
    const files = await collectFiles(folder, run);
    await database.transaction(async (db) => {
      await exclusively(db, id);
      const [known] = await readRuns(db, [id]);
      if (known && known.run.history.length > 0) return;
      await addEpochs(db, id, run, { before: 0, machine: hostname(), files });
    });
  }
}

/** Copies runs into their folders, with a table of their photos, where what is there is to be replaced. */
export async function copyRuns(
  database: Database,
  runs: readonly PlannedRun[],
  isReplaced: (here: Run, there: Run) => boolean,
): Promise<void> {
  for (const { id, folder, study, run: here } of await readFolders(runs)) {
    const { run } = await readRecord(database, id), photos = learnedPhotos(study);
    if (run.history.length === 0 || !isReplaced(here, run)) continue;
    if (photos) await writeLearned(folder, photos);
    await writeRun(folder, run, await readFiles(database, id));
  }
}

/** The last epoch that counts in a search, by the model's id. */
type Reached = ReadonlyMap<string, number>;

/**
 * Tells how far the search is until it has ended.
 *
 * @param wait until the next look
 * @param fail what to do if the database does not answer
 */
async function follow(
  database: Database,
  { id }: Pick<Planned, "id">,
  wait: () => Promise<void>,
  fail: (error: Error) => Promise<null> = (error) => Promise.reject(error),
): Promise<Reached> {
  const draw = openLine(), start = performance.now();
  let before: number | undefined;
  while (true) {
    const progress = await readProgress(database, id).catch(fail);
    if (progress) {
      before ??= progress.all;
      const { search } = progress, seconds = (performance.now() - start) / 1000;
      if (search.failure) throw new Error(`The search cannot go on: ${search.failure}`);
      await draw(
        progressText(progress, { trained: progress.all - before, seconds }),
        !!search.ended,
      );
      if (search.ended) return new Map(Object.entries(search.reached));
    }
    await wait();
  }
}

/** Says that the server does not answer, which it may again. */
async function missed(error: Error): Promise<null> {
  await openLine()(`The queue does not answer: ${error.message}. Looking again`, false);
  return null;
}
