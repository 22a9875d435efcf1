/** Tables for the terminal and for files: of rows, of an evaluation, of searches. */
import { percent, written } from "@/base/text.ts";
import { plainTable } from "@/notebook/show/table.ts";
import type { KindRow } from "@/metrics/photo_kinds.ts";
import {
  abstentionWords,
  calibrationRow,
  damagedRow,
  ROUNDED,
  share,
  subgroupRow,
} from "@/model/card_page.ts";
import type { DamagedResult, PartResults } from "@/metrics/part_results.ts";
import type { Measure } from "@/metrics/measures.ts";
import type { Interval } from "@/metrics/interval.ts";
import { duration } from "@/base/progress.ts";
import type { QueueStatus, SearchStatus } from "@/search/status.ts";

/** Writes rows as plain text, a column below its head: numbers, and texts that begin with one, at the right. */
export function textTable(rows: readonly object[]): string {
  const beginsWithNumber = (value: unknown) => /^-?[\d–]/.test(written(value));
  return plainTable(rows, { atRight: (values) => values.every(beginsWithNumber) });
}

export function measureLine({ measure, value, low, high }: Measure): string {
  return `${measure}: ${percent(value)} (95%: ${percent(low)} to ${percent(high)})`;
}

/** Calibration, as the network is, at its temperature and rounded; and how often sets and ranges hold the truth. */
export function certaintyText({ calibration, sets, abstention, years }: PartResults): string {
  const truth = (estimate: Interval) => `hold the truth in ${share(estimate)}`;
  return [
    "",
    "calibration (error over 15 bins of equally many photos):",
    textTable(calibration.map(calibrationRow)),
    `(${ROUNDED})`,
    ...sets ? [`sets of ${sets.size.toFixed(2)} groups ${truth(sets.coverage)}`] : [],
    ...abstention ? [abstentionWords(abstention)] : [],
    ...years ? [`ranges of ${years.width.toFixed(1)} years ${truth(years.coverage)}`] : [],
  ].join("\n");
}

/** Writes accuracy by subgroup; empty if the labels define none. */
export function subgroupsText({ subgroups }: PartResults): string {
  if (subgroups.length === 0) return "";
  return "\nby what the labels tell:\n" + textTable(subgroups.map(subgroupRow));
}

/** Writes accuracy by kind of photo, and the number of faces that their turn rests on. */
export function kindsText(rows: readonly KindRow[], photos: number): string {
  const faces = rows.filter(({ by }) => by === "turn").reduce((sum, row) => sum + row.photos, 0);
  const table = textTable(rows.map(({ by, values, photos, accuracy, balancedAccuracy }) => ({
    ...{ by, values, photos, accuracy: share(accuracy) },
    "balanced accuracy": share(balancedAccuracy),
  })));
  return `\nby kind of photo (turn: of the ${faces} of ${photos} photos in which a face was found):\n${table}`;
}

/** Writes the results on photos that were damaged on purpose. */
export function damagedText(results: readonly DamagedResult[]): string {
  return "\ndamaged on purpose:\n" + textTable(results.map(damagedRow));
}

/** Writes estimates as columns of their own: `accuracy` becomes `accuracy`, `accuracy low` and `accuracy high`. */
export function flatRows(rows: readonly object[]): Record<string, unknown>[] {
  const columns = ([name, value]: [string, unknown]) =>
    isEstimate(value)
      ? [[name, value.value], [`${name} low`, value.low], [`${name} high`, value.high]]
      : [[name, value]];
  return rows.map((row) => Object.fromEntries(Object.entries(row).flatMap(columns)));
}

function isEstimate(value: unknown): value is Interval {
  return typeof value === "object" && value !== null && "low" in value && "high" in value;
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
    ...workers ? [describeWorkers(workers)] : [],
    ...failed.length > 0 ? [textTable(failed)] : [],
  ].join("\n");
}

function describeWorkers(workers: QueueStatus["workers"]): string {
  return workers.length > 0
    ? textTable(workers.map(workerRow))
    : "No worker is known to be alive.\n";
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
  const active = worker.workers.reduce((sum, { active }) => sum + active, 0);
  return {
    "worker": `${worker.host}, process ${worker.pid}`,
    "jobs": active,
    "heard of": duration((Date.now() - worker.heartbeatOn.getTime()) / 1000) + " ago",
  };
}
