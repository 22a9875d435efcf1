/**
 * The search for the best model: successive halving through the zoo.
 *
 * Training processes of this machine train, or, with a queue on a Postgres server, workers on any number of machines.
 * Either way an interrupted search resumes.
 */
import { join } from "node:path";
import { withLockInTurn } from "@/base/files.ts";
import { interruptible } from "@/base/interruption.ts";
import { say } from "@/base/progress.ts";
import { WORK } from "@/base/project.ts";
import { groupShares } from "@/metrics/metrics.ts";
import type { Spec } from "@/model/spec.ts";
import { ZOO } from "@/model/zoo.ts";
import { type Database, withServer } from "@/search/database.ts";
import { identifyPhotos } from "@/search/fingerprint.ts";
import {
  leaderboard,
  type LeaderboardOptions,
  type LeaderboardRow,
  ownRuns,
} from "@/search/leaderboard.ts";
import { trainLocally } from "@/search/local.ts";
import { makePlan, type Planned, type Reached } from "@/search/plan.ts";
import { readRuns } from "@/search/records.ts";
import { planRungs } from "@/search/rungs.ts";
import { copyRuns, trainShared, withOwnRuns } from "@/search/shared.ts";
import type { Study } from "@/study/study.ts";
import { runOf } from "@/training/checkpoint.ts";

/** The size of a search, and who does the work. */
export interface SearchOptions {
  /** Total number of epochs. */
  budget: number;
  seed?: number;
  specs?: readonly Spec[];
  /** Number of runs trained here at the same time, each in a process of its own. */
  workers?: number;
  /** The URL of a Postgres server, whose workers do the work; without it, it is done here. */
  queue?: string;
  /** After so many seconds without a sign of life, a worker's job is given to another one; from 10 on. */
  heartbeat?: number;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** The lock of this machine's searches: a second one waits for the first. */
const LOCK = join(WORK, "searches", "lock");

/**
 * Searches for the best model: trains all for some epochs, the better third for more, and the best
 * ninth to their end, or as long as the budget lasts ({@linkcode planRungs}).
 *
 * Existing runs are resumed. A model that diverges drops out. One that cannot be trained is tried five times, after
 * longer and longer pauses, then drops out; one that another process trains is waited for. Epochs beyond a run's share
 * of the budget, added by other trainings, do not count. Of two searches without a server, the second waits for the
 * first.
 *
 * @returns the leaderboard, the best model first
 * @throws {RangeError} if the budget is too small, saying the least
 * @throws {Error} if a folder holds a run of another setting, such as of other photos
 * @throws {Interrupted} if it was interrupted; the next call resumes
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
  const plan = await planSearch(study, { budget: options.budget, seed, specs });
  return await interruptible(async (signal) => {
    const planned = { ...plan, signal };
    const results = queue === undefined
      ? { until: await trainInTurn(planned, workers) }
      : await searchShared(queue, planned, options.heartbeat);
    return await leaderboard(study, { specs, seed, ...results });
  }, options.signal);
}

async function planSearch(
  study: Study,
  { budget, seed, specs }: Required<Pick<SearchOptions, "budget" | "seed" | "specs">>,
): Promise<Omit<Planned, "signal">> {
  const own = ownRuns(specs, study.side), { data, side, split, shares } = study;
  const rungs = planRungs(own.length, budget), fingerprint = await identifyPhotos([study]);
  return makePlan(own.map((spec) => ({ study, ...runOf(study, spec, seed) })), {
    ...{ fingerprint, budget, rungs },
    study: { data: data.name, side, split, ...(shares && { shares }) },
    groupShares: groupShares(study.validation.groups),
  });
}

/** Trains on this machine as soon as no other search does. */
async function trainInTurn(planned: Planned, workers: number): Promise<Reached> {
  const train = () => trainLocally(planned, workers), doing = `searching with ${WORK}`;
  return await withLockInTurn(LOCK, doing, planned.signal, train, say);
}

/** Lets the workers of a server train; in the end the best runs are copied here. */
async function searchShared(
  url: string,
  planned: Planned,
  heartbeat?: number,
): Promise<Pick<LeaderboardOptions, "until" | "shared">> {
  const train = async (database: Database) => {
    const until = await trainShared(database, planned, heartbeat), { plan } = planned;
    const records = await readRuns(database, plan.runs.map(({ run }) => run));
    const last = plan.rungs.at(-1)!.until;
    const runs = planned.runs.filter(({ setting }) => until.get(setting.spec.id) === last);
    await copyRuns(database, { runs });
    return { until, shared: new Map(records.map((record) => [record.run.spec.id, record])) };
  };
  return await withOwnRuns(planned, () => withServer(url, train, { name: "search" }));
}

/**
 * Returns how many runs to train at the same time: one per core, as far as memory allows. Threads that share
 * the small ops of one network wait for each other: on two cores, two processes of one thread trained
 * model IV at 96 pixels about 1.3 times as fast as one process of two threads.
 *
 * @param side width and height of the photos in pixels
 */
export function countWorkers(
  side: number,
  { cores = navigator.hardwareConcurrency, memory = Deno.systemMemoryInfo().available } = {},
): number {
  // a little over what model Ia, the largest, was seen to take: 0.8 GB at 96 pixels, 3.3 GB at 256
  const each = 0.5e9 + 3.3e9 * (side / 256) ** 2;
  return Math.max(1, Math.min(cores, Math.floor(memory / each)));
}
