/**
 * The measures of a network on photos, each with its confidence interval.
 *
 * @module
 */
import { mean } from "d3";
import { ageSpan } from "@/dataset/age_group.ts";
import { accuracy, balancedAccuracy, type Groups, oneOffAccuracy } from "@/metrics/metrics.ts";
import { bootstrapInterval, type Interval } from "@/metrics/interval.ts";

/** A measure by its name, with its 95% interval. */
export interface Measure extends Interval {
  measure: string;
}

const MEASURES = {
  "accuracy": accuracy,
  "balanced accuracy": balancedAccuracy,
  "one-off accuracy": oneOffAccuracy,
};

/**
 * Measures predictions: accuracy, balanced accuracy (the mean recall of the groups), and one-off accuracy
 * (at most one group off). The 95% intervals are bootstrapped over persons if they are known, otherwise
 * over photos.
 *
 * @param subjects the subject of each photo, null if unknown
 * @throws {RangeError} if there are no photos, or not one prediction per photo
 *
 * @example All correct
 * ```ts
 * import { measure } from "@/metrics/measures.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const [accuracy] = measure([0, 1, 2], [0, 1, 2], [null, null, null], { seed: 7 });
 * deepEqual(accuracy, { measure: "accuracy", value: 1, low: 1, high: 1 });
 * ```
 */
export function measure(
  truth: Groups,
  predicted: Groups,
  subjects: readonly (string | null)[],
  { seed }: { seed: number },
): Measure[] {
  return Object.entries(MEASURES).map(([name, statistic]) => {
    const onDraw = (times: Uint32Array) => statistic(truth, predicted, times);
    const interval = bootstrapInterval(onDraw, truth.length, { seed, cluster: subjects });
    return { measure: name, ...interval };
  });
}

/**
 * The mean absolute error of predicted ages in years, over the photos whose label is a single year.
 *
 * @param ages as the labels write them, such as `26`, `(25, 32)` or null
 * @returns null if no label is a single year
 * @throws {RangeError} if there is not one prediction per photo, or an age cannot be read
 *
 * @example One year and three years off; a range does not count
 * ```ts
 * import { meanAbsoluteError } from "@/metrics/measures.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(meanAbsoluteError(["26", "30", "(25, 32)"], [27, 27, 80]), 2);
 * ```
 */
export function meanAbsoluteError(
  ages: readonly (string | null)[],
  predicted: readonly number[],
): number | null {
  if (ages.length !== predicted.length) {
    throw new RangeError(`Cannot compare ${ages.length} ages with ${predicted.length} predictions`);
  }
  const spans = ages.map(ageSpan);
  return mean(predicted, (year, k) => {
    const span = spans[k];
    return span && span.from === span.to ? Math.abs(year - span.from) : undefined;
  }) ?? null;
}
