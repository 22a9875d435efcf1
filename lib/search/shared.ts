/** Training by the workers of a Postgres server: runs are put there, followed, and copied here. */
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withLockInTurn } from "@/base/files.ts";
import { openLine, say } from "@/base/progress.ts";
import { type Database, isAway, withServer } from "@/search/database.ts";
import { type Planned, type PlannedRun, type Reached, readFolders } from "@/search/plan.ts";
import { beginRung, hasOpen, prepareQueues } from "@/search/queue.ts";
import * as records from "@/search/records.ts";
import { collectFiles, writeRun } from "@/search/run_place.ts";
import { progressText, readProgress } from "@/search/status.ts";
import { learnedPhotos } from "@/study/fingerprint.ts";
import { writeLearned } from "@/training/learned.ts";

/**
 * Works with runs while no other process does: those that one trains here are waited for, a line each, and then theirs
 * is what the server gets.
 */
export async function withOwnRuns<T>(
  { runs, signal }: Pick<Planned, "runs" | "signal">,
  work: () => Promise<T>,
): Promise<T> {
  const paths = runs.map(({ folder }) => join(folder, "lock")).sort(); // in one order, or two would wait for each other
  const take = async ([path, ...rest]: string[]): Promise<T> => (
    path === undefined
      ? await work()
      : await withLockInTurn(path, `having the run in ${dirname(path)} trained`, signal, () =>
        take(rest), say)
  );
  return await take(paths);
}

const PAUSE = 1000;

/**
 * Lets the workers of a server train runs, while no process here does; in the end those of the last rung are copied here.
 *
 * @param options.heartbeat after so many seconds without a sign of life, a worker's job is given to another one
 * @returns the epoch that each model was trained up to, and all runs
 */
export async function trainAway(
  url: string,
  planned: Planned,
  { name, heartbeat = 30 }: { name: string; heartbeat?: number | undefined },
): Promise<{ until: Reached; records: records.RunRecord[] }> {
  const { id, runs, plan: { rungs }, signal } = planned;
  const train = async (database: Database) => {
    await records.prepareTables(database);
    await prepareQueues(database, id, heartbeat);
    await addRuns(database, planned);
    await begin(database, planned);
    const until = await follow(database, planned);
    const isLast = ({ setting }: PlannedRun) => until[setting.spec.id] === rungs.at(-1)!.until;
    const bring = async () => {
      await copyRuns(database, { runs: runs.filter(isLast) });
      return await records.readRuns(database, runs.map(({ id }) => id));
    };
    return { until, records: await whenThere(bring, signal) };
  };
  return await withOwnRuns(planned, () => withServer(url, train, { name }));
}

/** Begins the first rung, unless the search is going on already. */
async function begin(database: Database, { id, plan }: Planned): Promise<void> {
  await database.transaction(async (db) => {
    await records.exclusively(db, id);
    if (await hasOpen(db, id, "rung")) return;
    await records.putSearch(db, id, plan);
    await records.setFailure(db, plan.runs.map(({ run }) => run), null); // a new search is a new chance
    await beginRung(database.boss, db, { id, plan }, 0);
  });
}

/** Puts into the database what it lacks: runs that have not begun, and those that this machine has trained. */
export async function addRuns(
  database: Database,
  { runs }: Pick<Planned, "runs">,
): Promise<void> {
  for (const { id, folder, run } of await readFolders(runs)) {
    const files = await collectFiles(folder, run);
    await database.transaction(async (db) => {
      await records.exclusively(db, id);
      const [known] = await records.readRuns(db, [id]);
      if (known && (known.run.history.length > 0 || run.history.length === 0)) return;
      await records.addEpochs(db, id, run, { before: 0, machine: hostname(), files });
    });
  }
}

/** Copies runs that are longer than those in their folders, with a table of their photos. */
export async function copyRuns(database: Database, { runs }: Pick<Planned, "runs">): Promise<void> {
  for (const planned of runs) {
    const { id, folder, study } = planned, { run } = await records.readRecord(database, id);
    const [here] = await readFolders([planned]), photos = learnedPhotos(study);
    if (run.history.length <= here!.run.history.length) continue;
    if (photos) await writeLearned(folder, photos);
    await writeRun(folder, run, await records.readFiles(database, id));
  }
}

/** Tells how far the search is until it has ended; a server that does not answer is asked again. */
async function follow(database: Database, { id, signal }: Planned): Promise<Reached> {
  const draw = openLine(), start = performance.now();
  let before: number | undefined;
  for (;; await delay(PAUSE, undefined, { signal })) {
    const progress = await whenThere(() => readProgress(database, id), signal);
    before ??= progress.all;
    const { search: { failure, ended, reached }, all } = progress;
    const pace = { trained: all - before, seconds: (performance.now() - start) / 1000 };
    if (failure) throw new Error(`The search cannot resume: ${failure}`);
    await draw(progressText(progress, pace), !!ended);
    if (ended) return reached;
  }
}

/** Does what a server is needed for, from its beginning each time that the server goes away meanwhile. */
export async function whenThere<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;; await delay(PAUSE, undefined, { signal })) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      const { message } = error as Error;
      await openLine()(`The queue does not answer: ${message}. Looking again`, false);
    }
  }
}
