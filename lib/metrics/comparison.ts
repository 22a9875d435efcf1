/**
 * The comparison of two networks on the same photos. Their intervals may overlap though one is better on nearly every
 * draw, as both are right and wrong about much the same photos: so the difference is measured, on the same draws.
 */
import { range } from "d3";
import { accuracy, balancedAccuracy, type Groups } from "@/metrics/metrics.ts";
import { bootstrapInterval } from "@/metrics/interval.ts";

/** The differences of two networks on the same photos: the first less the second, 0.01 a percentage point. */
export type Comparison = ReturnType<typeof compare>;

/**
 * Compares the predictions of two networks for the same photos: paired bootstrap of the differences, over
 * persons where they are known, and McNemar's test of the photos that only one of them classified correctly.
 *
 * @throws {RangeError} if there are no photos, or not one prediction of each network a photo
 *
 * @example The first is right once more
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const truth = [0, 1, 2, 3], subjects = ["ann", "ben", "eva", "max"];
 * const { accuracy, discordant } = compare(truth, [0, 1, 2, 0], [0, 1, 0, 0], subjects, { seed: 7 });
 * equal(accuracy.value, 0.25);
 * equal(discordant.onlyFirst, 1);
 * ```
 */
export function compare(
  truth: Groups,
  first: Groups,
  second: Groups,
  subjects: readonly (string | null)[],
  { seed }: { seed: number },
) {
  if (truth.length !== first.length || truth.length !== second.length) {
    throw new RangeError(
      `Cannot compare ${first.length} and ${second.length} predictions for ${truth.length} photos`,
    );
  }
  const difference = (statistic: typeof accuracy) => {
    const onDraw = (times: Uint32Array) =>
      statistic(truth, first, times) - statistic(truth, second, times);
    return bootstrapInterval(onDraw, truth.length, { seed, cluster: subjects });
  };
  return {
    accuracy: difference(accuracy),
    balancedAccuracy: difference(balancedAccuracy),
    discordant: mcNemar(truth, first, second),
  };
}

/**
 * McNemar's test, exact and two-sided: of the photos about which exactly one network is right, each is as
 * likely to be right if they are equally good. It takes the photos for independent.
 *
 * Source: Q. McNemar, Note on the sampling error of the difference between correlated proportions or
 * percentages, Psychometrika 12 (1947), 153-157.
 */
export function mcNemar(truth: Groups, first: Groups, second: Groups) {
  const onlyRight = (one: Groups, other: Groups) =>
    range(truth.length).filter((k) => one[k] === truth[k] && other[k] !== truth[k]).length;
  const onlyFirst = onlyRight(first, second), onlySecond = onlyRight(second, first);
  const p = fairCoin(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond);
  return { onlyFirst, onlySecond, p };
}

/** Computes the probability that a fair coin, thrown `n` times, shows one of its sides at most `least` times. */
function fairCoin(least: number, n: number): number {
  let logarithm = -n * Math.LN2, sum = 0; // of the probability of k heads, by logarithms as it may be tiny
  for (let k = 0; k <= least; k++) {
    sum += Math.exp(logarithm);
    logarithm += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * sum);
}
