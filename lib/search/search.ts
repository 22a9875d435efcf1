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
import type { Spec } from "@/model/spec.ts";
import { ZOO } from "@/model/zoo.ts";
import { leaderboard, type LeaderboardRow, ownRuns } from "@/search/leaderboard.ts";
import { trainLocally } from "@/search/local.ts";
import { makePlan, type Planned, type SharingOptions } from "@/search/plan.ts";
import { planRungs } from "@/search/rungs.ts";
import { trainAway } from "@/search/shared.ts";
import type { Study } from "@/study/study.ts";
import { runOf } from "@/training/checkpoint.ts";

/** The size of a search, and who does the work. */
export interface SearchOptions extends SharingOptions {
  budget: number;
  seed?: number;
  specs?: readonly Spec[];
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
  const { budget, seed = 7, queue, heartbeat } = options;
  const specs = [...new Set(options.specs ?? ZOO)];
  const own = ownRuns(specs, study.side), rungs = planRungs(own.length, budget);
  const runs = own.map((spec) => ({ study, ...runOf(study, spec, seed) }));
  const plan = await makePlan(runs, { budget, rungs });
  return await interruptible(async (signal) => {
    const planned = { ...plan, signal };
    const results = queue === undefined
      ? { until: await trainInTurn(planned, options.workers ?? countWorkers(study.side)) }
      : await trainAway(queue, planned, { name: "search", heartbeat });
    return await leaderboard(study, { specs, seed, ...results });
  }, options.signal);
}

/** Trains on this machine as soon as no other search does. */
async function trainInTurn(planned: Planned, workers: number) {
  const train = () => trainLocally(planned, workers), doing = `searching with ${WORK}`;
  return await withLockInTurn(LOCK, doing, planned.signal, train, say);
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
