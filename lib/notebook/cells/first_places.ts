/** The first place of a leaderboard compared with those behind it. */
import type { AgeGroup } from "@/dataset/age_group.ts";
import { compare, type Comparison } from "@/metrics/comparison.ts";
import { predictions } from "@/metrics/metrics.ts";
import { withModel } from "@/answers/open_model.ts";
import { predictGroups } from "@/answers/predict_photos.ts";
import { findSpec } from "@/model/zoo.ts";
import type { LeaderboardRow } from "@/search/leaderboard.ts";
import type { Study } from "@/study/study.ts";
import { readRun, runOf } from "@/training/checkpoint.ts";

/** A model beside the first of its leaderboard: the first less this one. */
export interface BesideFirst extends Comparison {
  id: string;
}

/**
 * Compares the first model of a leaderboard with each of those behind it, on the validation photos: paired
 * bootstrap over persons where they are known, and McNemar's test.
 *
 * A run that has been trained further since, so that other weights are its best, is left out.
 *
 * @param rows trained models, the first of them first
 * @throws {Error} if a run has no weights
 *
 * @example The first ten of a search
 * ```ts ignore
 * const rows = trainedRows(await search(study, { budget: 150, seed: 7 }));
 * const beside = await compareWithFirst(study, rows.slice(0, 10), { seed: 7 });
 * ```
 */
export async function compareWithFirst(
  study: Study,
  rows: readonly Pick<LeaderboardRow, "id" | "bestEpoch">[],
  { seed }: { seed: number },
): Promise<BesideFirst[]> {
  const answers: { id: string; predicted: AgeGroup[] }[] = [];
  for (const row of rows) {
    const predicted = await answersOf(study, row, seed);
    if (predicted) answers.push({ id: row.id, predicted });
  }
  const [first, ...others] = answers, truth = study.validation.groups;
  const subjects = study.photos.filter(({ part }) => part === "validation")
    .map(({ subject }) => subject);
  return others.map(({ id, predicted }) => (
    { id, ...compare(truth, first!.predicted, predicted, subjects, { seed }) }
  ));
}

/** Predicts the groups of the validation photos; null if the model's best epoch is no longer the row's. */
async function answersOf(
  study: Study,
  { id, bestEpoch }: Pick<LeaderboardRow, "id" | "bestEpoch">,
  seed: number,
): Promise<AgeGroup[] | null> {
  const { folder } = runOf(study, findSpec(id), seed);
  if ((await readRun(folder)).bestEpoch !== bestEpoch) return null;
  return predictions(await withModel(folder, (model) => predictGroups(model, study.validation)));
}
