/** Selective prediction: accuracy against coverage, if the photos that a network is least certain of are left out. */
import { sum } from "d3";
import { bootstrapInterval, wilsonInterval } from "@/metrics/interval.ts";
import { type Groups, predictedGroup, type Probabilities } from "@/metrics/metrics.ts";

export interface Coverage {
  /** Share of the photos that are answered, above 0, at most 1. */
  coverage: number;
  /** Share of the answers that are correct. */
  accuracy: number;
  /** The lowest probability of an answer. */
  threshold: number;
}

/**
 * The accuracy of a network against its coverage: a row for each number of photos that a threshold can leave.
 *
 * @throws {RangeError} if there are no photos, or not one row of probabilities a photo
 */
export function accuracyByCoverage(truth: Groups, probabilities: Probabilities): Coverage[] {
  const sorted = byCertainty(truth, probabilities);
  let correct = 0;
  return sorted.flatMap((photo, k) => {
    correct += Number(photo.correct);
    if (photo.certainty === sorted[k + 1]?.certainty) return [];
    const coverage = (k + 1) / sorted.length, accuracy = correct / (k + 1);
    return [{ coverage, accuracy, threshold: photo.certainty }];
  });
}

/**
 * The area under the curve of risk (the share of wrong answers) against coverage: 0 at best, and the error rate if
 * certainty tells nothing. Photos of the same certainty count with their mean.
 *
 * Source: Y. Geifman, R. El-Yaniv, Selective Classification for Deep Neural Networks (2017).
 *
 * @param times how often each photo counts; once unless told
 * @throws {RangeError} if there are no photos, or not one row of probabilities a photo
 *
 * @example One of two wrong, and it is the less certain one
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(riskCoverageArea([0, 1], [[0.75, 0.25, 0, 0, 0], [0.5, 0.25, 0.25, 0, 0]]), 0.25);
 * ```
 */
export function riskCoverageArea(truth: Groups, probabilities: Probabilities, times?: Groups) {
  return riskCoverageAreaOf(truth, probabilities)(times ?? Array(truth.length).fill(1));
}

/** The same area as a statistic of how often each photo counts, for a bootstrap. */
function riskCoverageAreaOf(truth: Groups, probabilities: Probabilities) {
  const sorted = byCertainty(truth, probabilities);
  const alike = [...Map.groupBy(sorted, ({ certainty }) => certainty).values()];
  return (times: ArrayLike<number>) => {
    let answered = 0, errors = 0, risks = 0;
    for (const photos of alike) {
      const all = sum(photos, ({ photo }) => times[photo]!);
      const wrong = sum(photos, ({ photo, correct }) => correct ? 0 : times[photo]!);
      for (let k = 1; k <= all; k++) risks += (errors + k * wrong / all) / (answered + k);
      answered += all;
      errors += wrong;
    }
    return risks / answered;
  };
}

/** The accuracy that remains if the least certain photos are left out. */
export type Abstention = ReturnType<typeof measureAbstention>;

/** The least certain photos left out, so that at least these shares are answered. */
const SHARES = [1, 0.9, 0.75, 0.5];

/**
 * Measures selective prediction: the area under the curve of risk against coverage, bootstrapped over persons where
 * they are known, and the accuracy of the most certain 100%, 90%, 75% and 50% of the photos.
 *
 * @returns `area`, the mean share of wrong answers over all numbers of photos answered, the most certain first, and
 * `answered`, the shares of the photos with the accuracy on them
 * @throws {RangeError} if there are no photos, or not one row of probabilities a photo
 */
export function measureAbstention(
  truth: Groups,
  probabilities: Probabilities,
  subjects: readonly (string | null)[],
  { seed }: { seed: number },
) {
  const rows = accuracyByCoverage(truth, probabilities), n = truth.length;
  const area = riskCoverageAreaOf(truth, probabilities);
  return {
    area: bootstrapInterval(area, n, { seed, cluster: subjects }),
    answered: SHARES.map((share) => {
      const { coverage, accuracy } = rows.find(({ coverage }) => coverage >= share - 1e-9)!;
      const answers = Math.round(coverage * n), correct = Math.round(accuracy * answers);
      return { coverage, accuracy: wilsonInterval(correct, answers) };
    }),
  };
}

/** Sorts answers by certainty, the most certain first, and tells whether each is correct. */
function byCertainty(truth: Groups, probabilities: Probabilities) {
  const { length } = probabilities;
  if (length === 0 || length !== truth.length) {
    throw new RangeError(`Cannot tell how certain ${length} answers to ${truth.length} photos are`);
  }
  return probabilities
    .map((row, photo) => (
      { photo, certainty: Math.max(...row), correct: predictedGroup(row) === truth[photo] }
    ))
    .sort((a, b) => b.certainty - a.certainty);
}
