import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { foldRow, measureFolds } from "@/metrics/cross_validation.ts";
import type { OutOfFold } from "@/metrics/out_of_fold.ts";

/** A photo of a group in a fold, and the group that the network of a seed predicts. */
function row(
  photo: string,
  [group, predicted]: [AgeGroup, AgeGroup],
  of: Partial<OutOfFold> = {},
): OutOfFold {
  const probabilities = [0, 1, 2, 3, 4].map((k) => k === predicted ? 1 : 0);
  const label = { photo, group, subject: null, age: null, fold: 0, seed: 7, years: null };
  return { ...label, probabilities, ...of };
}

/** Fold 0: two of two right; fold 1: one of three. */
const ROWS = [
  row("a", [0, 0]),
  row("b", [1, 1]),
  row("c", [0, 0], { fold: 1 }),
  row("d", [1, 0], { fold: 1 }),
  row("e", [1, 4], { fold: 1 }),
];

const byName = (rows: OutOfFold[]) => new Map(measureFolds(rows).map((row) => [row.measure, row]));

Deno.test("measureFolds() takes each fold, their mean and spread, and all photos together", () => {
  const { folds, mean, overFolds, overSeeds, pooled, low, high } = byName(ROWS).get("accuracy")!;
  deepEqual(folds, [{ fold: 0, value: 1 }, { fold: 1, value: 1 / 3 }]);
  equal(mean.toFixed(6), (2 / 3).toFixed(6));
  equal(overFolds!.toFixed(6), (Math.SQRT2 / 3).toFixed(6)); // of 1 and 1/3
  equal(overSeeds, null);
  equal(pooled, 3 / 5);
  ok(low < pooled && pooled < high);
});

Deno.test("measureFolds() measures recalls of the groups that occur, on the folds that have them", () => {
  const rows = [...ROWS, row("f", [4, 4], { fold: 1 })], measured = byName(rows);
  deepEqual(
    [...measured.keys()],
    [
      ...["accuracy", "balanced accuracy", "one-off accuracy"],
      ...["recall of 0-6", "recall of 7-20", "recall of 60+"],
    ],
  );
  deepEqual(measured.get("recall of 60+")!.folds, [{ fold: 1, value: 1 }]);
  equal(measured.get("recall of 60+")!.overFolds, null);
  equal(measured.get("recall of 7-20")!.pooled, 1 / 3);
  equal(measured.get("one-off accuracy")!.pooled, 5 / 6);
});

Deno.test("measureFolds() averages seeds before folds, and tells how far seeds spread", () => {
  const other = ROWS.map((row) => ({ ...row, seed: 8, probabilities: [0, 1, 0, 0, 0] }));
  const { folds, mean, overSeeds, pooled } = byName([...ROWS, ...other]).get("accuracy")!;
  deepEqual(folds, [{ fold: 0, value: 0.75 }, { fold: 1, value: 0.5 }]);
  equal(mean, 0.625);
  equal(overSeeds!.toFixed(6), ((2 / 3 - 7 / 12) / Math.SQRT2).toFixed(6));
  equal(pooled, 0.6);
});

Deno.test("measureFolds() tells years where labels are single years and the network tells them", () => {
  const rows = [
    row("a", [2, 2], { age: "26", years: 28.5 }),
    row("b", [2, 2], { age: "(25, 32)", years: 60, fold: 1 }),
    row("c", [3, 3], { age: "40", years: 35, fold: 1 }),
  ];
  const { folds, pooled } = byName(rows).get("mean absolute error, years")!;
  deepEqual(folds, [{ fold: 0, value: 2.5 }, { fold: 1, value: 5 }]);
  equal(pooled, 3.75);
});

Deno.test("measureFolds() measures the recall of a group of one person where that person is drawn", () => {
  const { pooled, low, high } = byName([...ROWS, row("f", [4, 4])]).get("recall of 60+")!;
  deepEqual([pooled, low, high], [1, 1, 1]);
});

Deno.test("measureFolds() draws whole persons", () => {
  const one = ROWS.map((row) => ({ ...row, subject: "anna" }));
  const { pooled, low, high } = byName(one).get("accuracy")!;
  deepEqual([low, high], [pooled, pooled]);
});

Deno.test("measureFolds() refuses none, and a photo that a seed lacks or has twice", () => {
  throws(() => measureFolds([]), RangeError);
  throws(() => measureFolds([...ROWS, ROWS[0]!]), /seed 7 has 6 predictions of 5 photos/);
  throws(() => measureFolds([...ROWS, row("a", [0, 0], { seed: 8 })]), /seed 8 has 1 predictions/);
});

Deno.test("foldRow() is a row with a column a fold", () => {
  const row = foldRow(measureFolds(ROWS)[0]!);
  deepEqual(Object.keys(row), [
    ...["measure", "fold 0", "fold 1", "mean", "sd over folds", "sd over seeds"],
    ...["pooled", "low", "high"],
  ]);
});
