import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { createRandom } from "@/base/random.ts";
import { rangeOf, setOf, temper } from "@/model/answer.ts";
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

Deno.test("measureCalibration() finds no error where confidence is accuracy", () => {
  const rows = Array.from({ length: 4 }, () => two(0.75));
  const { calibrationError } = measureCalibration(rows, [0, 0, 0, 1], NOBODY, { seed: 7 });
  ok(calibrationError.value >= 0); // each photo is a bin of its own: the bias of few photos
  const many = Array.from({ length: 1500 }, () => two(0.75));
  const truth = many.map((_, k) => Number(k % 4 === 3));
  const nobody = many.map(() => null);
  near(measureCalibration(many, truth, nobody, { seed: 7 }).calibrationError.value, 0, 0.01);
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

Deno.test("measureSets() tells coverage and size, by group too", () => {
  const sets = measureSets([two(0.9), two(0.6)], [0, 1], [0.5, 0.5, 1, 1, 1], { seed: 7 });
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
