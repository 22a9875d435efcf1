/** Baselines: the accuracy of answers that ignore the photo. */
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { type Baseline, baseline, type Groups, groupShares } from "@/metrics/metrics.ts";

/** The baselines of a search, as `modelSearchFigure` takes them. */
export interface Baselines {
  baseline: Baseline;
  /** The accuracy of predicting one group for all photos, for each group. */
  constants: { name: string; accuracy: number }[];
}

/**
 * Computes the majority-class baseline, and the accuracy of predicting each single group for all photos.
 *
 * @throws {RangeError} if either part has no photos or a group that is not 0 to 4
 *
 * @example Half of the photos show the second group
 * ```ts
 * import { baselines } from "@/metrics/baselines.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { baseline, constants } = baselines([1, 1, 0], [1, 4]);
 * deepEqual([baseline.name, baseline.accuracy], ["7-20", 0.5]);
 * deepEqual(constants.map(({ accuracy }) => accuracy), [0, 0.5, 0, 0, 0.5]);
 * ```
 */
export function baselines(training: Groups, truth: Groups): Baselines {
  const shares = groupShares(truth);
  return {
    baseline: baseline(training, truth),
    constants: AGE_GROUPS.map(({ group, name }) => ({ name, accuracy: shares[group]! })),
  };
}
