/**
 * The jobs of a search: what follows what, and what the queue does when a job fails.
 *
 * - An **epoch** job brings one run up to one epoch. Its completion sends the next one.
 * - A **run** job is a placeholder that no worker takes: it is completed with the last epoch that the run has in this rung.
 * - A **rung** job depends on the run jobs of the rung before. It ranks the runs, and sends those that go on.
 * - A **lost** job is a rung that failed each time it was tried, or an epoch that no worker stays for: a dead letter.
 */
import type { FlowJob, PgBoss, QueueOptions } from "pg-boss";
import type { Database, Statements, Transaction } from "@/search/database.ts";
import type { SearchRecord } from "@/search/plan.ts";
import { endSearch, readRuns, type RunRecord, setReached } from "@/search/records.ts";
import { rankRuns } from "@/search/rungs.ts";
import { isOver } from "@/training/run.ts";

export interface EpochJob {
  run: string;
  /** The epoch to reach, and the last one of this rung. */
  epoch: number;
  until: number;
  /** The id of its run job. */
  of: string;
  runs: number;
}

/** The data of a rung job: the number of the rung to begin, from 0. */
export type RungJob = { rung: number };

export function queueNames(search: string) {
  return {
    epoch: `epoch-${search}`,
    run: `run-${search}`,
    rung: `rung-${search}`,
    lost: `lost-${search}`,
  };
}

/** Seconds in a day and in a year: the longest that an epoch may take, and that a job may wait. */
const DAY = 24 * 60 * 60, YEAR = 365 * DAY;

/** Number of tries before a run drops out, or a rung is lost. */
export const TRIES = 5;

/** Number of times that a job is tried again, and seconds before it, doubled each time. */
const AGAIN = { retryLimit: TRIES - 1, retryDelay: 1, retryBackoff: true, retryDelayMax: 60 };

/** Number of times that workers may give an epoch back: when they leave, die, or are cut off, the run has not failed. */
const LEAVES = 1000;

/**
 * Makes the queues of a search that are missing. A job whose worker is silent for so long is given to another; where a
 * search is begun again, the jobs that are sent from then on.
 */
export async function prepareQueues({ boss }: Database, search: string, heartbeatSeconds: number) {
  const { epoch, run, rung, lost } = queueNames(search);
  const patience: QueueOptions = { expireInSeconds: DAY, retentionSeconds: YEAR };
  const worked = { ...AGAIN, ...patience, heartbeatSeconds, notify: true };
  await boss.createQueue(lost, { ...worked, retryLimit: 100 });
  await boss.createQueue(run, patience);
  await boss.createQueue(rung, { ...worked, deadLetter: lost });
  const left = { retryLimit: LEAVES, deadLetter: lost, policy: "exclusive" } as const;
  await boss.createQueue(epoch, { ...worked, ...left });
  for (const name of [lost, rung, epoch]) {
    const known = await boss.getQueue(name);
    // only where it differs: an update may lock out workers that begin
    if (known?.heartbeatSeconds !== heartbeatSeconds) {
      await boss.updateQueue(name, { heartbeatSeconds });
    }
  }
}

/** Tells whether a search has jobs of a kind that have not ended: rungs to come, or runs not through with theirs. */
export async function hasOpen(db: Statements, search: string, kind: "rung" | "run") {
  const [row] = await db.query<{ any: boolean }>(
    "select exists (select from pgboss.job where name = $1 and state < 'completed') as any",
    [queueNames(search)[kind]],
  );
  return row!.any;
}

/** Begins a rung: sends the epochs of runs that go on, and the next rung after them; ends the search after the last. */
export async function beginRung(
  boss: PgBoss,
  db: Transaction,
  search: Pick<SearchRecord, "id" | "plan">,
  rung: number,
): Promise<void> {
  const step = search.plan.rungs[rung];
  if (!step) return await endSearch(db, search.id);
  const runs = (await rankedRuns(db, search, rung)).slice(0, step.models);
  const reached = Object.fromEntries(runs.map(({ run }) => [run.spec.id, step.until]));
  await setReached(db, search.id, reached);
  const open = runs.filter(({ run, failure }) => !failure && !isOver(run, step.until));
  if (open.length === 0) return await beginRung(boss, db, search, rung + 1);
  const ids = await boss.flow(makeFlow(search.id, open, rung + 1), { db });
  const { until } = step, rest = { until, runs: runs.length };
  const jobs = open.map(({ id, run }) => (
    epochJob({ run: id, epoch: run.history.length + 1, of: ids[id]!, ...rest })
  ));
  await boss.insert(queueNames(search.id).epoch, jobs, { db });
}

/** The runs that may go on to a rung, the best first. */
async function rankedRuns(db: Statements, { plan }: Pick<SearchRecord, "plan">, rung: number) {
  let ranked = await readRuns(db, plan.runs.map(({ run }) => run));
  for (const { models, until } of plan.rungs.slice(0, rung)) {
    const runs = ranked.slice(0, models).map((record) => ({ ...record.run, record }));
    ranked = rankRuns(runs, until, plan.groupShares).map(({ record }) => record);
  }
  return ranked;
}

/** A rung after runs: a job for each run, and one that depends on them all. */
function makeFlow(search: string, runs: readonly RunRecord[], rung: number): FlowJob[] {
  const names = queueNames(search), dependsOn = runs.map(({ id }) => id);
  const own = dependsOn.map((run): FlowJob => ({ ref: run, name: names.run, data: { run } }));
  return [...own, { ref: "rung", name: names.rung, data: { rung } satisfies RungJob, dependsOn }];
}

/** An epoch as a job: a run that has begun continues before others begin, with the same worker if it can. */
export function epochJob(data: EpochJob) {
  return { data, priority: data.epoch, singletonKey: `${data.run}/${data.epoch}` };
}

/** Ends a run in its rung, as part of a transaction; `resolveFlow` then lets the next rung begin. */
export async function completeRun(boss: PgBoss, db: Transaction, search: string, id: string) {
  await boss.complete(queueNames(search).run, id, null, { includeQueued: true, db });
}
