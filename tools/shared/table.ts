/** Tables for the terminal: of rows, and of searches. */
import { sum } from "d3";
import { written } from "@/base/text.ts";
import { plainTable } from "@/notebook/show/table.ts";
import { duration } from "@/base/progress.ts";
import type { QueueStatus, SearchStatus } from "@/search/status.ts";

/** Writes rows as plain text, a column below its head: numbers, and texts that begin with one, at the right. */
export function textTable(rows: readonly object[]): string {
  const beginsWithNumber = (value: unknown) => /^-?[\d–]/.test(written(value));
  return plainTable(rows, { atRight: (values) => values.every(beginsWithNumber) });
}

export function describeStatus(
  { searches, workers }: Pick<QueueStatus, "searches"> & Partial<QueueStatus>,
): string {
  if (searches.length === 0) return `There is no search ${workers ? "in this queue" : "here"}.`;
  const failed = searches.flatMap(({ search, failures }) => (
    failures.map(({ model, words }) => ({ search: search.id, model, "last words": words }))
  ));
  return [
    textTable(searches.map(searchRow)),
    ...workers?.length === 0 ? ["No worker is known to be alive.\n"] : [],
    ...workers?.length ? [textTable(workers.map(workerRow))] : [],
    ...failed.length > 0 ? [textTable(failed)] : [],
  ].join("\n");
}

function searchRow(status: SearchStatus): Record<string, unknown> {
  const { search: { id, plan, ended, failure }, rung, runs, over, counted, jobs, pace } = status;
  const { data, side, split } = plan.study, left = plan.budget - counted;
  const stage = `rung ${rung} of ${plan.rungs.length}`;
  return {
    "search": id,
    "photos": `${data}, ${side} pixels, by ${split}`,
    "state": failure ? `cannot go on: ${failure}` : ended ? "ended" : stage,
    "runs": `${over} of ${runs}`,
    "epochs": `${counted} of ${plan.budget}`,
    ...jobs && {
      "waiting": (jobs.created ?? 0) + (jobs.retry ?? 0),
      "active": jobs.active ?? 0,
      "lost": jobs.failed ?? 0,
    },
    "epochs a minute": pace === null ? null : Number(pace.toFixed(1)),
    "left, at most": ended || !pace ? null : duration(60 * left / pace),
  };
}

function workerRow(worker: QueueStatus["workers"][number]): Record<string, unknown> {
  return {
    "worker": `${worker.host}, process ${worker.pid}`,
    "jobs": sum(worker.workers, ({ active }) => active),
    "heard of": duration((Date.now() - worker.heartbeatOn.getTime()) / 1000) + " ago",
  };
}
