import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import { cpuUsage } from "node:process";
import { sum } from "d3";
import { accuracy, balancedAccuracy } from "@/metrics/metrics.ts";
import { bootstrapInterval, wilsonInterval } from "@/metrics/interval.ts";

/** A hundred photos of which 70 are correct, in no order of persons. */
const CORRECT = Array.from({ length: 100 }, (_, k) => k % 10 < 7 ? 1 : 0);

const share = (times: Uint32Array) =>
  sum(CORRECT, (correct, k) => correct * times[k]!) / sum(times);

Deno.test("bootstrapInterval() is about as wide as the standard error of a share implies", () => {
  const { value, low, high } = bootstrapInterval(share, 100, { seed: 7 });
  const error = Math.sqrt(0.7 * 0.3 / 100); // 0.046, so the interval is near 0.61 to 0.79
  equal(value, 0.7);
  ok(Math.abs(low - (0.7 - 1.96 * error)) < 0.006, `${low}`);
  ok(Math.abs(high - (0.7 + 1.96 * error)) < 0.006, `${high}`);
});

Deno.test("bootstrapInterval() gives the same interval for the same seed, another for another", () => {
  const interval = (seed: number) => bootstrapInterval(share, 100, { seed, draws: 99 });
  deepEqual(interval(7), interval(7));
  notDeepEqual(interval(7), interval(8));
});

Deno.test("bootstrapInterval() draws as many photos as there are", () => {
  const drawn = (times: Uint32Array) => sum(times);
  deepEqual(bootstrapInterval(drawn, 10, { seed: 1 }), { value: 10, low: 10, high: 10 });
});

Deno.test("bootstrapInterval() leaves out draws of which the statistic is not a number", () => {
  const recall = (times: Uint32Array) => times[0]! > 0 ? 1 : NaN; // of a group of one photo
  deepEqual(bootstrapInterval(recall, 5, { seed: 7 }), { value: 1, low: 1, high: 1 });
});

Deno.test("bootstrapInterval() draws all photos of a person or none", () => {
  const cluster = ["ann", "ben", "ann", null, null];
  const isWhole = (times: Uint32Array) => Number(times[0] === times[2]);
  equal(bootstrapInterval(isWhole, 5, { seed: 7, cluster }).low, 1);
  const isTogether = (times: Uint32Array) => Number(times[3] === times[4]);
  equal(bootstrapInterval(isTogether, 5, { seed: 7, cluster }).low, 0); // strangers, drawn apart
  equal(bootstrapInterval(isTogether, 5, { seed: 7, cluster: ["a", "b", "c", "d", "d"] }).low, 1);
});

Deno.test("bootstrapInterval() is wider where persons have ten photos that are alike", () => {
  const cluster = CORRECT.map((_, k) => Math.floor(k / 10));
  const alike = (times: Uint32Array) => sum(times, (n, k) => cluster[k]! < 7 ? n : 0) / sum(times);
  const byPhoto = bootstrapInterval(alike, 100, { seed: 7 });
  const byPerson = bootstrapInterval(alike, 100, { seed: 7, cluster });
  equal(byPerson.value, 0.7);
  ok(byPerson.high - byPerson.low > 2 * (byPhoto.high - byPhoto.low));
});

Deno.test("bootstrapInterval() draws the same photos for every network", () => {
  const draws = (list: string[]) => (times: Uint32Array) => list.push(times.join(" "));
  const one: string[] = [], other: string[] = [];
  bootstrapInterval(draws(one), 20, { seed: 7, draws: 3 });
  bootstrapInterval(draws(other), 20, { seed: 7, draws: 3 });
  deepEqual(one, other);
  equal(new Set(one).size, 4); // all once, then three different draws
});

Deno.test("bootstrapInterval() is a point for one photo", () => {
  const interval = bootstrapInterval((times) => balancedAccuracy([3], [3], times), 1, { seed: 7 });
  deepEqual(interval, { value: 1, low: 1, high: 1 });
});

Deno.test("bootstrapInterval() manages ten thousand photos a thousand times in seconds", () => {
  const truth = Uint8Array.from({ length: 10_000 }, (_, k) => k % 5);
  const predicted = truth.map((group, k) => k % 3 ? group : 0);
  const before = cpuUsage(); // whatever else runs on the machine
  bootstrapInterval((times) => accuracy(truth, predicted, times), 10_000, { seed: 7 });
  const seconds = cpuUsage(before).user / 1e6;
  ok(seconds < 10, `${seconds} seconds`); // it takes a fifth of a second
});

Deno.test("bootstrapInterval() says what it cannot draw from", () => {
  const attempt = (n: number, options = {}) => () =>
    bootstrapInterval(() => 0, n, { seed: 7, ...options });
  throws(attempt(0), { name: "RangeError", message: /0 photos are given/ });
  throws(attempt(3, { draws: 0 }), /0 draws/);
  throws(attempt(3, { cluster: ["ann"] }), /1 photos have a cluster, but there are 3/);
});

// scipy 1.17.1: binomtest(k, n).proportion_ci(method="wilson")
Deno.test("wilsonInterval() agrees with SciPy", () => {
  const expected = [
    [0, 10, 0.0, 0.27753279986288926],
    [10, 10, 0.7224672001371109, 1.0],
    [7, 10, 0.39677814746114526, 0.892208732593699],
    [812, 1154, 0.6766519956397288, 0.7292757731574888],
    [1, 1, 0.20654931437723745, 1.0],
  ] as const;
  for (const [k, n, low, high] of expected) {
    const own = wilsonInterval(k, n);
    equal(own.value, k / n);
    ok(Math.abs(own.low - low) < 1e-12 && Math.abs(own.high - high) < 1e-12, `${k} of ${n}`);
  }
});

Deno.test("wilsonInterval() refuses shares of nothing, and more than all", () => {
  for (const [k, n] of [[0, 0], [3, 2], [-1, 2], [0.5, 2], [NaN, 2]] as const) {
    throws(() => wilsonInterval(k, n), RangeError);
  }
});
