/**
 * The work of a machine that lends itself to the searches of others.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { interruptible } from "@/base/interruption.ts";
import { openLine, say } from "@/base/progress.ts";
import { type Database, describeServer, withServer } from "@/search/database.ts";
import { identifyPhotos, requireSamePhotos } from "@/search/fingerprint.ts";
import type { SearchRecord } from "@/search/plan.ts";
import { listSearches, prepareTables, readSearch } from "@/search/records.ts";
import { placeInDatabase } from "@/search/run_place.ts";
import { divideIntoFolds, openUsable, prepareStudy, type Study } from "@/study/study.ts";
import { choosePhotos, openTrainers } from "@/search/trainer.ts";
import { startWorker } from "@/search/worker.ts";

/** Means that a machine lends. */
export interface WorkOptions {
  /** The folder of photos; by default the sample. */
  folder?: string;
  /** Number of runs to train at the same time, for squares of this side. */
  count: (side: number) => number;
  /** Names the machine with its processor and its kernels. */
  machine: string;
  /** End when no search is left, instead of waiting for the next. */
  once?: boolean;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
}

/** Milliseconds between two looks for a search, and for its end. */
const PAUSE = 1000;

/**
 * Works for the searches of a queue, one after another, until it is interrupted. It may begin before a
 * search does.
 *
 * @throws {Error} if the photos are not those of the search; it names both fingerprints
 */
export async function workForQueue(url: string, options: WorkOptions): Promise<void> {
  const { once = false } = options, draw = openLine();
  await interruptible(async (signal) => {
    while (true) {
      const search = await withServer(url, nextSearch);
      if (search) await workForSearch(url, search, { ...options, signal });
      else if (once) return;
      await draw(`Waiting for a search at ${describeServer(url)}`, false);
      await delay(PAUSE, undefined, { signal });
    }
  }, options.signal);
}

/** The newest search that has not ended. */
async function nextSearch(database: Database): Promise<SearchRecord | null> {
  await prepareTables(database);
  return (await listSearches(database)).find(({ ended }) => ended === null) ?? null;
}

/** Prepares the photos, checks that they are the search's, and works until it ends. */
async function workForSearch(
  url: string,
  { id, plan }: SearchRecord,
  { folder, count, machine, signal }: WorkOptions,
): Promise<void> {
  const studies = await prepareStudies(plan, { folder, signal });
  requireSamePhotos(await identifyPhotos(studies), plan.fingerprint);
  const workers = count(plan.study.side), trainers = openTrainers(choosePhotos(studies));
  const scratch = await Deno.makeTempDir({ prefix: "human-age-worker-" });
  try {
    await withServer(url, async (database) => {
      const place = placeInDatabase(database, scratch);
      await startWorker(database, id, { workers, place, train: trainers.train, machine, signal });
      await say(`Working for the search ${id}: ${workers} at a time`);
      await untilEnded(database, id, signal);
    }, { workers, name: `worker, ${workers} at a time` });
  } finally {
    await trainers.end();
    await Deno.remove(scratch, { recursive: true });
  }
}

/** The study of a search; those of all folds of a cross-validation. */
async function prepareStudies(
  { study: { side, split, folds, shares } }: SearchRecord["plan"],
  { folder, signal }: Pick<WorkOptions, "folder" | "signal">,
): Promise<Study[]> {
  if (split !== "folds") return [await prepareStudy({ folder, side, split, shares, signal })];
  return divideIntoFolds(await openUsable(side, folder, { signal }), { count: folds, shares });
}

/** Waits for the end of a search; a server that does not answer is asked again. */
async function untilEnded(database: Database, id: string, signal?: AbortSignal): Promise<void> {
  while (!(await readSearch(database, id).catch(() => null))?.ended) {
    await delay(PAUSE, undefined, { signal });
  }
}
