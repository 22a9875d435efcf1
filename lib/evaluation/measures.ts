/**
 * The measures of a network on photos, each with the interval that chance leaves it.
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
 * Measures predictions: the share of right answers; the mean over the groups of the share of their
 * photos recognised; the share of answers at most one group off. Intervals are of 95%, by bootstrap
 * of persons where they are known, else of photos.
 *
 * @param subjects the person in each photo, null where nobody knows
 * @throws {RangeError} if there are no photos, or not one answer a photo
 *
 * @example All right
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
