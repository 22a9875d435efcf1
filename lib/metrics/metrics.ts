/** Classification metrics, equal to scikit-learn's, from probabilities and true groups. */
import { cross, descending, maxIndex, mean, sum, transpose } from "d3";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { mostProbable } from "@/metrics/answer.ts";

/** Groups of photos, 0 to 4, one entry a photo. */
export type Groups = ArrayLike<number>;

/** Five probabilities a photo. */
export type Probabilities = readonly (readonly number[])[];

/**
 * Returns the most probable group; of equals, the first.
 *
 * @throws {RangeError} if they are not five numbers, as after a training that diverged
 */
export function predictedGroup(probabilities: readonly number[]): AgeGroup {
  return mostProbable(checkedRow(probabilities));
}

/** Returns the group that the original study predicted by {@linkcode roundProbabilities}: group 0 if all are 0. */
export function predictedByRounding(probabilities: readonly number[]): AgeGroup {
  return Math.max(0, checkedRow(probabilities).findIndex((share) => share > 0.5)) as AgeGroup;
}

/**
 * Rounds probabilities as the original study did: a group above one half counts as 1, all others as 0.
 *
 * @throws {RangeError} if they are not five numbers
 *
 * @example A sure photo, and an unsure one
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(roundProbabilities([0.2, 0.55, 0.2, 0.05, 0]), [0, 1, 0, 0, 0]);
 * deepEqual(roundProbabilities([0.2, 0.45, 0.3, 0.05, 0]), [0, 0, 0, 0, 0]);
 * ```
 */
export function roundProbabilities(probabilities: readonly number[]): number[] {
  return checkedRow(probabilities).map((share) => Number(share > 0.5));
}

/** The predicted group of every photo, by {@linkcode predictedGroup}. */
export function predictions(probabilities: Probabilities): AgeGroup[] {
  return probabilities.map(predictedGroup);
}

/**
 * Counts the photos that the original's rounding moves from the most probable group to group 0.
 *
 * @throws {RangeError} if a photo does not have five numbers
 *
 * @example One sure photo, one unsure
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(movedByRounding([[0, 0, 0.9, 0.1, 0], [0, 0, 0.4, 0.3, 0.3]]), 1);
 * ```
 */
export function movedByRounding(probabilities: Probabilities): number {
  return probabilities.filter((row) => predictedGroup(row) !== predictedByRounding(row)).length;
}

/**
 * Adds to each photo its predicted group and the probability that the network gives it.
 *
 * @throws {RangeError} if there are not five probabilities for each photo
 *
 * @example A photo taken for older
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(withPredictions([{ photo: "a.jpg" }], [[0, 0.25, 0.75, 0, 0]]), [
 *   { photo: "a.jpg", predicted: 2, probability: 0.75 },
 * ]);
 * ```
 */
export function withPredictions<Row extends object>(
  photos: readonly Row[],
  probabilities: Probabilities,
): (Row & { predicted: AgeGroup; probability: number })[] {
  const { length } = probabilities;
  if (length !== photos.length) {
    throw new RangeError(`Cannot give the probabilities of ${length} photos to ${photos.length}`);
  }
  return photos.map((photo, k) => {
    const predicted = predictedGroup(probabilities[k]!);
    return { ...photo, predicted, probability: probabilities[k]![predicted]! };
  });
}

/**
 * Counts the photos of each true group (rows) by the group predicted for them (columns).
 *
 * @param weights how often each photo counts, as a bootstrap draws them; once unless told
 * @throws {RangeError} if the lengths differ, no photo counts, or a group is not 0 to 4
 *
 * @example One of two photos of group 1 taken for group 2
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(confusionMatrix([1, 1], [1, 2])[1], [0, 1, 1, 0, 0]);
 * ```
 */
export function confusionMatrix(truth: Groups, predicted: Groups, weights?: Groups): number[][] {
  checkLengths(truth, predicted, weights);
  const matrix = AGE_GROUPS.map(() => AGE_GROUPS.map(() => 0));
  let total = 0;
  for (let k = 0; k < truth.length; k++) {
    const row = matrix[truth[k]!], column = predicted[k]!, weight = weights ? weights[k]! : 1;
    if (row?.[column] === undefined) {
      const found = `true group ${truth[k]} and predicted group ${column}`;
      const last = AGE_GROUPS.length - 1;
      throw new RangeError(
        `Cannot evaluate photo ${k} (counted from 0) of ${found}: groups are 0 to ${last}`,
      );
    }
    row[column] += weight;
    total += weight;
  }
  if (total === 0) throw new RangeError("Cannot evaluate without photos: there are none to count");
  return matrix;
}

/**
 * Writes a confusion matrix as rows for a table or a figure, with the names of the groups.
 *
 * @example The first of 25 cells
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const [first] = confusionRows(confusionMatrix([0, 1], [0, 2]));
 * deepEqual(first, { true: "0-6", predicted: "0-6", photos: 1 });
 * ```
 */
export function confusionRows(matrix: readonly (readonly number[])[]) {
  return cross(AGE_GROUPS, AGE_GROUPS, (truth, predicted) => (
    { true: truth.name, predicted: predicted.name, photos: matrix[truth.group]![predicted.group]! }
  ));
}

/** The share of the photos, 0 to 1, whose group is predicted; throws as {@linkcode confusionMatrix} does. */
export function accuracy(truth: Groups, predicted: Groups, weights?: Groups): number {
  return shareWithin(0, confusionMatrix(truth, predicted, weights));
}

/** The share of the photos, 0 to 1, whose group or a neighbour of it is predicted. */
export function oneOffAccuracy(truth: Groups, predicted: Groups, weights?: Groups): number {
  return shareWithin(1, confusionMatrix(truth, predicted, weights));
}

/** The mean of the groups' recalls, 0 to 1, over the true groups that occur. */
export function balancedAccuracy(truth: Groups, predicted: Groups, weights?: Groups): number {
  const scores = groupScores(confusionMatrix(truth, predicted, weights));
  const occurring = scores.filter(({ support }) => support > 0);
  return sum(occurring, ({ recall }) => recall) / occurring.length;
}

/** The mean of the recalls over the true groups that occur, whatever groups these are; `correct` has 1 or 0 a photo. */
export function meanRecall(truth: Groups, correct: Groups, times: Groups): number {
  const all: number[] = [], hits: number[] = [];
  for (let k = 0; k < truth.length; k++) {
    const group = truth[k]!;
    all[group] = (all[group] ?? 0) + times[k]!;
    hits[group] = (hits[group] ?? 0) + times[k]! * correct[k]!;
  }
  return mean(all.flatMap((count, group) => count > 0 ? hits[group]! / count : []))!;
}

/** The metrics of one group, or a mean over the groups. */
export interface ReportRow {
  /** Name of the group, `macro mean` or `weighted mean`. */
  group: string;
  /** The share of the photos predicted to be in the group that are, 0 to 1. */
  precision: number;
  /** The share of the photos in the group that are predicted to be, 0 to 1. */
  recall: number;
  f1: number;
  support: number;
}

/**
 * Precision, recall, F1 and support of each of the five groups, then their means over the groups that occur: the macro
 * mean, and the one weighted by their support. A share of nothing is 0.
 */
export function classificationReport(truth: Groups, predicted: Groups): ReportRow[] {
  const scores = groupScores(confusionMatrix(truth, predicted));
  const occurring = scores.filter(({ support, predicted }) => support + predicted > 0);
  return [
    ...scores.map(({ predicted: _, ...score }) => score),
    meanScore("macro mean", occurring, () => 1),
    meanScore("weighted mean", occurring, ({ support }) => support),
  ];
}

/** The share of each group among photos, 0 to 1: the accuracy of predicting that group for all. */
export function groupShares(groups: Groups): number[] {
  return confusionMatrix(groups, groups).map((row) => sum(row) / groups.length);
}

/** Computes the metrics of predicting the largest group of the training part, the first of equals, for every photo. */
export function baseline(training: Groups, truth: Groups) {
  const { group, name } = AGE_GROUPS[maxIndex(groupShares(training))]!;
  const guesses = Array.from(truth, () => group);
  return {
    group,
    name,
    accuracy: accuracy(truth, guesses),
    balancedAccuracy: balancedAccuracy(truth, guesses),
    oneOffAccuracy: oneOffAccuracy(truth, guesses),
  };
}

/**
 * Computes the majority-class baseline, and the accuracy of predicting each single group for all photos, as
 * `modelSearchFigure` takes them.
 *
 * @throws {RangeError} if either part has no photos or a group that is not 0 to 4
 *
 * @example Half of the photos show the second group
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const { baseline, constants } = baselines([1, 1, 0], [1, 4]);
 * deepEqual([baseline.name, baseline.accuracy], ["7-20", 0.5]);
 * deepEqual(constants.map(({ accuracy }) => accuracy), [0, 0.5, 0, 0, 0.5]);
 * ```
 */
export function baselines(training: Groups, truth: Groups) {
  const shares = groupShares(truth);
  return {
    baseline: baseline(training, truth),
    constants: AGE_GROUPS.map(({ group, name }) => ({ name, accuracy: shares[group]! })),
  };
}

/**
 * Returns the wrongly predicted photos of each true group, at most `perGroup` of each, the most confident first.
 *
 * @example The more confident of two mistakes
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const unsure = { group: 0, predicted: 1, probability: 0.4 } as const;
 * const sure = { group: 0, predicted: 3, probability: 0.9 } as const;
 * deepEqual(mistakes([unsure, sure], { perGroup: 1 })[0], [sure]);
 * ```
 */
export function mistakes<
  Row extends { group: AgeGroup | null; predicted: AgeGroup; probability: number },
>(rows: readonly Row[], { perGroup = 4 } = {}): Row[][] {
  return AGE_GROUPS.map(({ group }) =>
    rows.filter((row) => row.group === group && row.predicted !== group)
      .sort((a, b) => descending(a.probability, b.probability))
      .slice(0, perGroup)
  );
}

/** Returns the probabilities of a photo, if there are five and all of them numbers. */
function checkedRow(row: readonly number[]): readonly number[] {
  if (row.length !== AGE_GROUPS.length || !row.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot predict from the probabilities [${row.slice(0, 8).join(", ")}]: ` +
        `a photo has ${AGE_GROUPS.length}, and a network that diverged gives none`,
    );
  }
  return row;
}

function checkLengths(truth: Groups, predicted: Groups, weights: Groups = truth): void {
  if (truth.length === predicted.length && truth.length === weights.length) return;
  const weighted = weights === truth ? "" : ` and ${weights.length} weights`;
  throw new RangeError(
    `Cannot compare ${truth.length} true groups with ${predicted.length} predicted ones${weighted}: ` +
      "each photo has one of each",
  );
}

/** The share of the photos predicted at most so many groups away from their own. */
function shareWithin(groups: number, matrix: readonly (readonly number[])[]): number {
  const near = sum(matrix, (row, i) => sum(row, (n, j) => Math.abs(i - j) <= groups ? n : 0));
  return near / sum(matrix.flat());
}

function groupScores(matrix: number[][]): (ReportRow & { predicted: number })[] {
  const columns = transpose(matrix);
  return AGE_GROUPS.map(({ group, name }) => {
    const correct = matrix[group]![group]!;
    const support = sum(matrix[group]!), predicted = sum(columns[group]!);
    return {
      group: name,
      // a share of nothing is 0
      precision: correct / predicted || 0,
      recall: correct / support || 0,
      f1: 2 * correct / (support + predicted) || 0,
      support,
      predicted,
    };
  });
}

/** The mean row of groups, each counted by its weight; their supports are added up. */
function meanScore(
  group: string,
  scores: readonly ReportRow[],
  weight: (score: ReportRow) => number,
): ReportRow {
  const mean = (key: "precision" | "recall" | "f1") =>
    sum(scores, (score) => weight(score) * score[key]) / sum(scores, weight);
  return {
    ...{ group, precision: mean("precision"), recall: mean("recall"), f1: mean("f1") },
    support: sum(scores, ({ support }) => support),
  };
}
