/** Checks against the published label tables of Adience, where they lie beside the project. */
import { deepEqual, equal } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withAgeLabels } from "@/dataset/age_label.ts";
import { type DataSet, readDataSet } from "@/dataset/data_set.ts";
import { sharedSubjects, split } from "@/study/split.ts";
import { testWith } from "@/testing.ts";

const FOLDER = new URL("../../../../shared/adience", import.meta.url);

/** Tells whether the folder is missing; without the permission to look, that is not known. */
function isMissing(): boolean {
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return false;
  try {
    return !Deno.statSync(FOLDER).isDirectory;
  } catch {
    return true;
  }
}

/** Registers a test on the published labels; without them it is reported as ignored. */
function testPublished(name: string, body: (dataSet: DataSet) => void): void {
  const run = async () => body(await readDataSet(fileURLToPath(FOLDER)));
  const reason = " [needs Adience's label tables in ../shared/adience]";
  if (isMissing()) Deno.test({ name: name + reason, ignore: true, fn: run });
  else testWith(["read"], name, run);
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
