import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { accuracyByCoverage, measureAbstention, riskCoverageArea } from "@/metrics/abstention.ts";

/** The answer group 0 with so much certainty. */
const sure = (certainty: number) => [certainty, 1 - certainty, 0, 0, 0];

function isNear(actual: number, expected: number) {
  ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

Deno.test("accuracyByCoverage() answers the most certain photos first", () => {
  const rows = accuracyByCoverage([1, 0, 0, 1], [0.6, 0.7, 0.9, 0.8].map(sure));
  deepEqual(rows, [
    { coverage: 0.25, accuracy: 1, threshold: 0.9 },
    { coverage: 0.5, accuracy: 1 / 2, threshold: 0.8 },
    { coverage: 0.75, accuracy: 2 / 3, threshold: 0.7 },
    { coverage: 1, accuracy: 2 / 4, threshold: 0.6 },
  ]);
});

Deno.test("accuracyByCoverage() cannot tell apart photos of the same certainty", () => {
  const rows = accuracyByCoverage([0, 1, 0], [0.8, 0.8, 0.6].map(sure));
  deepEqual(rows.map(({ coverage }) => coverage), [2 / 3, 1]);
});

Deno.test("riskCoverageArea() is 0 if all is right, and 1 if all is wrong", () => {
  const rows = [0.9, 0.8].map(sure);
  equal(riskCoverageArea([0, 0], rows), 0);
  equal(riskCoverageArea([1, 1], rows), 1);
});

Deno.test("riskCoverageArea() is smaller if the errors are the less certain answers", () => {
  const rows = [0.9, 0.8, 0.7, 0.6].map(sure);
  equal(riskCoverageArea([0, 0, 0, 1], rows), 1 / 16);
  ok(riskCoverageArea([1, 0, 0, 0], rows) > 0.5);
});

Deno.test("riskCoverageArea() is the mean risk that one reckons by hand", () => {
  // right, wrong, right, wrong from the surest on: of one, two, three, four answers 0, 1/2, 1/3, 2/4 are wrong
  const four = [0.9, 0.8, 0.7, 0.6].map(sure);
  isNear(riskCoverageArea([0, 1, 0, 1], four), (0 + 1 / 2 + 1 / 3 + 2 / 4) / 4);
  // two of the same certainty, one of them wrong, count as half a mistake each: 0, 0.5 of 2, 1 of 3
  const tied = [0.9, 0.8, 0.8].map(sure);
  isNear(riskCoverageArea([0, 1, 0], tied), (0 + 0.5 / 2 + 1 / 3) / 3);
});

Deno.test("riskCoverageArea() is the error rate if all answers are equally certain, in any order", () => {
  const rows = [0.8, 0.8, 0.8, 0.8].map(sure);
  for (const truth of [[1, 0, 0, 0], [0, 0, 0, 1]]) equal(riskCoverageArea(truth, rows), 0.25);
});

Deno.test("certainty needs photos, and a row of probabilities for each", () => {
  throws(() => accuracyByCoverage([], []), RangeError);
  throws(() => riskCoverageArea([0, 1], [sure(0.9)]), /1 answers to 2 photos/);
});

Deno.test("riskCoverageArea() counts each photo as often as it was drawn", () => {
  const sure = [0.9, 0.1, 0, 0, 0], unsure = [0.6, 0.4, 0, 0, 0], least = [0.5, 0.3, 0.2, 0, 0];
  const drawn = riskCoverageArea([0, 1, 1], [sure, unsure, least], [2, 1, 0]);
  equal(drawn, riskCoverageArea([0, 0, 1], [sure, sure, unsure]));
  equal(drawn.toFixed(6), (1 / 9).toFixed(6)); // no error in two answers, one in three
});

Deno.test("measureAbstention() has accuracies at shares of the photos, and an area with its interval", () => {
  const rows = [0.9, 0.8, 0.7, 0.6].map((share) => [share, 1 - share, 0, 0, 0]);
  const { area, answered } = measureAbstention([0, 0, 0, 1], rows, [null, null, null, null], {
    seed: 7,
  });
  deepEqual(answered.map(({ coverage, accuracy }) => [coverage, accuracy.value]), [
    [1, 0.75],
    [1, 0.75],
    [0.75, 1],
    [0.5, 1],
  ]);
  equal(area.value, 1 / 16); // an error in four answers, none in fewer
  ok(area.low <= area.value && area.value <= area.high);
});
