/** The results of a cross-validation: each measure by fold, its mean and spread, and an interval over all folds. */
import { deviation, mean, sum } from "d3";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { bootstrapInterval, type Times, weightedMean } from "@/metrics/interval.ts";
import { MEASURES, yearErrors, YEARS } from "@/metrics/measures.ts";
import { confusionMatrix, predictedGroup } from "@/metrics/metrics.ts";
import type { OutOfFold } from "@/metrics/out_of_fold.ts";

/** A measure over all folds and seeds. Shares are 0 to 1, the error is in years. */
export interface FoldMeasure {
  measure: string;
  /** Its value on each fold, the mean over the seeds. */
  folds: { fold: number; value: number }[];
  mean: number;
  /** The standard deviation of the folds' values. */
  overFolds: number | null;
  /** The standard deviation of the seeds' means over the folds; null with one seed. */
  overSeeds: number | null;
  /** Of all photos together, the mean over the seeds, with the 95% interval of drawing whole persons. */
  pooled: number;
  low: number;
  high: number;
}

type Said = ReturnType<typeof saidBySeed>[number];

/** A measure of one seed's predictions; not a number where no photo counts. */
type Statistic = (said: Said, times: Times) => number;

/**
 * Measures out-of-fold predictions: accuracy, balanced accuracy, one-off accuracy, the recall of each group
 * that occurs, and the mean absolute error in years where the labels and the network tell them.
 *
 * @throws {RangeError} if there are none, or a photo lacks a seed's prediction or has two
 *
 * @example Two folds, one mistake
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const of = { subject: null, age: null, seed: 7, years: null, probabilities: [1, 0, 0, 0, 0] };
 * const [accuracy] = measureFolds([
 *   { photo: "a.jpg", group: 0, fold: 0, ...of },
 *   { photo: "b.jpg", group: 0, fold: 0, ...of },
 *   { photo: "c.jpg", group: 1, fold: 1, ...of },
 * ]);
 * deepEqual(accuracy?.folds, [{ fold: 0, value: 1 }, { fold: 1, value: 0 }]);
 * deepEqual(accuracy?.mean, 0.5);
 * deepEqual(accuracy?.pooled, 2 / 3);
 * ```
 */
export function measureFolds(rows: readonly OutOfFold[]): FoldMeasure[] {
  const photos = [...new Map(rows.map((row) => [row.photo, row])).values()];
  const said = saidBySeed(rows, photos), cluster = photos.map(({ subject }) => subject);
  const folds = [...new Set(photos.map(({ fold }) => fold))].sort((a, b) => a - b);
  return Object.entries(statistics(photos, said)).map(([measure, of]) => {
    const filled = folds.map((fold) => {
      const times = photos.map((photo) => Number(photo.fold === fold));
      return { fold, values: said.map((own) => of(own, times)) };
    }).filter(({ values }) => !values.some(Number.isNaN));
    const seeds = said.map((_, s) => mean(filled, ({ values }) => values[s])!);
    const onDraw = (times: Times) => mean(said, (own) => of(own, times)) ?? NaN;
    const { value, low, high } = bootstrapInterval(onDraw, photos.length, { seed: 7, cluster });
    const byFold = filled.map(({ fold, values }) => ({ fold, value: mean(values)! }));
    return {
      measure,
      folds: byFold,
      mean: mean(seeds)!,
      overFolds: deviation(byFold, ({ value }) => value) ?? null,
      overSeeds: deviation(seeds) ?? null,
      ...{ pooled: value, low, high },
    };
  });
}

/** The predictions of each seed, in the order of the photos. */
function saidBySeed(rows: readonly OutOfFold[], photos: readonly OutOfFold[]) {
  const seeds = Map.groupBy(rows, ({ seed }) => seed);
  return [...seeds].sort(([a], [b]) => a - b).map(([seed, own]) => {
    const byPhoto = new Map(own.map((row) => [row.photo, row]));
    if (byPhoto.size !== photos.length || own.length !== photos.length) {
      throw new RangeError(
        `Cannot measure the folds: seed ${seed} has ${own.length} predictions of ${byPhoto.size} ` +
          `photos, and there are ${photos.length} photos`,
      );
    }
    const ordered = photos.map(({ photo }) => byPhoto.get(photo)!);
    return {
      predicted: ordered.map(({ probabilities }) => predictedGroup(probabilities)),
      errors: yearErrors(photos.map(({ age }) => age), ordered.map(({ years }) => years)),
    };
  });
}

/** The measures by their names: recalls of the groups that occur, and years where labels and all seeds tell them. */
function statistics(photos: readonly OutOfFold[], said: readonly Said[]) {
  const truth = photos.map(({ group }) => group), all: Record<string, Statistic> = {};
  for (const [measure, share] of Object.entries(MEASURES)) {
    all[measure] = ({ predicted }, times) => share(truth, predicted, times);
  }
  for (const { group, name } of AGE_GROUPS.filter(({ group }) => truth.includes(group))) {
    all[`recall of ${name}`] = ({ predicted }, times) => {
      const row = confusionMatrix(truth, predicted, times)[group]!;
      return row[group]! / sum(row); // not a number of no photos
    };
  }
  const known = photos.map((_, k) => Number(said.every(({ errors }) => errors[k] !== null)));
  if (known.includes(1)) {
    all[YEARS] = ({ errors }, times) => {
      const counted = known.map((one, k) => one * times[k]!);
      return weightedMean(errors.map((error) => error ?? 0), counted);
    };
  }
  return all;
}

/** A measure as a row of a table: a column for each fold, then the mean, the spreads, and the interval. */
export function foldRow({ measure, folds, mean, overFolds, overSeeds, ...pooled }: FoldMeasure) {
  return {
    measure,
    ...Object.fromEntries(folds.map(({ fold, value }) => [`fold ${fold}`, value])),
    ...{ mean, "sd over folds": overFolds, "sd over seeds": overSeeds, ...pooled },
  };
}
