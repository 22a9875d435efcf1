import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { compare, mcNemar } from "@/metrics/comparison.ts";

/** Predictions for photos of group 0 that are right or wrong as written. */
function predicted(marks: string): number[] {
  return [...marks].map((mark) => mark === "+" ? 0 : 1);
}

const alone = (n: number) => Array<null>(n).fill(null);

Deno.test("mcNemar() counts the photos that only one network classifies correctly", () => {
  const truth = Array(6).fill(0);
  const { onlyFirst, onlySecond } = mcNemar(truth, predicted("+++--+"), predicted("+--+-+"));
  deepEqual({ onlyFirst, onlySecond }, { onlyFirst: 2, onlySecond: 1 });
});

// 2 (C(n, 0) + ... + C(n, k)) / 2^n in exact fractions, n = k + the other
const CASES = [[0, 5, 0.0625], [2, 12, 0.012939453125], [5, 5, 1], [10, 30, 0.0022214337732293643]];

Deno.test("mcNemar() agrees with the binomial test", () => {
  for (const [right, wrong, p] of CASES) {
    const n = right! + wrong!, truth = Array(n).fill(0);
    const first = predicted("+".repeat(right!) + "-".repeat(wrong!));
    const second = predicted("-".repeat(right!) + "+".repeat(wrong!));
    ok(Math.abs(mcNemar(truth, first, second).p - p!) < 1e-9, `${right} against ${wrong}`);
  }
});

Deno.test("mcNemar() knows no difference where both are right and wrong alike", () => {
  equal(mcNemar([0, 0], [0, 1], [0, 1]).p, 1);
});

Deno.test("mcNemar() of thousands of photos stays a probability", () => {
  const truth = Array(6000).fill(0), none = Array(6000).fill(1);
  equal(mcNemar(truth, truth, none).p, 0); // 2 to the power of -5999
  const half = predicted("+-".repeat(3000)), other = predicted("-+".repeat(3000));
  equal(mcNemar(truth, half, other).p, 1);
});

Deno.test("compare() of a network with itself is 0, and surely so", () => {
  const { accuracy } = compare([0, 1, 2], [0, 1, 1], [0, 1, 1], alone(3), { seed: 7 });
  deepEqual(accuracy, { value: 0, low: 0, high: 0 });
});

Deno.test("compare() is surer of a difference than the networks' own intervals are", () => {
  const truth = Array(200).fill(0).map((_, k) => k % 5);
  const first = truth.map((group, k) => k % 2 ? group : (group + 1) % 5);
  const second = first.map((group, k) => k % 20 === 1 ? (group + 1) % 5 : group); // ten more are wrong
  const { accuracy, balancedAccuracy } = compare(truth, first, second, alone(200), { seed: 7 });
  ok(Math.abs(accuracy.value - 0.05) < 1e-12 && Math.abs(balancedAccuracy.value - 0.05) < 1e-12);
  ok(accuracy.low > 0 && accuracy.high < 0.1);
});

Deno.test("compare() draws whole persons: a difference in photos of one person is unsure", () => {
  const truth = Array(20).fill(0), second = truth.map((_, k) => k < 10 ? 1 : 0);
  const persons = truth.map((_, k) => k < 10 ? "ann" : `person ${k}`);
  const byPerson = compare(truth, truth, second, persons, { seed: 7 }).accuracy;
  equal(byPerson.low, 0); // some draws leave her out
  ok(compare(truth, truth, second, alone(20), { seed: 7 }).accuracy.low > 0.2);
});

Deno.test("compare() refuses lists of different lengths", () => {
  throws(() => compare([0, 1], [0], [0, 1], alone(2), { seed: 7 }), /1 and 2 predictions for 2/);
});
