/** Confidence intervals of measured values. */
import { ascending, quantileSorted, range } from "d3";
import { createRandom, type Random } from "@/base/random.ts";

export interface Interval {
  value: number;
  low: number;
  high: number;
}

/** Confidence of the intervals. */
const LEVEL = 0.95;

export interface Bootstrap {
  /** The same seed gives the same draws for every statistic, so that networks are compared on the same photos. */
  seed: number;
  draws?: number;
  /** The subject of each photo, to resample whole subjects; a photo of null is a subject of its own. */
  cluster?: readonly (string | number | null)[];
}

/** How often each photo counts, as a bootstrap draws them. */
export type Times = ArrayLike<number>;

/**
 * The 95% percentile bootstrap interval of a statistic of `n` photos (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 13): photos, or whole persons where `cluster` tells them, are drawn with replacement. Photos
 * of one person are alike, so that drawing photos would make it too narrow; so does a mere handful of persons.
 *
 * @param statistic the value from how often each photo counts, `[n]`; the list is used again for the next draw. Draws
 * of which it is not a number, such as the recall of a group that was not drawn, are left out
 * @throws {RangeError} if there are no photos, not one cluster a photo, or less than one draw
 *
 * @example The mean of 1, 2 and 3
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const mean = ([one, two, three]: Uint32Array) => (one! + 2 * two! + 3 * three!) / 3;
 * const { value, low, high } = bootstrapInterval(mean, 3, { seed: 7 });
 * ok(value === 2 && 1 <= low && low < 2 && 2 < high && high <= 3);
 * ```
 */
export function bootstrapInterval(
  statistic: (times: Uint32Array) => number,
  n: number,
  { seed, draws = 1000, cluster }: Bootstrap,
): Interval {
  checkBootstrap(n, draws, cluster);
  const random = createRandom(seed, "bootstrap");
  const draw = cluster ? clusterDraw(cluster) : photoDraw;
  const times = new Uint32Array(n).fill(1);
  const value = statistic(times);
  const drawn = range(draws).map(() => statistic(draw(times.fill(0), random)));
  const values = drawn.filter((one) => !Number.isNaN(one)).sort(ascending);
  const at = (share: number) => quantileSorted(values, share) ?? NaN;
  return { value, low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2) };
}

/** The mean of values, one a photo, with its {@linkcode bootstrapInterval}. */
export function meanInterval(values: readonly number[], options: Bootstrap): Interval {
  return bootstrapInterval((times) => weightedMean(values, times), values.length, options);
}

/** The mean of values, each counted so often. */
export function weightedMean(values: readonly number[], times: Times): number {
  let total = 0, count = 0;
  for (let k = 0; k < values.length; k++) {
    total += times[k]! * values[k]!;
    count += times[k]!;
  }
  return total / count;
}

/** Resamples the photos, and counts how often each is drawn. */
function photoDraw(times: Uint32Array, random: Random): Uint32Array {
  const n = times.length;
  for (let k = 0; k < n; k++) times[Math.floor(random() * n)]! += 1;
  return times;
}

/** Resamples whole subjects, each with all photos. */
function clusterDraw(cluster: readonly (string | number | null)[]): typeof photoDraw {
  const photos = range(cluster.length);
  const persons = [...Map.groupBy(photos, (k) => cluster[k] ?? Symbol("alone")).values()];
  return (times, random) => {
    for (let drawn = 0; drawn < persons.length; drawn++) {
      for (const k of persons[Math.floor(random() * persons.length)]!) times[k]! += 1;
    }
    return times;
  };
}

function checkBootstrap(n: number, draws: number, cluster?: readonly unknown[]) {
  const check = (isRight: boolean, what: string) => {
    if (!isRight) throw new RangeError(`Cannot bootstrap: ${what}`);
  };
  check(Number.isInteger(n) && n > 0, `${n} photos are given, one at least is needed`);
  check(
    Number.isInteger(draws) && draws > 0,
    `${draws} draws are asked for, one at least is needed`,
  );
  const { length } = cluster ?? { length: n };
  check(length === n, `${length} photos have a cluster, but there are ${n}`);
}

/** The 97.5% quantile of the normal distribution, for intervals of 95% confidence. */
const Z = 1.959963984540054;

/**
 * The 95% interval of a share, `k` of `n`, by Wilson's score: sensible for few photos and for shares near 0 and 1. It
 * takes the photos for independent.
 *
 * Source: Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American
 * Statistical Association 22 (1927), 209-212.
 *
 * @throws {RangeError} if they are not whole numbers with 0 <= k <= n and n > 0
 *
 * @example None of ten
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const { low, high } = wilsonInterval(0, 10);
 * equal(low, 0);
 * equal(high.toFixed(3), "0.278");
 * ```
 */
export function wilsonInterval(k: number, n: number): Interval {
  if (!(Number.isInteger(k) && Number.isInteger(n) && 0 <= k && k <= n && n > 0)) {
    throw new RangeError(`Cannot give the interval of ${k} of ${n}: counts are whole, k at most n`);
  }
  const p = k / n, shrink = 1 + Z ** 2 / n;
  const middle = (p + Z ** 2 / (2 * n)) / shrink;
  const half = Z * Math.sqrt(p * (1 - p) / n + Z ** 2 / (4 * n ** 2)) / shrink;
  // at the ends of the scale the formula gives 0 and 1, but for the last digit
  return { value: p, low: k === 0 ? 0 : middle - half, high: k === n ? 1 : middle + half };
}
