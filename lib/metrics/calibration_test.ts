import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { createRandom } from "@/base/random.ts";
import { rangeOf, setOf, temper } from "@/metrics/answer.ts";
import {
  conformalThresholds,
  fitTemperature,
  fitYearRange,
  measureCalibration,
  measureSets,
  reliabilityBins,
} from "./calibration.ts";

/** Probabilities of the first two groups. */
function two(share: number): number[] {
  return [share, 1 - share, 0, 0, 0];
}

function near(actual: number, expected: number, tolerance = 1e-9) {
  ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

const NOBODY = [null, null, null, null];

// Brier score and log loss as scikit-learn 1.7 gives them:
//   p = [[.7, .2, .1, 0, 0], [.1, .6, .1, .1, .1], [.2, .2, .2, .2, .2], [0, .1, .1, .5, .3]], y = [0, 1, 2, 4]
const ROWS = [
    [0.7, 0.2, 0.1, 0, 0],
    [0.1, 0.6, 0.1, 0.1, 0.1],
    [0.2, 0.2, 0.2, 0.2, 0.2],
    [0, 0.1, 0.1, 0.5, 0.3],
  ],
  TRUTH = [0, 1, 2, 4];

Deno.test("measureCalibration() gives scikit-learn's Brier score and log loss", () => {
  const { brier, negativeLogLikelihood } = measureCalibration(ROWS, TRUTH, NOBODY, { seed: 7 });
  near(brier.value, (0.14 + 0.2 + 0.8 + 0.76) / 4);
  near(negativeLogLikelihood.value, -(Math.log(0.7 * 0.6 * 0.2 * 0.3)) / 4);
  ok(brier.low <= brier.value && brier.value <= brier.high);
});

/**
 * Ten photos, some of them drawn more than once or not at all, and what scikit-learn 1.9.1 says of them:
 *
 *     p, y, w = np.array(ROWS), np.array(TRUTH), np.array(TIMES)
 *     log_loss(y, p, labels=range(5), sample_weight=w)
 *     brier_score_loss(y, p, labels=range(5), scale_by_half=False, sample_weight=w)
 *     accuracy_score(y, p.argmax(axis=1), sample_weight=w)
 *     calibration_curve(p.argmax(axis=1) == y, p.max(axis=1), n_bins=2, strategy="quantile")
 */
const TEN = {
  rows: [
    [0.7, 0.2, 0.1, 0, 0],
    [0.1, 0.6, 0.1, 0.1, 0.1],
    [0.2, 0.2, 0.2, 0.2, 0.2],
    [0, 0.1, 0.1, 0.5, 0.3],
    [0.05, 0.05, 0.8, 0.05, 0.05],
    [0.1, 0.1, 0.35, 0.25, 0.2],
    [0.02, 0.08, 0.1, 0.6, 0.2],
    [0.4, 0.3, 0.1, 0.1, 0.1],
    [0, 0, 0.2, 0.3, 0.5],
    [0.05, 0.55, 0.3, 0.05, 0.05],
  ],
  truth: [0, 1, 2, 4, 2, 3, 3, 1, 4, 2],
  times: [2, 0, 1, 3, 1, 0, 1, 1, 0, 1],
};

Deno.test("measureCalibration() agrees with scikit-learn on ten photos", () => {
  const { rows, truth } = TEN, nobody = truth.map(() => null);
  const found = measureCalibration(rows, truth, nobody, { seed: 7 });
  near(found.negativeLogLikelihood.value, 0.8902267609876668);
  near(found.brier.value, 0.47718);
  near(found.accuracy.value, 0.5);
});

Deno.test("measureCalibration() of photos drawn more than once agrees with scikit-learn's weights", () => {
  const drawn = TEN.times.flatMap((times, k) => Array<number>(times).fill(k));
  const rows = drawn.map((k) => TEN.rows[k]!), truth = drawn.map((k) => TEN.truth[k]!);
  const found = measureCalibration(rows, truth, truth.map(() => null), { seed: 7 });
  near(found.negativeLogLikelihood.value, 0.9076620997021447);
  near(found.brier.value, 0.51068);
});

Deno.test("reliabilityBins() agree with scikit-learn's calibration curve of equally many photos", () => {
  const bins = reliabilityBins(TEN.rows, TEN.truth, { bins: 2 });
  deepEqual(bins.map(({ photos, accuracy }) => [photos, accuracy]), [[5, 0.2], [5, 0.8]]);
  near(bins[0]!.confidence, 0.39);
  near(bins[1]!.confidence, 0.65);
});

Deno.test("measureCalibration() has the calibration error that one reckons by hand", () => {
  // 30 photos make 15 bins of two: confidence 0.50 and 0.51, 0.52 and 0.53, ... to 0.78 and 0.79, and of each two
  // the surer one is right. Bin j of 0 to 14 is right in 0.5 and sure in 0.505 + 0.02 j, so off by 0.005 + 0.02 j:
  // 0.005 + 0.02 * 7 = 0.145 on average
  const rows = Array.from({ length: 30 }, (_, k) => two(0.5 + k / 100));
  const truth = rows.map((_, k) => Number(k % 2 === 0)), nobody = rows.map(() => null);
  near(measureCalibration(rows, truth, nobody, { seed: 7 }).calibrationError.value, 0.145);
});

Deno.test("measureCalibration() takes rounded probabilities as they are", () => {
  // sure and right; sure and wrong; nothing above one half, the truth in group 0, and in group 2
  const rows = [[0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]];
  const found = measureCalibration(rows, [1, 2, 0, 2], NOBODY, { seed: 7 });
  equal(found.accuracy.value, 2 / 4); // five zeros are read as group 0
  equal(found.brier.value, (0 + 2 + 1 + 1) / 4);
  near(found.negativeLogLikelihood.value, 3 * -Math.log(1e-7) / 4);
  // each photo is a bin: off by 0 and 1 for certainty 1, by 1 and 0 for certainty 0
  equal(found.calibrationError.value, (0 + 1 + 1 + 0) / 4);
});

Deno.test("measureCalibration() finds no error where confidence is accuracy", () => {
  // a network that has learned nothing answers all photos alike, in whatever order they lie
  for (const truth of [[0, 0, 0, 1], [1, 0, 0, 0]]) {
    const rows = truth.map(() => two(0.75));
    near(measureCalibration(rows, truth, NOBODY, { seed: 7 }).calibrationError.value, 0);
    deepEqual(reliabilityBins(rows, truth).map(({ photos, accuracy }) => [photos, accuracy]), [[
      ...[4, 0.75],
    ]]);
  }
});

Deno.test("reliabilityBins() have equally many photos, the least confident first", () => {
  const rows = [0.9, 0.6, 0.8, 0.7].map(two);
  const bins = reliabilityBins(rows, [0, 1, 0, 0], { bins: 2 });
  deepEqual(bins.map(({ photos }) => photos), [2, 2]);
  deepEqual(bins.map(({ accuracy }) => accuracy), [0.5, 1]);
  near(bins[0]!.confidence, 0.65);
});

Deno.test("reliabilityBins() count each photo as often as it was drawn", () => {
  const rows = [0.9, 0.6].map(two);
  deepEqual(
    reliabilityBins(rows, [0, 1], { bins: 1, times: [3, 0] }).map((
      { photos, accuracy },
    ) => [photos, accuracy]),
    [[3, 1]],
  );
});

Deno.test("fitTemperature() finds the temperature that made probabilities too sure", () => {
  const random = createRandom(7, "test"), truth: number[] = [], rows: number[][] = [];
  for (let k = 0; k < 4000; k++) {
    const share = random();
    truth.push(random() < share ? 0 : 1);
    rows.push(temper(two(share), 0.5)); // twice too sure
  }
  near(fitTemperature(rows, truth), 2, 0.1);
});

Deno.test("fitTemperature() stays finite where a network is always right, or never", () => {
  ok(fitTemperature([two(0.9)], [0]) < 0.06);
  ok(fitTemperature([two(0.9)], [1]) > 1);
});

Deno.test("conformalThresholds() are the k-th smallest probability, k = floor((n + 1) / 10)", () => {
  const rows = Array.from({ length: 19 }, (_, k) => two((k + 1) / 20));
  const thresholds = conformalThresholds(rows, rows.map(() => 0), 0.9);
  near(thresholds[0]!, 0.1); // the second of 19
  deepEqual(thresholds.slice(1), [0, 0, 0, 0]); // groups without photos are never left out
});

Deno.test("conformalThresholds() put a group of eight photos into every set at 90%", () => {
  const rows = Array.from({ length: 8 }, () => two(0.9));
  equal(conformalThresholds(rows, rows.map(() => 0), 0.9)[0], 0);
});

Deno.test("sets hold the truth of new photos as often as promised, in each group", () => {
  const random = createRandom(7, "sets");
  const draw = (count: number) => {
    const truth = Array.from({ length: count }, () => Math.floor(random() * 2));
    const rows = truth.map((group) => two(group === 0 ? random() ** 0.5 : random() ** 3));
    return { truth, rows };
  };
  const fitted = draw(2000), tested = draw(2000);
  const thresholds = conformalThresholds(fitted.rows, fitted.truth, 0.9);
  const held = tested.rows.map((row, k) => setOf(row, thresholds).includes(tested.truth[k] as 0));
  for (const group of [0, 1]) {
    const own = held.filter((_, k) => tested.truth[k] === group);
    ok(own.filter(Boolean).length / own.length > 0.88);
  }
});

Deno.test("sets of groups are those that one reckons by hand", () => {
  // nine photos of group 0 and 29 of group 1: at 90%, k is floor(10 / 10) = 1 and floor(30 / 10) = 3
  const zero = [0.35, 0.4, 0.5, 0.6, 0.7, 0.7, 0.8, 0.9, 0.95].map(two);
  const one = Array.from({ length: 29 }, (_, k) => two(1 - (k + 1) / 30)); // group 1: 1/30, 2/30, ...
  const truth = [...zero.map(() => 0), ...one.map(() => 1)];
  const thresholds = conformalThresholds([...zero, ...one], truth, 0.9);
  near(thresholds[0]!, 0.35);
  near(thresholds[1]!, 0.1);
  // 0.95, 0.05: {0}; 0.5, 0.5: {0, 1}; 0.3, 0.7: {1}; groups without photos have the threshold 0: they are in all
  const tested = [0.95, 0.5, 0.3].map(two), sets = tested.map((row) => setOf(row, thresholds));
  deepEqual(sets, [[0, 2, 3, 4], [0, 1, 2, 3, 4], [1, 2, 3, 4]]);
  const { coverage, size, byGroup } = measureSets(
    tested,
    [0, 1, 0],
    thresholds,
    [null, null, null],
    { seed: 7 },
  );
  near(coverage.value, 2 / 3); // the third photo is of group 0
  near(size, (4 + 5 + 4) / 3);
  deepEqual(byGroup.slice(0, 2).map(({ coverage }) => coverage?.value), [1 / 2, 1]);
});

Deno.test("measureSets() tells coverage and size, by group too", () => {
  const rows = [two(0.9), two(0.6)], thresholds = [0.5, 0.5, 1, 1, 1];
  const sets = measureSets(rows, [0, 1], thresholds, [null, null], { seed: 7 });
  equal(sets.coverage.value, 0.5);
  equal(sets.size, 1);
  deepEqual(sets.byGroup.map(({ coverage }) => coverage?.value), [
    1,
    0,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("measureSets() bootstraps over persons", () => {
  const rows = [two(0.9), two(0.6), two(0.9), two(0.6)], truth = [0, 1, 0, 1];
  const measured = (subjects: (string | null)[]) =>
    measureSets(rows, truth, [0.5, 0.5, 1, 1, 1], subjects, { seed: 7 }).coverage;
  deepEqual(measured(["ann", "ann", "ann", "ann"]), { value: 0.5, low: 0.5, high: 0.5 });
  ok(measured([null, null, null, null]).low < 0.5);
});

Deno.test("fitYearRange() makes ranges that hold the truth so often", () => {
  const random = createRandom(7, "years");
  const even = Array.from({ length: 100 }, () => 0.01); // says nothing: the truth is anywhere
  const ages = Array.from({ length: 1000 }, () => Math.floor(random() * 100));
  const range = fitYearRange(ages.map(() => even), ages, 0.8)!;
  const { from, to } = rangeOf(even, range);
  near((to - from + 1) / 100, 0.8, 0.04);
});

Deno.test("fitYearRange() leaves out photos without a year, and gives nothing for too few", () => {
  equal(fitYearRange([[1, 0]], [null], 0.8), null);
  equal(fitYearRange([[1, 0], [1, 0]], [0, 0], 0.8), null);
  deepEqual(fitYearRange([[1, 0], [1, 0], [1, 0], [1, 0]], [0, 0, 0, 0], 0.8), {
    low: 0.5,
    high: 0.5,
  });
});

Deno.test("calibration refuses no photos, unequal lengths, and a coverage beyond 0 and 1", () => {
  throws(() => fitTemperature([], []), /0 answers against 0 labels/);
  throws(() => reliabilityBins([two(1)], [0, 1]), /1 answers against 2 labels/);
  throws(() => conformalThresholds([two(1)], [0], 1), /coverage is 1/);
});
