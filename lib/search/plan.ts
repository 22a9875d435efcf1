/**
 * The plan of a search, or of a cross-validation: which runs are trained, and up to which epoch each of its rungs
 * trains them.
 */
import { createHash } from "node:crypto";
import { squaresSource } from "@/images/square_store.ts";
import { groupShares } from "@/metrics/metrics.ts";
import type { Arithmetic } from "@/native/arithmetic.ts";
import { arithmeticInUse } from "@/native/pinned.ts";
import { teacherOf } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";
import type { Rung } from "@/search/rungs.ts";
import type { SplitKind } from "@/study/folds.ts";
import type { Shares } from "@/study/split.ts";
import type { Study } from "@/study/study.ts";
import { openRun, type runOf } from "@/training/checkpoint.ts";

/** The plan of a search; it does not change while it runs. */
export interface Plan {
  /** Identifies the photos, their squares, and their split. */
  fingerprint: string;
  study: {
    data: string;
    side: number;
    split: SplitKind;
    /** Number of folds, where runs are of all folds; by default those that the data name, else five. */
    folds?: number;
    shares?: Shares;
  };
  /** What all its machines compute with; earlier searches do not say. */
  arithmetic?: Arithmetic;
  budget: number;
  rungs: Rung[];
  /** The runs in the order of their models: the model's id, and the run's. */
  runs: { model: string; run: string }[];
  /** The share of each age group in the validation photos, 0 to 1. */
  groupShares: number[];
}

/** A search and how far it has come. */
export interface SearchRecord {
  id: string;
  plan: Plan;
  reached: Reached;
  /** Why it cannot resume. */
  failure: string | null;
  begun: Date;
  ended: Date | null;
}

/** The epoch that each model is trained up to so far, the last that counts in the search, by the model's id. */
export type Reached = Record<string, number>;

/** A run of a search: its id, its folder here, and its study. */
export interface PlannedRun extends ReturnType<typeof runOf> {
  id: string;
  study: Study;
}

export interface SharingOptions {
  /** Number of runs trained here at the same time, each in a process of its own. */
  workers?: number;
  /** The URL of a Postgres server, whose workers train; without it, it is done here. */
  queue?: string;
  /** After so many seconds without a sign of life, a worker's job is given to another one; from 10 on. */
  heartbeat?: number;
  signal?: AbortSignal;
}

export interface Planned {
  id: string;
  plan: Plan;
  runs: readonly PlannedRun[];
  signal: AbortSignal;
}

/**
 * Plans these runs, one at least, with the ids that they have in a database.
 *
 * @throws {RangeError} if a model has a teacher, which only `train` asks
 */
export async function makePlan(
  runs: readonly Omit<PlannedRun, "id">[],
  { budget, rungs, folds }: { budget: number; rungs: Rung[]; folds?: number },
): Promise<Omit<Planned, "signal">> {
  requireNoTeacher(runs.map(({ setting }) => setting.spec));
  const studies = [...new Set(runs.map(({ study }) => study))];
  const [{ data, side, split, shares, validation }] = studies as [Study];
  const fingerprint = await identifyPhotos(studies);
  const named = runs.map((run) => {
    const { spec, seed } = run.setting; // equal photos and equal settings are one run
    return { ...run, id: `${spec.id}-${seed}-${identify(fingerprint, run.setting)}` };
  });
  const own = named.map(({ id, setting }) => ({ model: setting.spec.id, run: id }));
  const plan = {
    ...{ fingerprint, budget, rungs, study: { data: data.name, side, split, folds, shares } },
    ...{ groupShares: groupShares(validation.groups), runs: own, arithmetic: arithmeticInUse() },
  };
  return { id: identify(fingerprint, own, budget), plan, runs: named };
}

function requireNoTeacher(specs: readonly Spec[]): void {
  const student = specs.find(({ recipe }) => teacherOf(recipe));
  if (!student) return;
  throw new RangeError(
    `Model ${student.id} learns from what another one predicts: train it with \`deno task train\` alone`,
  );
}

/** A short text that is the same for the same values only. */
function identify(...values: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 16);
}

/** Identifies the photos of studies: equal texts mean equal files, labels, sides, code of squares, and splits. */
export async function identifyPhotos(studies: readonly Study[]): Promise<string> {
  const [{ split, train: { squares } }] = studies as [Study];
  const parts = identify(studies.flatMap(({ train, validation, test }) => (
    [train, validation, test].map(({ indices }) => indices)
  )));
  return `${await squaresSource(squares)}, split by ${split} ${parts}`;
}

/** Reads runs from their folders, also those not begun; throws if one is of another setting or of other photos. */
export async function readFolders(runs: readonly PlannedRun[]) {
  return await Promise.all(runs.map(async (planned) => {
    const { folder, setting, study } = planned;
    return { ...planned, run: await openRun(folder, setting, study) };
  }));
}
