import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { maxIndex, sum } from "d3";
import { sumByGroup } from "@/metrics/answer.ts";
import { findSpec } from "@/model/zoo.ts";
import type { Examples } from "@/study/batches.ts";
import { targetOf, targetRows } from "@/training/targets.ts";

const YEARS = { kind: "years", yearsWeight: 0.5 } as const;

const near = (value: number, expected: number) =>
  ok(Math.abs(value - expected) < 1e-9, `${value}, not ${expected}`);

Deno.test("targetOf() gives a hard target all to the group", () => {
  deepEqual(targetOf({ kind: "hard" }, { group: 2, age: "30" }), [0, 0, 1, 0, 0]);
});

Deno.test("targetOf() divides an inner group's smoothing between its neighbours", () => {
  const target = targetOf({ kind: "smoothed", neighbours: 0.1 }, { group: 1, age: null });
  deepEqual(target, [0.05, 0.9, 0.05, 0, 0]);
});

Deno.test("targetOf() gives an outer group's smoothing to its only neighbour", () => {
  const target = targetOf({ kind: "smoothed", neighbours: 0.1 }, { group: 4, age: null });
  deepEqual(target, [0, 0, 0, 0.1, 0.9]);
});

Deno.test("targetOf() puts a bell around a year, wider for the old, never narrower than a year", () => {
  const young = targetOf(YEARS, { group: 0, age: "5" }),
    old = targetOf(YEARS, { group: 4, age: "80" });
  for (const target of [young, old]) {
    equal(target.length, 101);
    near(sum(target), 1);
  }
  equal(maxIndex(young), 5);
  equal(maxIndex(old), 80);
  near(young[6]! / young[5]!, Math.exp(-0.5)); // one standard deviation is 1 year
  near(old[84]! / old[80]!, Math.exp(-0.5 * (4 / 4.8) ** 2)); // and 0.06 x 80 years
});

Deno.test("targetOf() makes the bell as wide as the recipe asks", () => {
  const young = targetOf({ ...YEARS, width: 2 }, { group: 0, age: "5" });
  near(young[6]! / young[5]!, Math.exp(-0.5 * (1 / 2) ** 2));
});

Deno.test("targetOf() spreads a range evenly, and the years of the group if no age is known", () => {
  const range = targetOf(YEARS, { group: 2, age: "(25, 32)" });
  near(range[25]!, 1 / 8);
  equal(range[24]! + range[33]!, 0);
  const group = targetOf(YEARS, { group: 4, age: null });
  near(group[60]!, 1 / 41);
  deepEqual(sumByGroup(group).map((share) => Math.round(share * 1e9) / 1e9), [0, 0, 0, 0, 1]);
});

Deno.test("targetOf() counts an age above 100 as 100", () => {
  equal(maxIndex(targetOf(YEARS, { group: 4, age: "116" })), 100);
});

Deno.test("targetOf() makes a bell whose mean is the age", () => {
  near(sum(targetOf(YEARS, { group: 2, age: "30" }), (share, year) => share * year), 30);
});

Deno.test("targetOf() refuses an age that cannot be read", () => {
  throws(() => targetOf(YEARS, { group: 4, age: "old" }), /Cannot read the age "old"/);
});

Deno.test("sumByGroup() of a bell at a border share it between the groups", () => {
  const sums = sumByGroup(targetOf(YEARS, { group: 1, age: "20" }));
  near(sum(sums), 1);
  ok(sums[1]! > sums[2]! && sums[2]! > 0.3, `${sums}`);
});

const STUDENT = findSpec("better-student");
const PHOTO = { groups: [2], ages: ["30"] } as unknown as Examples;

Deno.test("targetRows() takes the share of a student's targets from what the teacher predicts", () => {
  const taught = Array.from({ length: 101 }, (_, year) => year === 40 ? 1 : 0);
  const [target] = targetRows(STUDENT, { ...PHOTO, taught: [taught] })!;
  const [label] = targetRows(findSpec("better-robust"), PHOTO)!;
  near(sum(target!), 1);
  near(target![40]!, 0.3 * label![40]! + 0.7);
  near(target![30]!, 0.3 * label![30]!);
});

Deno.test("targetRows() refuses a student whose teacher has predicted nothing", () => {
  throws(() => targetRows(STUDENT, PHOTO), /need what age-groups-published-2 predicts/);
});

Deno.test("targetRows() is null where the groups are all that a network learns", () => {
  equal(targetRows(findSpec("IV"), PHOTO), null);
});
