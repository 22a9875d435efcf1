/** Progress of searches: the line that a search shows while it runs, and the overview of all. */
import { max, sum } from "d3";
import type { Instance } from "pg-boss";
import { duration } from "@/base/progress.ts";
import type { Database } from "@/search/database.ts";
import type { SearchRecord } from "@/search/plan.ts";
import { listSearches, prepareTables, readSearch } from "@/search/records.ts";
import { isOver } from "@/training/run.ts";

export interface Progress {
  search: SearchRecord;
  /** The number of the rung, from 1; 0 before the first has begun. */
  rung: number;
  /** The runs of the rung, and how many of them are through with it. */
  runs: number;
  over: number;
  /** The epochs that count in this search, and those of all its runs. */
  counted: number;
  all: number;
  /** Models that could not be trained, with the last words. */
  failures: { model: string; words: string }[];
}

/** A run as far as progress needs it. */
interface Counted {
  id: string;
  state: "training" | "finished" | "diverged";
  failure: string | null;
  epochs: number;
}

export async function readProgress(database: Database, id: string): Promise<Progress> {
  const search = await readSearch(database, id);
  const rows = await database.query<Counted>(
    `select r.id, r.record->>'state' as state, r.failure, count(e.run)::int as epochs
     from human_age.run r left join human_age.epoch e on e.run = r.id
     where r.id = any($1::text[]) group by r.id`,
    [search.plan.runs.map(({ run }) => run)],
  );
  return countProgress(search, rows);
}

export function countProgress(search: SearchRecord, rows: readonly Counted[]): Progress {
  const { plan: { rungs, runs }, reached } = search, last = max(Object.values(reached)) ?? 0;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known = runs.filter(({ run }) => byId.has(run))
    .map(({ model, run }) => ({ ...byId.get(run)!, model }));
  const here = known.filter(({ model }) => reached[model] === last && last > 0);
  const isThrough = ({ state, failure, epochs }: Counted) =>
    failure !== null || isOver({ state, history: Array(epochs) }, last);
  return {
    search,
    rung: rungs.findIndex(({ until }) => until === last) + 1,
    runs: here.length,
    over: here.filter(isThrough).length,
    counted: sum(known, ({ model, epochs }) => Math.min(epochs, reached[model] ?? 0)),
    all: sum(known, ({ epochs }) => epochs),
    failures: known.flatMap(({ model, failure }) => failure ? [{ model, words: failure }] : []),
  };
}

/**
 * Writes how far a search is as a line, with the time that is left at most.
 *
 * @param pace how many epochs were trained, and in how many seconds
 */
export function progressText(
  { search: { plan, ended }, rung, runs, over, counted }: Progress,
  { trained, seconds }: { trained: number; seconds: number },
): string {
  const isSearch = plan.rungs.length > 1, left = plan.budget - counted;
  const spent = `${counted} of ${plan.budget} epochs`;
  if (ended) {
    return `${isSearch ? "Models searched" : "Runs trained"}: ${plan.runs.length}, in ${spent}`;
  }
  const foretold = trained > 0 && left > 0
    ? `, at most ${duration(left / trained * seconds)} left`
    : "";
  const done = isSearch
    ? `Search, rung ${rung} of ${plan.rungs.length}: ${over} of ${runs} runs`
    : `Runs trained: ${over} of ${runs}`;
  return `${done}, ${spent}${foretold}`;
}

export interface SearchStatus extends Progress {
  /** Its jobs in the queue by their state, such as `active`; null without a queue. */
  jobs: Record<string, number> | null;
  /** Epochs a minute, on a server in the last ten minutes; null before the first. */
  pace: number | null;
}

export interface QueueStatus {
  searches: SearchStatus[];
  /** The worker processes that are alive. */
  workers: Pick<Instance, "name" | "host" | "pid" | "live" | "workers" | "heartbeatOn">[];
}

/** Reads the overview of a queue: its searches, the newest first, and its workers. */
export async function readStatus(database: Database): Promise<QueueStatus> {
  await prepareTables(database);
  const searches: SearchStatus[] = [];
  for (const { id, plan } of await listSearches(database)) {
    const jobs = await database.query<{ state: string; count: number }>(
      `select state::text, count(*)::int from pgboss.job
       where name in ('epoch-' || $1, 'lost-' || $1) group by state order by state`,
      [id],
    );
    const counts = Object.fromEntries(jobs.map(({ state, count }) => [state, count]));
    const pace = await readPace(database, plan.runs.map(({ run }) => run));
    searches.push({ ...await readProgress(database, id), jobs: counts, pace });
  }
  return { searches, workers: await liveWorkers(database) };
}

/** The worker processes that are alive, of all searches on the server. */
export async function liveWorkers({ boss }: Pick<Database, "boss">) {
  return (await boss.getInstances()).filter(({ name, live }) => live && name?.startsWith("worker"));
}

async function readPace(database: Database, runs: readonly string[]): Promise<number | null> {
  const [row] = await database.query<{ epochs: number; minutes: number | null }>(
    `select count(*)::int as epochs, extract(epoch from now() - min(at))::float / 60 as minutes
     from human_age.epoch where run = any($1::text[]) and at > now() - interval '10 minutes'`,
    [runs],
  );
  return row?.minutes ? row.epochs / row.minutes : null;
}
