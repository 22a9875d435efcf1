import { deepEqual, equal, ok } from "node:assert/strict";
import { ablationTable } from "@/metrics/ablation.ts";
import { ABLATION } from "@/model/ablation.ts";

const ROWS = ABLATION.slice(0, 3), [FIRST, SECOND, THIRD] = ROWS.map(({ spec }) => spec.id);
const TRUTH = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];

/** Predictions that miss the first so many photos of different groups. */
function missing(count: number): number[] {
  return TRUTH.map((group, k) => k % 2 === 0 && k / 2 < count ? (group + 1) % 5 : group);
}

function outcome(id: string | undefined, seed: number, misses: number) {
  return { id: id!, seed, predicted: missing(misses) };
}

const rounded = (value: number | null) => value === null ? null : Number(value.toFixed(4));

Deno.test("ablationTable() has a row for every network, also for those not trained yet", () => {
  const table = ablationTable(ROWS, [], TRUTH);
  deepEqual(
    table.map((
      { id, seeds, balancedAccuracy, difference, over },
    ) => [id, seeds, balancedAccuracy, difference, over]),
    ROWS.map(({ spec }) => [spec.id, 0, null, null, null]),
  );
});

Deno.test("ablationTable() compares the same seeds alone", () => {
  const [, second] = ablationTable(ROWS, [
    outcome(FIRST, 7, 3),
    outcome(SECOND, 7, 1),
    outcome(SECOND, 8, 5), // the first has no seed 8
  ], TRUTH);
  equal(second!.seeds, 2);
  equal(rounded(second!.balancedAccuracy), 0.7);
  equal(rounded(second!.difference), 0.2);
});

Deno.test("ablationTable() draws photos anew as long as no network has two seeds", () => {
  const [first, second] = ablationTable(ROWS, [outcome(FIRST, 7, 3), outcome(SECOND, 7, 1)], TRUTH);
  deepEqual([first!.difference, first!.over], [null, null]);
  equal(second!.over, "photos");
  ok(second!.low! < 0.2 && second!.high! > 0.2);
});

Deno.test("ablationTable() takes the spread from seed to seed from all rows on the way together", () => {
  const [, second, third] = ablationTable(ROWS, [
    ...[outcome(FIRST, 7, 4), outcome(FIRST, 8, 4)],
    ...[outcome(SECOND, 7, 3), outcome(SECOND, 8, 1)], // 0.1 and 0.3 better: a deviation of 0.1414
    outcome(THIRD, 7, 2), // one seed: 0.1 better
  ], TRUTH);
  deepEqual([second!.over, third!.over], ["seeds", "seeds"]);
  // one degree of freedom: 12.706 times the deviation, by the root of the number of seeds
  deepEqual([second!.difference, second!.low, second!.high].map(rounded), [0.2, -1.0706, 1.4706]);
  deepEqual([third!.difference, third!.low].map(rounded), [0.1, -1.6969]);
});

Deno.test("ablationTable() keeps the spread of whole seeds while the next one is begun", () => {
  const whole = [
    ...[outcome(FIRST, 7, 4), outcome(SECOND, 7, 3), outcome(THIRD, 7, 2)],
    ...[outcome(FIRST, 8, 4), outcome(SECOND, 8, 1), outcome(THIRD, 8, 3)],
  ];
  const before = ablationTable(ROWS, whole, TRUTH);
  const begun = ablationTable(ROWS, [...whole, outcome(FIRST, 9, 0)], TRUTH);
  deepEqual(begun.slice(1), before.slice(1)); // the first has no other to be compared with
});

Deno.test("ablationTable() counts a network that many are compared with once", () => {
  const [better, ...others] = ["better", "less-erasing", "less-decay"].map((id) =>
    `ablation-${id}`
  );
  const rows = ABLATION.filter(({ spec }) => [better, ...others].includes(spec.id));
  const [, less] = ablationTable(rows, [
    ...[outcome(better, 7, 2), outcome(better, 8, 0)], // 0.8 and 1; the others the same 0.8 twice
    ...others.flatMap((id) => [outcome(id, 7, 2), outcome(id, 8, 2)]),
  ], TRUTH);
  // squares of what is left: 0.0133, over two degrees of freedom; a difference has twice that
  const half = 4.303 * Math.sqrt(2 * 0.0133333 / 2) / Math.sqrt(2);
  deepEqual([less!.difference, less!.high].map(rounded), [-0.1, -0.1 + half].map(rounded));
});

Deno.test("ablationTable() takes nothing of the spread on the way for what is around the network", () => {
  const [better, less] = ["ablation-better", "ablation-less-erasing"];
  const rows = [...ROWS, ...ABLATION.filter(({ spec }) => [better, less].includes(spec.id))];
  const table = ablationTable(rows, [
    ...[outcome(FIRST, 7, 4), outcome(FIRST, 8, 4)],
    ...[outcome(SECOND, 7, 3), outcome(SECOND, 8, 1)],
    ...[outcome(better, 7, 2), outcome(less, 7, 3)],
  ], TRUTH);
  equal(table[1]!.over, "seeds");
  equal(table.at(-1)!.over, "photos"); // none of its like has two seeds
});

Deno.test("ablationTable() judges another way of answering by the same trainings alone", () => {
  const mirrored = ABLATION.find(({ spec }) => spec.id === "ablation-better")!;
  const before = ABLATION.find(({ spec }) => spec.id === mirrored.than)!;
  equal(mirrored.trained.id, before.trained.id);
  const table = ablationTable([...ROWS, before, mirrored], [
    ...[outcome(FIRST, 7, 4), outcome(FIRST, 8, 4)],
    ...[outcome(SECOND, 7, 5), outcome(SECOND, 8, 0)], // scatters much
    ...[outcome(before.spec.id, 7, 3), outcome(before.spec.id, 8, 3)],
    ...[outcome(mirrored.spec.id, 7, 2), outcome(mirrored.spec.id, 8, 2)],
  ], TRUTH);
  const { difference, low, high } = table.at(-1)!;
  deepEqual([difference, low, high].map(rounded), [0.1, 0.1, 0.1]); // from seed to seed the same
});
