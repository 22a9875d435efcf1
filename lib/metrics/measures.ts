/** The measures of a network on photos, each with its confidence interval. */
import { singleYear } from "@/dataset/age_group.ts";
import { accuracy, balancedAccuracy, type Groups, oneOffAccuracy } from "@/metrics/metrics.ts";
import { bootstrapInterval, type Interval, meanInterval } from "@/metrics/interval.ts";

/** A measure by its name, with its 95% interval. */
export interface Measure extends Interval {
  measure: string;
}

export const MEASURES = {
  "accuracy": accuracy,
  "balanced accuracy": balancedAccuracy,
  "one-off accuracy": oneOffAccuracy,
};

export const YEARS = "mean absolute error, years";

/**
 * Measures predictions: accuracy, balanced accuracy (the mean recall of the groups), and one-off accuracy (at most one
 * group off). The 95% intervals are bootstrapped over persons if they are known, otherwise over photos.
 *
 * @throws {RangeError} if there are no photos, or not one prediction per photo
 *
 * @example One of two correct, the other one group off
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const rows = measure([0, 1], [0, 2], ["ann", "ben"], { seed: 7 });
 * deepEqual(rows.map(({ value }) => value), [0.5, 0.5, 1]);
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
 * Computes by how many years each prediction is off, over the photos whose label is a single year.
 *
 * @param ages as the labels write them, such as `26`, `(25, 32)` or null
 * @returns null where the label or the prediction gives no year
 * @throws {RangeError} if there is not one prediction per photo, or an age cannot be read
 */
export function yearErrors(
  ages: readonly (string | null)[],
  predicted: readonly (number | null)[],
): (number | null)[] {
  if (ages.length !== predicted.length) {
    throw new RangeError(`Cannot compare ${ages.length} ages with ${predicted.length} predictions`);
  }
  return ages.map((age, k) => {
    const year = singleYear(age), own = predicted[k]!;
    return year === null || own === null ? null : Math.abs(own - year);
  });
}

/** Measures the mean absolute error in years, over the photos whose label is a single year; null without any. */
export function measureYears(
  ages: readonly (string | null)[],
  predicted: readonly (number | null)[],
  subjects: readonly (string | null)[],
  { seed }: { seed: number },
): Measure | null {
  const known = yearErrors(ages, predicted).flatMap((error, k) => (
    error === null ? [] : [{ error, subject: subjects[k]! }]
  ));
  if (known.length === 0) return null;
  const errors = known.map(({ error }) => error), cluster = known.map(({ subject }) => subject);
  return { measure: YEARS, ...meanInterval(errors, { seed, cluster }) };
}
