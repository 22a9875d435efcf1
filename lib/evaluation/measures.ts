/**
 * The measures of a network on photos, each with its confidence interval.
 *
 * @module
 */
import { accuracy, balancedAccuracy, type Groups, oneOffAccuracy } from "@/evaluation/metrics.ts";
import { bootstrapInterval, type Interval } from "@/evaluation/interval.ts";

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
 * import { measure } from "@/evaluation/measures.ts";
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
