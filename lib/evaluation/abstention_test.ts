import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { accuracyByCoverage, riskCoverageArea } from "@/evaluation/abstention.ts";

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
