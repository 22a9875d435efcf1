/** A worker: does the jobs of a search, on this machine or on any other. */
import { sum } from "d3";
import type { Job as QueueJob, JobWithMetadata } from "pg-boss";
import { say } from "@/base/progress.ts";
import { type Ended, threadsEach } from "@/base/worker_process.ts";
import { type Database, isAway, type Transaction } from "@/search/database.ts";
import * as queue from "@/search/queue.ts";
import type { EpochJob, RungJob } from "@/search/queue.ts";
import * as records from "@/search/records.ts";
import type { Kept, RunPlace } from "@/search/run_place.ts";
import { liveWorkers } from "@/search/status.ts";
import type { Task } from "@/search/trainer.ts";
import { isOver, type Run, type RunSetting } from "@/training/run.ts";

export interface WorkerOptions {
  workers: number;
  place: RunPlace;
  /** Trains a run up to an epoch, in its folder. */
  train: (task: Task) => Promise<Ended>;
  machine: string;
  /** Ends the work: what is given up then has not failed. */
  signal?: AbortSignal;
  /** Ends the work, too: is told why this worker had better leave it to the others. */
  leave?: (reason: Error) => void;
}

/** State that the handlers of all jobs share. */
interface Worker extends WorkerOptions {
  database: Database;
  search: string;
  /** How often runs have failed here, and nowhere else, since one was trained here. */
  failed: Map<string, number>;
  /** Looks for a search's jobs of this kind without a pause. */
  look: (kind: "epoch" | "rung") => void;
}

/** Seconds between two looks for jobs: without, and with, the server's notices of new ones. */
const LOOKING = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5 };

/** Begins to work for a search: until the queue is stopped, jobs are done as they come. */
export async function startWorker(database: Database, search: string, options: WorkerOptions) {
  const { boss } = database, names = queue.queueNames(search);
  const ids: Record<"epoch" | "rung", string[]> = { epoch: [], rung: [] };
  const look = (kind: keyof typeof ids) => ids[kind].forEach((id) => boss.notifyWorker(id));
  const worker: Worker = { ...options, database, search, look, failed: new Map() };
  ids.rung.push(await boss.work<RungJob>(names.rung, LOOKING, ([job]) => doRung(worker, job!)));
  // `localConcurrency` would hide all of them but the first from `notifyWorker`
  for (let k = 0; k < options.workers; k++) {
    const id = await boss.work<EpochJob>(names.epoch, LOOKING, ([job]) => doEpoch(worker, job!));
    ids.epoch.push(id);
  }
  const lost = { ...LOOKING, includeMetadata: true } as const;
  const bury = ([job]: JobWithMetadata<EpochJob | RungJob>[]) => doLost(worker, job!);
  await boss.work(names.lost, lost, bury);
}

/** Trains a run for an epoch, keeps the result, and sends what follows: all of it or nothing. */
async function doEpoch(worker: Worker, job: QueueJob<EpochJob>): Promise<void> {
  const { database, machine } = worker, { run: id, epoch } = job.data;
  const record = await records.readRecord(database, id), before = record.run.history.length;
  const isThere = isOver(record.run, epoch);
  const kept = isThere ? { ...record, files: {} } : await tryToBring(worker, job, record);
  if (!kept) return;
  const { run, files } = kept;
  await complete(worker, job, async (db) => {
    if (!isThere) await records.addEpochs(db, id, run, { before, machine, files });
    await sendNext(worker, db, job.data, run);
  });
  if (isOver(run, job.data.until)) await endRung(worker);
  worker.look("epoch");
}

/** Lets the next rung begin if no run of this one is left; the queue's own look at it comes seconds later. */
async function endRung({ database, search, look }: Worker): Promise<void> {
  if (await queue.hasOpen(database, search, "run")) return;
  await database.boss.resolveFlow();
  look("rung");
}

/** Completes a job with all that follows from it; nothing holds if the job has been given to another worker. */
async function complete(
  { database: { boss, transaction } }: Worker,
  { name, id, retryCount }: Pick<QueueJob, "name" | "id" | "retryCount">,
  follow: (db: Transaction) => Promise<void>,
): Promise<void> {
  await transaction(async (db) => {
    await follow(db);
    const done = await boss.complete(name, { id, retryCount }, null, { db });
    if ((done as { affected: number }).affected > 0) return;
    const words = "Heartbeat missed: the job was reassigned";
    await say(words);
    throw new Error(words);
  });
}

async function sendNext(
  { database: { boss }, search }: Worker,
  db: Transaction,
  data: EpochJob,
  run: Run,
): Promise<void> {
  if (isOver(run, data.until)) return await queue.completeRun(boss, db, search, data.of);
  const next = queue.epochJob({ ...data, epoch: run.history.length + 1 });
  await boss.insert(queue.queueNames(search).epoch, [next], { db });
}

/** Brings a run up to the epoch of a job; null if it drops out, since that has failed too often. */
async function tryToBring(worker: Worker, job: QueueJob<EpochJob>, record: records.RunRecord) {
  try {
    const kept = await bring(worker, job, record);
    worker.failed.clear();
    return kept;
  } catch (error) {
    // whoever leaves, or is cut off, gives the job back: nothing has failed
    if (worker.signal?.aborted || job.signal.aborted || isAway(error)) throw error;
    const { message } = error as Error, tried = await records.addTry(worker.database, record.id);
    await say(`${record.run.spec.id} failed, try ${tried} of ${queue.TRIES}: ${message}`);
    const isLeaving = await leaveIfBroken(worker, { run: record.id, tried, message });
    if (isLeaving || tried < queue.TRIES) throw error;
    await dropOut(worker, job, message);
    return null;
  }
}

/** Number of tries, of several runs or of one, that fail one after another where it may be the machine that is broken. */
const BROKEN = { several: 3, one: queue.TRIES };

/** Leaves the search to other workers, if there are any, where no run can be trained: else all would drop out here. */
async function leaveIfBroken(
  { database, failed, leave }: Worker,
  { run, tried, message }: { run: string; tried: number; message: string },
): Promise<boolean> {
  const here = (failed.get(run) ?? 0) + 1;
  if (here < tried) failed.delete(run); // it is the run: it fails elsewhere, too
  else failed.set(run, here);
  const tries = sum(failed.values()), enough = failed.size > 1 ? BROKEN.several : BROKEN.one;
  if (!leave || tries < enough || (await liveWorkers(database)).length < 2) return false;
  const why = `${tries} tries have failed here, one after another: ${message}`;
  leave(new Error(`This worker leaves the search to the others, since ${why}`));
  return true;
}

/** Trains a run up to the epoch of a job, if it has not come so far in its folder. */
async function bring(
  { place, train, workers }: Worker,
  job: QueueJob<EpochJob>,
  record: records.RunRecord,
): Promise<Kept> {
  const { folder, run } = await place.open(record), { epoch: until, runs } = job.data;
  if (isOver(run, until)) return await place.collect(folder);
  const threads = threadsEach(Math.min(workers, runs)), setting = toSetting(record.run);
  const { code, words } = await train({ folder, setting, until, threads, signal: job.signal });
  if (code === 0) return await place.collect(folder);
  throw new Error(words);
}

async function dropOut(
  worker: Worker,
  job: Pick<QueueJob<EpochJob>, "name" | "id" | "retryCount" | "data">,
  words: string,
): Promise<void> {
  const { database, search } = worker, { run, of } = job.data;
  await complete(worker, job, async (db) => {
    await records.setFailure(db, [run], words);
    await queue.completeRun(database.boss, db, search, of);
  });
  await endRung(worker);
}

function toSetting(run: Run): RunSetting {
  const { history: _h, state: _s, bestEpoch: _b, versions: _v, arithmetic: _a, ...setting } = run;
  return setting;
}

/** Ranks the runs of a rung that is over, and begins the next. */
async function doRung(worker: Worker, job: QueueJob<RungJob>): Promise<void> {
  const { database, search } = worker, record = await records.readSearch(database, search);
  await complete(worker, job, (db) => queue.beginRung(database.boss, db, record, job.data.rung));
  worker.look("epoch");
}

/** Lets a run that no worker stays for drop out, or ends the search if it was not a run that failed. */
async function doLost(worker: Worker, job: JobWithMetadata<EpochJob | RungJob>): Promise<void> {
  const { data } = job, words = failureWords(job.sourceOutput);
  if ("run" in data) return await dropOut(worker, { ...job, data }, words);
  await complete(worker, job, (db) => records.endSearch(db, worker.search, words));
  await endRung(worker);
}

/** Why a job failed, as the queue keeps it. */
function failureWords(output: object | null): string {
  const { message, value } = (output ?? {}) as { message?: string; value?: { message?: string } };
  return message ?? value?.message ?? "its worker died, or was not heard of, each time";
}
