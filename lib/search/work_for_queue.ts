/** The work of a machine that lends itself to the searches of others. */
import { setTimeout as delay } from "node:timers/promises";
import { interruptible } from "@/base/interruption.ts";
import { openLine, say } from "@/base/progress.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";
import type { Arithmetic } from "@/native/arithmetic.ts";
import { arithmeticInUse } from "@/native/pinned.ts";
import type { Database } from "@/search/database.ts";
import { describeServer, isAway, openComplaint, withServer } from "@/search/database.ts";
import { identifyPhotos, type SearchRecord } from "@/search/plan.ts";
import { listSearches, prepareTables, readSearch } from "@/search/records.ts";
import { placeInDatabase } from "@/search/run_place.ts";
import { divideIntoFolds, openUsable, prepareStudy, type Study } from "@/study/study.ts";
import { openTrainers } from "@/search/trainer.ts";
import { startWorker } from "@/search/worker.ts";

export interface WorkOptions {
  folder?: string;
  /** Number of runs to train at the same time, for squares of this side. */
  count: (side: number) => number;
  /** Names the machine with its processor and its kernels. */
  machine: string;
  /** End when no search is left, instead of waiting for the next. */
  once?: boolean;
  /** Milliseconds between two looks for a search, and between two lines that say that the server is away. */
  pause?: number;
  quiet?: number;
  signal?: AbortSignal;
}

/** Milliseconds between two looks for a search, and for its end. */
const PAUSE = 1000;

/**
 * Works for the searches of a queue, one after another, until it is interrupted. It may begin before a
 * search does. A server that has answered once is waited for when it goes away.
 *
 * @throws {Error} if this machine computes with another arithmetic than the search, or has other photos, naming both; or
 * if no run can be trained here, and there are other workers
 */
export async function workForQueue(url: string, options: WorkOptions): Promise<void> {
  const { once = false, pause = PAUSE, quiet } = options, draw = openLine();
  const complain = openComplaint(url, quiet);
  let hasAnswered = false;
  const look = (database: Database) => {
    hasAnswered = true; // from here on, even if the server goes away before it has told all
    return nextSearch(database);
  };
  await interruptible(async (signal) => {
    for (;; await delay(pause, undefined, { signal })) {
      try {
        const search = await withServer(url, look, hasAnswered ? { attempts: 1 } : {});
        if (search) await workForSearch(url, search, { ...options, signal }, complain);
        else if (once) return;
        await draw(`Waiting for a search at ${describeServer(url)}`, false);
      } catch (error) {
        if (!hasAnswered || signal.aborted || !isAway(error)) throw error;
        await complain(error);
      }
    }
  }, options.signal);
}

async function nextSearch(database: Database): Promise<SearchRecord | null> {
  await prepareTables(database);
  return (await listSearches(database)).find(({ ended }) => ended === null) ?? null;
}

/** Prepares the photos, checks that they are the search's, and works until it ends. */
async function workForSearch(
  url: string,
  { id, plan }: SearchRecord,
  { folder, count, machine, signal }: WorkOptions,
  complain: (error: unknown) => Promise<void>,
): Promise<void> {
  requireSameArithmetic(arithmeticInUse(), plan.arithmetic);
  const studies = await prepareStudies(plan, { folder, signal });
  requireSamePhotos(await identifyPhotos(studies), plan.fingerprint);
  const workers = count(plan.study.side), trainers = openTrainers(studies);
  const { promise: left, reject: leave } = Promise.withResolvers<never>();
  left.catch(() => {}); // it may come while nobody waits
  await withTemporaryFolder({ prefix: "human-age-worker-" }, async (scratch) => {
    const work = async (database: Database) => {
      const place = placeInDatabase(database, scratch);
      const { train } = trainers;
      await startWorker(database, id, { workers, place, train, machine, signal, leave });
      await say(`Working for the search ${id}: ${workers} at a time`);
      const hasEnded = () => readSearch(database, id).then(({ ended }) => ended, complain);
      while (!await hasEnded()) await Promise.race([delay(PAUSE, undefined, { signal }), left]);
    };
    await withServer(url, work, { workers, name: `worker, ${workers} at a time` })
      .finally(() => trainers.end());
  });
}

/** The study of a search; those of all folds of a cross-validation. */
async function prepareStudies(
  { study: { side, split, folds, shares } }: SearchRecord["plan"],
  { folder, signal }: Pick<WorkOptions, "folder" | "signal">,
): Promise<Study[]> {
  if (split !== "folds") return [await prepareStudy({ folder, side, split, shares, signal })];
  return divideIntoFolds(await openUsable(side, folder, { signal }), { count: folds, shares });
}

/** Checks that a worker computes as the search does: no run goes on with another arithmetic than it was begun with. */
export function requireSameArithmetic(ours: Arithmetic, theirs = ours): void {
  if (ours === theirs) return;
  throw new Error(
    `This machine computes with ${ours} arithmetic, and the search with ${theirs} arithmetic: begin it and all its ` +
      "workers with `--arithmetic native`, or let machines with AVX2 and without a GPU work for it",
  );
}

/** Checks that a worker's photos are those of the search; if they differ, the error names both fingerprints. */
function requireSamePhotos(ours: string, theirs: string): void {
  if (ours === theirs) return;
  throw new Error(
    `These are not the photos of the search. Here: ${ours}. The search's: ${theirs}. The names, ` +
      "sizes, hashes and labels of the photos, the side and the code of their squares, and the " +
      "split must be the same: copy the search's folder, and use the same version of this project",
  );
}
