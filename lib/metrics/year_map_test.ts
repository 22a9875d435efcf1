import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { range, sum } from "d3";
import { createRandom } from "@/base/random.ts";
import { medianOf } from "@/metrics/answer.ts";
import { fitYearMap, mapYears } from "@/metrics/year_map.ts";

const MAP = { from: [0, 20, 80], to: [-2, 10, 90] };

/** A distribution of five years' width around a year. */
const around = (year: number) => range(101).map((k) => Math.abs(k - year) <= 2 ? 0.2 : 0);

Deno.test("mapYears() moves the median as the map says, and loses no share", () => {
  for (const [told, becomes] of [[10, 4], [20, 10], [50, 50], [80, 90], [95, 100]] as const) {
    const moved = mapYears(around(told), MAP);
    ok(Math.abs(medianOf(moved) - becomes) <= 0.5, `${told}: ${medianOf(moved)}`);
    ok(Math.abs(sum(moved) - 1) < 1e-9);
    ok(moved.every((share) => share >= 0));
  }
  deepEqual(mapYears(around(7), null), around(7));
});

Deno.test("fitYearMap() finds a curve again, and leaves years alone that are right or unknown", () => {
  const random = createRandom(7, "years"), told = range(300).map(() => 40 * random());
  const noise = told.map(() => 6 * (random() - 0.5));
  const shifted = fitYearMap(told, told.map((year, k) => year - 3 + noise[k]!));
  for (const [k, year] of shifted.from.entries()) {
    if (year <= 32) ok(Math.abs(shifted.to[k]! - (year - 3)) < 0.6, `${year}: ${shifted.to[k]}`);
  }
  const same = fitYearMap(told, told.map((year, k) => year + noise[k]!));
  for (const [k, year] of same.from.entries()) ok(Math.abs(same.to[k]! - year) < 0.6, `${year}`);
});

Deno.test("fitYearMap() never turns the order of years round", () => {
  const told = [...Array(200).fill(14), ...Array(200).fill(21)];
  const { to } = fitYearMap(told, told.map((year) => year === 14 ? 30 : 5));
  to.slice(1).forEach((year, k) => ok(year > to[k]!, `${to}`));
  equal(to.length, 8);
  throws(() => fitYearMap([1], []), RangeError);
});
