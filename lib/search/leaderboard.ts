/** The leaderboard of a search: the results of each model, read from its run. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { maxIndex, sum } from "d3";
import pl from "nodejs-polars";
import { wilsonInterval } from "@/metrics/interval.ts";
import type { Reached } from "@/search/plan.ts";
import type { RunRecord } from "@/search/records.ts";
import { bestUntil } from "@/search/rungs.ts";
import { openRun, type Run, runOf } from "@/training/checkpoint.ts";
import type { Study } from "@/study/study.ts";
import { countParameters } from "@/model/layers.ts";
import type { Spec, Technique } from "@/model/spec.ts";
import { ZOO } from "@/model/zoo.ts";

export type Outcome =
  | "finished"
  | "stopped early by the search"
  | "diverged"
  | "failed"
  | "photos too small"
  | `repeat of ${string}`;

/** A model and its results; null if it has none. */
export interface LeaderboardRow {
  id: string;
  parent: string | null;
  technique: Technique;
  /** Number of weights, for photos of this side. */
  parameters: number | null;
  learningRate: number;
  batchSize: number;
  epochs: number;
  bestEpoch: number | null;
  /** The highest validation accuracy, 0 to 1, and its 95% interval (Wilson). */
  valAccuracy: number | null;
  low: number | null;
  high: number | null;
  /** Percentage points over its parent, both at their best in the epochs that both have run. */
  overParent: number | null;
  seconds: number;
  state: Outcome;
  /** The machines that trained it, if it was shared out among several. */
  machine?: string;
}

/** A row of a trained model, as `modelSearchFigure` takes it. */
export type TrainedRow =
  & LeaderboardRow
  & Record<"parameters" | "valAccuracy" | "low" | "high", number>;

/** The models to list, and the seed of their runs. */
export interface LeaderboardOptions {
  specs?: readonly Spec[];
  seed?: number;
  /** The last epoch that counts; else all. A parent is compared by all its epochs. */
  until?: Reached;
  /** The runs of a shared search; without them, the folders of the runs are read. */
  records?: readonly RunRecord[];
}

/** A file in a run's folder: the error of the process that could not train it. */
export const FAILURE = "failure.txt";

/** Reads why the run in a folder could not be trained; null if it could. */
export function readFailure(folder: string): string | null {
  const path = join(folder, FAILURE);
  return existsSync(path) ? Deno.readTextFileSync(path).trimEnd() : null;
}

/**
 * Lists the models of a study by validation accuracy, the best first: all that have been trained or
 * cannot be. It only reads, so it can be called during a search.
 *
 * A repeat shows the run of the model that it repeats.
 *
 * @throws {Error} if a folder holds a run of another setting, such as of other photos
 */
export async function leaderboard(
  study: Study,
  { specs = ZOO, seed = 7, until = {}, records = [] }: LeaderboardOptions = {},
): Promise<LeaderboardRow[]> {
  const options = { specs, seed, until, records };
  const entries = await Promise.all(specs.map((spec) => readEntry(study, spec, options)));
  const runs = new Map(entries.map(({ spec, whole }) => [spec.id, whole]));
  return entries
    .filter(({ state }) => state !== null)
    .map((entry) => toRow(entry, runs.get(entry.spec.parent ?? "")))
    .toSorted((a, b) => (b.valAccuracy ?? -1) - (a.valAccuracy ?? -1));
}

/**
 * Returns the rows of trained models, each run once, as `modelSearchFigure` takes them.
 *
 * @example A repeat is not drawn
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const spec = { id: "VII", parent: "IV", technique: "dropout", parameters: 658_773 } as const;
 * const training = { learningRate: 0.001, batchSize: 64, epochs: 3, bestEpoch: 2, seconds: 60 };
 * const accuracy = { valAccuracy: 0.7, low: 0.66, high: 0.74, overParent: 1.2 };
 * const row = { ...spec, ...training, ...accuracy, state: "finished" } as const;
 * equal(trainedRows([row, { ...row, id: "VIIb", state: "repeat of VII" }]).length, 1);
 * ```
 */
export function trainedRows(rows: readonly LeaderboardRow[]): TrainedRow[] {
  return rows
    .filter(({ state }) => ["finished", "stopped early by the search", "diverged"].includes(state))
    .map(({ parameters, valAccuracy, low, high, ...row }) => {
      const [accuracy, from, to] = [valAccuracy, low, high].map((share) => share ?? NaN); // diverged at once
      return { ...row, parameters: parameters!, valAccuracy: accuracy!, low: from!, high: to! };
    });
}

/** The columns with their types, fixed so that a column of nulls has one, too. */
const SCHEMA = {
  ...{ id: pl.Utf8, parent: pl.Utf8, technique: pl.Utf8, parameters: pl.Int64 },
  ...{ learningRate: pl.Float64, batchSize: pl.Int64, epochs: pl.Int64, bestEpoch: pl.Int64 },
  ...{ valAccuracy: pl.Float64, low: pl.Float64, high: pl.Float64, overParent: pl.Float64 },
  ...{ seconds: pl.Float64, state: pl.Utf8 },
} satisfies Record<Exclude<keyof LeaderboardRow, "machine">, pl.DataType>;

/**
 * Makes a frame of a leaderboard: a row a model, in the order given.
 *
 * @example The models of one technique
 * ```ts ignore
 * const frame = toLeaderboardFrame(await leaderboard(study));
 * frame.filter(pl.col("technique").eq(pl.lit("dropout")));
 * ```
 */
export function toLeaderboardFrame(rows: readonly LeaderboardRow[]): pl.DataFrame {
  return pl.DataFrame(rows.map(({ machine: _, ...row }) => row), { schema: SCHEMA });
}

/**
 * Returns the models of a search that have a run of their own: neither repeats of others, nor too large for the photos.
 *
 * @example A repeat, and a model too large for the photos
 * ```ts
 * import { ZOO } from "@/model/zoo.ts";
 * import { ok } from "node:assert/strict";
 *
 * ok(ownRuns(ZOO, 16).length < ownRuns(ZOO, 256).length);
 * ok(!ownRuns(ZOO, 256).some(({ repeats }) => repeats));
 * ```
 */
export function ownRuns(specs: readonly Spec[], side: number): Spec[] {
  return specs.filter((spec) => repeated(spec, specs) === spec && sizeOf(spec, side) !== null);
}

/** The model whose run a model shows: the one that it repeats if that is listed, otherwise itself. */
function repeated(spec: Spec, specs: readonly Spec[]): Spec {
  return specs.find(({ id }) => id === spec.repeats) ?? spec;
}

/** The number of a model's weights; null if the photos are too small for it. */
function sizeOf(spec: Spec, side: number): number | null {
  try {
    return countParameters(spec, side);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Entry = Awaited<ReturnType<typeof readEntry>>;

/** A model, its run up to the last epoch that counts, its whole run, and its state: null if it has not begun. */
async function readEntry(
  study: Study,
  spec: Spec,
  { specs, seed, until, records }: Required<LeaderboardOptions>,
) {
  const source = repeated(spec, specs), parameters = sizeOf(spec, study.side);
  const record = records.find(({ run }) => run.spec.id === source.id);
  const { run: whole, failure, machines } = record ?? await runInFolder(study, source, seed);
  const run = runUntil(whole, until[source.id] ?? Infinity);
  const own = parameters === null ? "photos too small" : outcomeOf(run, failure !== null);
  const state = own && source !== spec ? `repeat of ${source.id}` as const : own;
  return { spec, parameters, run, whole, state, machines };
}

/** The run of a model in its folder; one that has not begun if there is none. */
async function runInFolder(study: Study, spec: Spec, seed: number) {
  const { folder, setting } = runOf(study, spec, seed), run = await openRun(folder, setting);
  return { run, failure: readFailure(folder), machines: undefined };
}

/** Returns a run as it was after an epoch: later training, for another purpose, does not count. */
function runUntil(run: Run, until: number): Run {
  const { length } = run.history, history = run.history.slice(0, until);
  // what diverged did so in the epoch after its last
  const wentOn = length > until || (length === until && run.state === "diverged");
  const bestEpoch = maxIndex(history, ({ valAccuracy }) => valAccuracy) + 1;
  return { ...run, history, bestEpoch, state: wentOn ? "training" : run.state };
}

function outcomeOf({ state, history }: Run, failed: boolean): Outcome | null {
  if (state !== "training") return state;
  if (failed) return "failed";
  return history.length > 0 ? "stopped early by the search" : null;
}

function toRow({ spec, parameters, run, state, machines }: Entry, before?: Run): LeaderboardRow {
  const { id, parent, technique, learningRate, batchSize } = spec, { history, bestEpoch } = run;
  return {
    ...{ id, parent, technique, parameters, learningRate, batchSize },
    ...{ epochs: history.length, bestEpoch: bestEpoch || null },
    ...toAccuracy(run),
    overParent: before ? overParent(run, before) : null,
    seconds: sum(history, ({ seconds }) => seconds),
    state: state!,
    ...(machines && { machine: machines.join(" + ") }),
  };
}

function toAccuracy(run: Run): Pick<LeaderboardRow, "valAccuracy" | "low" | "high"> {
  const valAccuracy = bestUntil(run, Infinity), { validation } = run.photos;
  if (valAccuracy === null) return { valAccuracy, low: null, high: null };
  const { low, high } = wilsonInterval(Math.round(valAccuracy * validation), validation);
  return { valAccuracy, low, high };
}

/** Compares a model with its parent over the epochs that both have run. */
function overParent(run: Run, parent: Run): number | null {
  const both = Math.min(run.history.length, parent.history.length);
  return both > 0 ? 100 * (bestUntil(run, both)! - bestUntil(parent, both)!) : null;
}
