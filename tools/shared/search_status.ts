/**
 * The overview of a queue as text.
 *
 * @module
 */
import { interruptible } from "@/base/interruption.ts";
import { duration } from "@/base/progress.ts";
import { type Database, withFolderDatabase, withServer } from "@/search/database.ts";
import { prepareTables } from "@/search/records.ts";
import { QUEUE } from "@/search/search.ts";
import { type QueueStatus, readStatus, type SearchStatus } from "@/search/status.ts";
import { textTable } from "@tools/shared/table.ts";

/** Works with the queue on a server, or with that of searches on this machine. */
export async function withQueue<T>(
  url: string | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return url
    ? await withServer(url, work)
    : await interruptible((signal) => withFolderDatabase(QUEUE, work, { signal }));
}

/** Describes the searches of a queue, who works for them, and what failed. */
export async function describeStatus(database: Database): Promise<string> {
  await prepareTables(database);
  const { searches, workers } = await readStatus(database);
  if (searches.length === 0) return "There is no search in this queue.";
  const failed = searches.flatMap(({ search, failures }) => (
    failures.map(({ model, words }) => ({ search: search.id, model, "last words": words }))
  ));
  return [
    textTable(searches.map(searchRow)),
    workers.length > 0 ? textTable(workers.map(workerRow)) : "No worker is known to be alive.\n",
    ...failed.length > 0 ? [textTable(failed)] : [],
  ].join("\n");
}

function searchRow(status: SearchStatus): Record<string, unknown> {
  const { search: { id, plan, ended, failure }, rung, runs, over, counted, jobs, pace } = status;
  const { data, side, split } = plan.study, left = plan.budget - counted;
  return {
    "search": id,
    "photos": `${data}, ${side} pixels, by ${split}`,
    "state": failure
      ? `cannot go on: ${failure}`
      : ended
      ? "ended"
      : `rung ${rung} of ${plan.rungs.length}`,
    "runs": `${over} of ${runs}`,
    "epochs": `${counted} of ${plan.budget}`,
    "waiting": (jobs.created ?? 0) + (jobs.retry ?? 0),
    "active": jobs.active ?? 0,
    "lost": jobs.failed ?? 0,
    "epochs a minute": pace === null ? null : Number(pace.toFixed(1)),
    "left, at most": ended || !pace ? null : duration(60 * left / pace),
  };
}

function workerRow(worker: QueueStatus["workers"][number]): Record<string, unknown> {
  const active = worker.workers.reduce((sum, { active }) => sum + active, 0);
  return {
    "worker": `${worker.host}, process ${worker.pid}`,
    "jobs": active,
    "heard of": duration((Date.now() - worker.heartbeatOn.getTime()) / 1000) + " ago",
  };
}
