/** Calibration: confidence against accuracy, the temperature that mends it, and sets and ranges that hold the truth. */
import { ascending, mean, range, sort, sum } from "d3";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { bootstrapInterval, type Interval, meanInterval, type Times } from "@/metrics/interval.ts";
import { LEAST, middleShares, mostProbable, setOf, temper } from "@/metrics/answer.ts";
import type { Groups, Probabilities } from "@/metrics/metrics.ts";

/** Bins of the calibration error. */
const BINS = 15;

/** A bin of a reliability diagram: photos of about the same confidence. */
export interface ReliabilityBin {
  photos: number;
  /** The mean probability of the predicted group. */
  confidence: number;
  /** The share of the photos predicted correctly. */
  accuracy: number;
}

/**
 * Bins photos by confidence into bins of equally many photos, the least confident first; into one if all are as
 * confident.
 *
 * @param times how often each photo counts; once unless told
 * @throws {RangeError} if there is not one group per photo, or no photo
 */
export function reliabilityBins(
  probabilities: Probabilities,
  truth: Groups,
  { bins = BINS, times }: { bins?: number; times?: Times } = {},
): ReliabilityBin[] {
  return binsOf(byConfidence(score(probabilities, truth)), bins, times);
}

type Scored = ReturnType<typeof score>[number];

function score(probabilities: Probabilities, truth: Groups) {
  requireSameLength(probabilities, truth);
  return probabilities.map((row, photo) => (
    { photo, confidence: Math.max(...row), correct: Number(mostProbable(row) === truth[photo]) }
  ));
}

function byConfidence(photos: readonly Scored[]): Scored[] {
  return sort(photos, ({ confidence }) => confidence);
}

function binsOf(photos: readonly Scored[], most: number, times?: Times): ReliabilityBin[] {
  // a network that answers all photos alike has one bin: of more, only the order of the photos would tell
  const bins = photos[0]!.confidence === photos.at(-1)!.confidence ? 1 : most;
  const weight = ({ photo }: Scored) => times ? times[photo]! : 1, total = sum(photos, weight);
  const sums = range(bins).map(() => ({ photos: 0, confidence: 0, accuracy: 0 }));
  let before = 0;
  for (const photo of photos) {
    const own = weight(photo), bin = sums[Math.min(bins - 1, Math.floor(before * bins / total))]!;
    bin.photos += own;
    bin.confidence += own * photo.confidence;
    bin.accuracy += own * photo.correct;
    before += own;
  }
  return sums.filter(({ photos }) => photos > 0).map(({ photos, confidence, accuracy }) => (
    { photos, confidence: confidence / photos, accuracy: accuracy / photos }
  ));
}

/** Measures of calibration, each with its 95% interval. */
export interface Calibration {
  /** The share of the photos whose most probable group (of equals, the first) is the true one. */
  accuracy: Interval;
  /**
   * The expected calibration error: the mean distance of confidence and accuracy over 15 bins of equally many photos.
   * Noise alone keeps it above 0, and a bootstrap's draws above the value itself.
   */
  calibrationError: Interval;
  /** The mean squared distance of the five probabilities from the truth, 0 to 2, as scikit-learn has it. */
  brier: Interval;
  /** The mean negative logarithm of the true group's probability, scikit-learn's log loss. */
  negativeLogLikelihood: Interval;
}

/**
 * Measures calibration: expected calibration error with bins of equal mass (Nixon et al., "Measuring Calibration in
 * Deep Learning", 2019), Brier score, and negative log likelihood, in which a true group of probability 0 counts as 1e-7.
 * The intervals are bootstrapped over persons where they are known. Rows need not sum to 1.
 *
 * @throws {RangeError} if there is not one group per photo, or no photo
 *
 * @example Sure and correct
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const { brier } = measureCalibration([[1, 0, 0, 0, 0]], [0], [null], { seed: 7 });
 * equal(brier.value, 0);
 * ```
 */
export function measureCalibration(
  probabilities: Probabilities,
  truth: Groups,
  subjects: readonly (string | null)[],
  { seed }: { seed: number },
): Calibration {
  const scored = score(probabilities, truth);
  const squares = probabilities.map((row, k) => (
    sum(row, (share, group) => (share - Number(group === truth[k])) ** 2)
  ));
  const losses = probabilities.map((row, k) => -Math.log(Math.max(row[truth[k]!]!, LEAST)));
  const error = calibrationErrorOf(probabilities, truth), options = { seed, cluster: subjects };
  return {
    accuracy: meanInterval(scored.map(({ correct }) => correct), options),
    calibrationError: bootstrapInterval(error, truth.length, options),
    brier: meanInterval(squares, options),
    negativeLogLikelihood: meanInterval(losses, options),
  };
}

/** The expected calibration error ({@linkcode Calibration}) as a statistic of how often each photo counts. */
export function calibrationErrorOf(probabilities: Probabilities, truth: Groups) {
  const sorted = byConfidence(score(probabilities, truth));
  const distance = (bin: ReliabilityBin) => bin.photos * Math.abs(bin.confidence - bin.accuracy);
  return (times: Times) => {
    const bins = binsOf(sorted, BINS, times);
    return sum(bins, distance) / sum(bins, ({ photos }) => photos);
  };
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Finds the temperature at which the negative log likelihood is least (Guo et al., "On Calibration of Modern Neural
 * Networks", 2017), by golden section search.
 *
 * @returns 0.05 to 20; above 1 if the probabilities are too sure
 * @throws {RangeError} if there is not one group per photo, or no photo
 *
 * @example Sure to 90%, right in three of four
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const rows = Array.from({ length: 4 }, () => [0.9, 0.1, 0, 0, 0]);
 * ok(Math.abs(fitTemperature(rows, [0, 0, 0, 1]) - 2) < 0.1); // 3 to 1 is the root of 9 to 1
 * ```
 */
export function fitTemperature(probabilities: Probabilities, truth: Groups): number {
  requireSameLength(probabilities, truth);
  const loss = (logarithm: number) => {
    const temperature = Math.exp(logarithm);
    return -sum(probabilities, (row, k) => Math.log(temper(row, temperature)[truth[k]!]!));
  };
  let low = Math.log(0.05), high = Math.log(20);
  while (high - low > 1e-4) {
    const step = GOLDEN * (high - low), a = high - step, b = low + step;
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

/**
 * The thresholds of split conformal prediction: of new photos of a group, at least `coverage` are expected to give it a
 * probability of its threshold or more. A group of too few photos gets 0, so that it is in every set.
 *
 * Source: V. Vovk, "Conditional validity of inductive conformal predictors" (2012): of n photos of a group, the
 * threshold is the k-th smallest probability with k = floor((n + 1) (1 - coverage)).
 *
 * @throws {RangeError} if there is not one group per photo, no photo, or the coverage is not between 0 and 1
 *
 * @example Three photos of a group, half of which are to be covered
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const rows = [0.2, 0.6, 0.9].map((share) => [share, 1 - share, 0, 0, 0]);
 * equal(conformalThresholds(rows, [0, 0, 0], 0.5)[0], 0.6);
 * ```
 */
export function conformalThresholds(
  probabilities: Probabilities,
  truth: Groups,
  coverage: number,
): number[] {
  requireSameLength(probabilities, truth);
  requireCoverage(coverage);
  return AGE_GROUPS.map(({ group }) => {
    const own = probabilities.filter((_, k) => truth[k] === group).map((row) => row[group]!);
    const left = Math.floor((own.length + 1) * (1 - coverage) + 1e-9);
    return left === 0 ? 0 : own.sort(ascending)[left - 1]!;
  });
}

/** The coverage of sets: the share that holds the truth. `size` is the number of groups in a set, on average. */
export type SetCoverage = ReturnType<typeof measureSets>;

/**
 * Measures how often sets of groups hold the truth, over all photos and over those of each group, and how large they
 * are. The intervals are bootstrapped over persons where they are known.
 *
 * @throws {RangeError} if there is not one group per photo, or no photo
 *
 * @example Two photos, of which one set holds the truth
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const rows = [[0.6, 0.4, 0, 0, 0], [0.9, 0.1, 0, 0, 0]], thresholds = [0.3, 0.3, 0.3, 0.3, 0.3];
 * const { coverage, size } = measureSets(rows, [1, 1], thresholds, [null, null], { seed: 7 });
 * deepEqual([coverage.value, size], [0.5, 1.5]);
 * ```
 */
export function measureSets(
  probabilities: Probabilities,
  truth: Groups,
  thresholds: readonly number[],
  subjects: readonly (string | null)[],
  { seed }: { seed: number },
) {
  requireSameLength(probabilities, truth);
  const sets = probabilities.map((row) => setOf(row, thresholds));
  const held = sets.map((set, k) => Number(set.includes(truth[k]! as AgeGroup)));
  const share = (photos: readonly number[]) => {
    const cluster = photos.map((k) => subjects[k]!);
    return meanInterval(photos.map((k) => held[k]!), { seed, cluster });
  };
  const photos = range(sets.length);
  return {
    coverage: share(photos),
    size: mean(sets, ({ length }) => length)!,
    byGroup: AGE_GROUPS.map(({ group, name }) => {
      const own = photos.filter((k) => truth[k] === group);
      return { group: name, photos: own.length, coverage: own.length ? share(own) : null };
    }),
  };
}

/**
 * The shares of a distribution over years between which the truth lies in `coverage` of the photos, as far below one
 * half as above it (V. Chernozhukov et al., "Distributional conformal prediction", 2021); null if too few are known.
 *
 * @param years a distribution over the years from 0, a photo
 * @param ages the true years; null where they are not known
 * @throws {RangeError} if there is not one age per photo, or the coverage is not between 0 and 1
 */
export function fitYearRange(
  years: readonly (readonly number[])[],
  ages: readonly (number | null)[],
  coverage: number,
): { low: number; high: number } | null {
  requireSameLength(years, ages);
  requireCoverage(coverage);
  const distances = years.flatMap((row, k) => {
    const age = ages[k]!;
    return age === null ? [] : [Math.abs(middleShares(row)[Math.min(age, row.length - 1)]! - 0.5)];
  }).sort(ascending);
  const rank = Math.ceil((distances.length + 1) * coverage - 1e-9), distance = distances[rank - 1];
  return distance === undefined ? null : { low: 0.5 - distance, high: 0.5 + distance };
}

function requireSameLength(rows: ArrayLike<unknown>, truth: ArrayLike<unknown>): void {
  if (rows.length === truth.length && rows.length > 0) return;
  throw new RangeError(
    `Cannot measure ${rows.length} answers against ${truth.length} labels: each photo has one of each, ` +
      "and one photo at least is needed",
  );
}

function requireCoverage(coverage: number): void {
  if (0 < coverage && coverage < 1) return;
  throw new RangeError(`The coverage is ${coverage}: it lies between 0 and 1, such as 0.9`);
}
