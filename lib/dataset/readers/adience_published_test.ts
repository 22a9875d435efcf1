/**
 * Checks against the published label tables of Adience, in a folder named behind `--`, as in
 * `deno test -A lib/dataset/readers/adience_published_test.ts -- FOLDER`.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withAgeLabels } from "@/dataset/age_label.ts";
import { type DataSet, readDataSet } from "@/dataset/data_set.ts";
import { assignFolds, splitByFold } from "@/study/folds.ts";
import { split } from "@/study/split.ts";
import { sharedSubjects, twoSides } from "@/study/two_sides.ts";
import { isMissing, leaveOut, testWith } from "@/testing.ts";

const BESIDE = fileURLToPath(new URL("../../../../shared/adience", import.meta.url));

/** The folder of the tables: the one named, or the one where they may lie beside the project. */
const FOLDER = Deno.args.find((argument) => !argument.startsWith("-")) ?? BESIDE;

/** Registers a test on the published labels; without them it is reported as ignored. */
function testPublished(name: string, body: (dataSet: DataSet) => void): void {
  const run = async () => body(await readDataSet(FOLDER));
  if (isMissing(FOLDER)) {
    leaveOut(name, "needs Adience's label tables, in a folder named behind --");
  } else testWith(["read"], name, run);
}

function count<Item>(items: readonly Item[]): Map<Item, number> {
  return new Map(
    [...Map.groupBy(items, (item) => item)].map(([item, { length }]) => [item, length]),
  );
}

testPublished("readDataSet() reads the published labels of Adience", ({ photos, ...rest }) => {
  equal(photos.length, 19_370);
  equal(rest.hasPhotos, false);
  equal(new Set(photos.map(({ album }) => album)).size, 168);
  equal(new Set(photos.map(({ subject }) => subject)).size, 2_284);
  deepEqual(rest.remarks.map(({ what, count }) => [what, count]), [
    ["label repeated: the first was kept", 117],
    ["age with a typing error, read as what it means", 72],
    ["label without age", 748],
    ["age other than the eight labels", 1_229],
  ]);
  const groups = count(photos.map(({ group }) => group));
  deepEqual([0, 1, 2, 3, 4].map((group) => groups.get(group as 0)), [
    4_649,
    3_935,
    5_794,
    3_372,
    872,
  ]);
});

testPublished("withAgeLabels() counts Adience as another published mapping", ({ photos }) => {
  deepEqual(Object.fromEntries(count(withAgeLabels(photos).map(({ label }) => label))), {
    "(0, 2)": 2_509,
    "(4, 6)": 2_140,
    "(8, 12)": 2_293,
    "(15, 20)": 1_791,
    "(25, 32)": 5_589,
    "(38, 43)": 2_490,
    "(48, 53)": 909,
    "(60, 100)": 901,
    none: 748,
  });
});

testPublished("split() by photo tests on Adience with persons of the training", ({ photos }) => {
  const grouped = photos.filter(({ group }) => group !== null);
  const { testShare } = sharedSubjects(split(grouped, { kind: "photo", seed: 7 }));
  equal(Math.abs(testShare! - 0.93) < 0.01, true, `${testShare}`);
});

testPublished("split() by subject tests on Adience with strangers, groups kept", ({ photos }) => {
  const grouped = photos.filter(({ group }) => group !== null);
  const parts = split(grouped, { kind: "subject", seed: 7 });
  equal(sharedSubjects(parts).testShare, 0);
  const sides = Map.groupBy(parts, ({ album }) => album);
  equal(
    [...sides.values()].every((list) => new Set(list.map(({ part }) => part)).size === 1),
    true,
  );
  const totals = count(grouped.map(({ group }) => group));
  const trained = count(parts.filter(({ part }) => part === "train").map(({ group }) => group));
  for (const [group, total] of totals) {
    equal(Math.abs(trained.get(group)! / total - 0.6) < 0.02, true, `group ${group}`);
  }
});

/**
 * Faces of each fold, of its age groups, and the accuracy in percent of always predicting the largest group of
 * the other folds.
 */
const FOLDS = [
  { faces: 4_484, groups: [1_467, 368, 1_675, 783, 139], majority: "37.8" },
  { faces: 3_730, groups: [564, 1_289, 929, 755, 156], majority: "25.2" },
  { faces: 3_894, groups: [1_173, 746, 814, 408, 202], majority: "24.3" },
  { faces: 3_446, groups: [392, 965, 1_281, 644, 118], majority: "37.7" },
  { faces: 3_816, groups: [1_053, 567, 1_095, 782, 257], majority: "29.2" },
];

const GROUPS = [0, 1, 2, 3, 4] as const;

testPublished(
  "the five files are Adience's folds, with its faces of each age group",
  ({ photos }) => {
    for (const [fold, { faces, groups }] of FOLDS.entries()) {
      const own = photos.filter((photo) => photo.fold === fold);
      equal(own.length, faces);
      const counts = count(own.map(({ group }) => group));
      deepEqual(GROUPS.map((group) => counts.get(group)), groups);
    }
  },
);

testPublished(
  "no album and no person of Adience is in two folds, and none has two ages",
  ({ photos }) => {
    const distinct = (key: "album" | "subject", value: "fold" | "age", of = photos) =>
      [...Map.groupBy(of, (photo) => photo[key]).values()]
        .map((own) => new Set(own.map((photo) => photo[value])).size);
    deepEqual(new Set(distinct("album", "fold")), new Set([1]));
    deepEqual(new Set(distinct("subject", "fold")), new Set([1]));
    const aged = photos.filter(({ age }) => age !== null);
    const ages = distinct("subject", "age", aged);
    deepEqual([ages.length, new Set(ages)], [2_234, new Set([1])]);
    const inGroup = (key: "album" | "subject") => (
      GROUPS.map((g) => new Set(aged.filter(({ group }) => group === g).map((p) => p[key])).size)
    );
    deepEqual(inGroup("subject"), [185, 515, 694, 651, 189]);
    deepEqual(inGroup("album"), [70, 97, 128, 126, 67]);
  },
);

testPublished("splitByFold() tests on each published fold, on strangers alone", ({ photos }) => {
  const grouped = photos.filter(({ group }) => group !== null);
  const { named, numbers, moved } = assignFolds(grouped, { seed: 7 });
  deepEqual([named, numbers, moved], [true, [0, 1, 2, 3, 4], []]);
  for (const [test, { groups, majority }] of FOLDS.entries()) {
    const { photos: parts } = splitByFold(grouped, { seed: 7, test });
    const rows = twoSides(parts, []);
    deepEqual(rows.map((row) => row["on two sides"]), [
      "persons",
      "groups of near-duplicates",
      "albums",
    ]);
    for (const row of rows) {
      const { "training and validation": a, "training and test": b, "validation and test": c } =
        row;
      deepEqual([a, b, c], [0, 0, 0]);
    }
    const tested = parts.filter(({ part }) => part === "test");
    const counts = count(tested.map(({ group }) => group));
    deepEqual(GROUPS.map((group) => counts.get(group)), groups);
    ok(tested.every(({ fold }) => fold === test));
    const others = count(grouped.filter(({ fold }) => fold !== test).map(({ group }) => group));
    const largest = GROUPS.reduce((a, b) => others.get(b)! > others.get(a)! ? b : a);
    equal((100 * counts.get(largest)! / tested.length).toFixed(1), majority);
    const kept = parts.filter(({ part }) => part === "validation").length;
    ok(Math.abs(kept / (parts.length - tested.length) - 0.25) < 0.02, `${kept}`);
  }
});

testPublished(
  "assignFolds() makes other folds of Adience's albums, alike in groups",
  ({ photos }) => {
    const grouped = photos.filter(({ group }) => group !== null);
    const { folds, named } = assignFolds(grouped, { seed: 7, count: 5 });
    equal(named, false);
    const totals = count(grouped.map(({ group }) => group));
    for (const fold of [0, 1, 2, 3, 4]) {
      const own = count(
        grouped.filter(({ photo }) => folds.get(photo) === fold).map(({ group }) => group),
      );
      for (const group of GROUPS) {
        const share = own.get(group)! / totals.get(group)!;
        ok(Math.abs(share - 0.2) < 0.03, `fold ${fold}, group ${group}: ${share}`);
      }
    }
  },
);
