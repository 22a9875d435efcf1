/** Summary statistics. */
import { mean, quantileSorted, sort } from "d3";

/**
 * Computes the spread of values, by quantiles (linear between neighbours).
 *
 * @throws {RangeError} if there are no values
 *
 * @example Three values
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(spread([60, 400, 100]).median, 100);
 * ```
 */
export function spread(values: readonly number[]) {
  if (values.length === 0) throw new RangeError("Cannot compute the spread of no values");
  const sorted = sort(values);
  const at = (share: number) => quantileSorted(sorted, share)!;
  return { smallest: at(0), "5%": at(0.05), median: at(0.5), "95%": at(0.95), largest: at(1) };
}

/**
 * Computes the mean absolute difference of two lists of equal length.
 *
 * @throws {RangeError} if the lengths differ or are zero
 *
 * @example Differences of two and of none
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(meanDifference([10, 20], [12, 20]), 1);
 * ```
 */
export function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(`Cannot compare ${a.length} values with ${b.length}`);
  }
  return mean(Array.from(a, (value, k) => Math.abs(value - b[k]!)))!;
}
