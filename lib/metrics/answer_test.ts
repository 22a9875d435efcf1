import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  doubtsAbout,
  gapOf,
  meanOutput,
  medianOf,
  middleShares,
  rangeOf,
  readAnswer,
  setOf,
  temper,
} from "./answer.ts";
import { plainAnswer } from "@/model/model_card.ts";

const GROUPS = { kind: "groups", width: 5 } as const,
  YEARS = { kind: "years", width: 101 } as const;

/** A distribution over the years 0 to 100 from some of its shares. */
function years(shares: Record<number, number>): number[] {
  return Array.from({ length: 101 }, (_, year) => shares[year] ?? 0);
}

function near(actual: readonly number[], expected: readonly number[]) {
  actual.forEach((value, k) => ok(Math.abs(value - expected[k]!) < 1e-5, `${actual}`));
  equal(actual.length, expected.length);
}

Deno.test("readAnswer() sums years by group, and tells their median", () => {
  const output = years({ 6: 0.25, 7: 0.5, 14: 0.25 });
  const said = readAnswer(output, { output: YEARS, answer: plainAnswer(true) });
  near(said.probabilities, [0.25, 0.75, 0, 0, 0]);
  equal(said.group, 1);
  equal(said.years, 7);
  deepEqual([said.set, said.range, said.twoAges], [null, null, null]);
  deepEqual(doubtsAbout(said), []);
});

Deno.test("readAnswer() tells two ages where none between fits, and the years of the group's", () => {
  const read = (shares: Record<number, number>) =>
    readAnswer(years(shares), { output: YEARS, answer: plainAnswer(true) });
  const child = read({ 4: 0.15, 5: 0.3, 6: 0.15, 60: 0.4 });
  deepEqual([child.group, child.twoAges], [0, [5, 60]]);
  near([child.years!], [5]);
  deepEqual(doubtsAbout(child), ["two ages fit: about 5 and about 60 years"]);
  near([read({ 5: 0.3, 50: 0.2, 70: 0.5 }).years!], [69.5 + 0.15 / 0.5]);
});

Deno.test("readAnswer() tells years within the range, whatever the few unlikely ones are", () => {
  const answer = { ...plainAnswer(true), yearRange: { coverage: 0.8, low: 0.1, high: 0.9 } };
  const said = readAnswer(years({ 2: 0.3, 3: 0.4, 4: 0.25, 100: 0.05 }), { output: YEARS, answer });
  deepEqual(said.range, { from: 2, to: 4 });
  near([said.years!], [3]);
});

Deno.test("readAnswer() widens range and set as far as asked, and leaves the rest", () => {
  const answer = {
    ...plainAnswer(true),
    yearRange: { coverage: 0.8, low: 0.1, high: 0.9 },
    sets: { coverage: 0.9, thresholds: [0.2, 0.2, 0.2, 0.2, 0.2] },
  };
  const output = years({ 24: 0.04, 28: 0.14, 30: 0.64, 32: 0.14, 40: 0.04 });
  const read = (wider?: number) => readAnswer(output, { output: YEARS, answer }, wider);
  const { range, set, ...rest } = read(), { range: wide, set: large, ...same } = read(2);
  deepEqual([range, set], [{ from: 28, to: 32 }, [2]]);
  deepEqual([wide, large], [{ from: 26, to: 34 }, [2, 3]]);
  deepEqual(same, rest);
});

Deno.test("medianOf() is where half lies below, of a part too", () => {
  equal(medianOf([1]), 0);
  equal(medianOf([0, 0, 0.5, 0.5]), 2.5);
  equal(medianOf([0.1, 0, 0, 0.3]), 3 - 0.5 + 0.1 / 0.3);
});

Deno.test("gapOf() finds none where the years between are likely, or one side is not", () => {
  const even = years(Object.fromEntries(Array.from({ length: 60 }, (_, k) => [k, 1 / 60])));
  equal(gapOf(even), null);
  equal(gapOf(years({ 5: 0.81, 60: 0.19 })), null);
  equal(gapOf(years({ 5: 0.5, 14: 0.5 })), null); // within ten years
  equal(gapOf(years({ 5: 0.45, 30: 0.1, 40: 0.45 })), 11);
  equal(gapOf([1]), null);
});

Deno.test("readAnswer() favours groups by their weights before it tempers", () => {
  const answer = { ...plainAnswer(false), groupWeights: [1, 1, 1, 1, 9], temperature: 2 };
  const said = readAnswer([0.5, 0, 0, 0, 0.5], { output: GROUPS, answer });
  equal(said.group, 4);
  near([said.probabilities[4]! / said.probabilities[0]!], [3]); // the root of 9
});

Deno.test("readAnswer() of groups tells no years", () => {
  const answer = { ...plainAnswer(false), yearRange: { coverage: 0.8, low: 0.1, high: 0.9 } };
  const { years, range } = readAnswer([1, 0, 0, 0, 0], { output: GROUPS, answer });
  deepEqual([years, range], [null, null]);
});

Deno.test("readAnswer() refuses the output of another network, and of one that diverged", () => {
  const rules = { output: GROUPS, answer: plainAnswer(false) };
  throws(() => readAnswer([0.5, 0.5], rules), /a photo has 5 probabilities, but there are 2/);
  throws(() => readAnswer([NaN, 0, 0, 0, 0], rules), /some are no numbers/);
});

Deno.test("temper() keeps the order and the sum, and takes sureness away", () => {
  const tempered = temper([0.7, 0.2, 0.1, 0, 0], 3);
  near([tempered.reduce((a, b) => a + b)], [1]);
  deepEqual(tempered.toSorted((a, b) => b - a), tempered);
  ok(tempered[0]! < 0.7);
  near(temper([0.7, 0.2, 0.1], 1), [0.7, 0.2, 0.1]);
});

Deno.test("setOf() holds the most probable group even below its threshold", () => {
  deepEqual(setOf([0.1, 0.4, 0.3, 0.1, 0.1], [0.5, 0.5, 0.3, 0.2, 0]), [1, 2, 4]);
});

Deno.test("middleShares() are halfway up each year", () => {
  deepEqual(middleShares([0, 1, 0]), [0, 0.5, 1]);
});

Deno.test("rangeOf() holds the years between two shares, the median's at least", () => {
  const even = Array.from({ length: 10 }, () => 0.1);
  deepEqual(rangeOf(even, { low: 0.1, high: 0.9 }), { from: 1, to: 8 });
  deepEqual(rangeOf([0.25, 0.5, 0.25], { low: 0.5, high: 0.5 }), { from: 1, to: 1 });
  deepEqual(rangeOf([0, 0.9, 0.1], { low: 0.49, high: 0.51 }), { from: 1, to: 1 });
});

Deno.test("meanOutput() averages a photo and its mirror image, and refuses unequal ones", () => {
  deepEqual(meanOutput([[1, 0], [0, 1]]), [0.5, 0.5]);
  throws(() => meanOutput([]), /0 outputs/);
  throws(() => meanOutput([[1], [1, 2]]), /as long/);
});
