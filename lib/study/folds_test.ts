import { deepEqual, equal, match, notDeepEqual, ok, throws } from "node:assert/strict";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { assignFolds, type Foldable, splitByFold } from "@/study/folds.ts";
import { splitSentence, twoSides } from "@/study/two_sides.ts";

function photoOf(photo: string, of: Partial<Foldable> = {}): Foldable {
  return { photo, group: 2, subject: null, album: null, fold: null, ...of };
}

/** Sixty persons with three photos each, two to an album, of the groups 0 and 2 in turn. */
function families(): Foldable[] {
  return Array.from({ length: 60 }, (_, person) => {
    const group: AgeGroup = person % 2 === 0 ? 0 : 2;
    const of = { group, subject: `person ${person}`, album: `album ${Math.floor(person / 2)}` };
    return [1, 2, 3].map((k) => photoOf(`${person} ${k}.jpg`, of));
  }).flat();
}

function sizes(folds: ReadonlyMap<string, number>): number[] {
  const counts: number[] = [];
  for (const fold of folds.values()) counts[fold] = (counts[fold] ?? 0) + 1;
  return counts;
}

Deno.test("assignFolds() makes five folds alike in size and groups, whole albums in each", () => {
  const photos = families(), { folds, numbers, named, moved } = assignFolds(photos, { seed: 7 });
  deepEqual([numbers, named, moved], [[0, 1, 2, 3, 4], false, []]);
  deepEqual(sizes(folds), [36, 36, 36, 36, 36]);
  for (const own of Map.groupBy(photos, ({ album }) => album).values()) {
    equal(new Set(own.map(({ photo }) => folds.get(photo))).size, 1);
  }
  const young = photos.filter(({ group }) => group === 0).map(({ photo }) => folds.get(photo));
  for (const fold of numbers) equal(young.filter((own) => own === fold).length, 18);
});

Deno.test("assignFolds() is the same for a seed whatever the order, and another for another seed", () => {
  const folds = assignFolds(families(), { seed: 7 }).folds;
  const sorted = (map: ReadonlyMap<string, number>) => [...map].sort();
  deepEqual(sorted(assignFolds(families().reverse(), { seed: 7 }).folds), sorted(folds));
  notDeepEqual(sorted(assignFolds(families(), { seed: 8 }).folds), sorted(folds));
});

Deno.test("assignFolds() keeps near-duplicates and copies by name in one fold", () => {
  const photos = Array.from({ length: 40 }, (_, k) => photoOf(`${k}.jpg`));
  const copies = photos.map(({ photo }) => photoOf(`again/${photo}`));
  const nearDuplicates = Array.from({ length: 10 }, (_, k) => [`${k}.jpg`, `${39 - k}.jpg`]);
  const { folds } = assignFolds([...photos, ...copies], { seed: 7, nearDuplicates });
  for (const set of nearDuplicates) {
    const all = set.flatMap((photo) => [photo, `again/${photo}`]);
    equal(new Set(all.map((photo) => folds.get(photo))).size, 1, set.join());
  }
});

/** Photos in the folds that the data name: 1, 2 and 3. */
const NAMED = Array.from({ length: 12 }, (_, k) => (
  photoOf(`${k}.jpg`, { subject: `person ${k}`, fold: 1 + k % 3 })
));

Deno.test("assignFolds() takes the folds that the data name, or makes as many as it is told", () => {
  const { folds, numbers, named, moved } = assignFolds(NAMED, { seed: 7 });
  deepEqual([numbers, named, moved], [[1, 2, 3], true, []]);
  deepEqual(NAMED.map(({ photo }) => folds.get(photo)), NAMED.map(({ fold }) => fold));
  const made = assignFolds(NAMED, { seed: 7, count: 4 });
  deepEqual([made.numbers, made.named], [[0, 1, 2, 3], false]);
});

Deno.test("assignFolds() moves what hangs together to the fold that has most of it, and tells", () => {
  const of = { subject: "person 0" };
  const torn = [
    ...NAMED,
    photoOf("x.jpg", { ...of, fold: 1 }),
    photoOf("y.jpg", { ...of, fold: 3 }),
  ];
  const { folds, moved } = assignFolds(torn, { seed: 7 });
  deepEqual(moved, ["y.jpg"]);
  equal(folds.get("y.jpg"), 1);
});

Deno.test("assignFolds() refuses too few persons, folds for some photos only, and a single fold", () => {
  const one = families().map((photo) => ({ ...photo, album: "all" }));
  throws(() => assignFolds(one, { seed: 7 }), /form only 1 set\. Make fewer folds/);
  const some = [...NAMED.slice(1), photoOf("0.jpg")];
  throws(() => assignFolds(some, { seed: 7 }), /1 of 12 photos have none, such as 0\.jpg/);
  const same = NAMED.map((photo) => ({ ...photo, fold: 0 }));
  throws(() => assignFolds(same, { seed: 7 }), /in one fold, and cross-validation needs two/);
  throws(() => assignFolds([photoOf("a.jpg", { group: null })], { seed: 7 }), /no age group/);
});

Deno.test("splitByFold() tests on the fold, and keeps some persons of the others for validation", () => {
  const photos = families(), tested = new Set<string>();
  for (const test of [0, 1, 2, 3, 4]) {
    const { photos: parts, fold } = splitByFold(photos, { seed: 7, test });
    deepEqual(fold, { test, of: 5, named: false });
    const sizeOf = (part: string) => parts.filter((photo) => photo.part === part).length;
    deepEqual(["train", "validation", "test"].map(sizeOf), [108, 36, 36]);
    ok(parts.every(({ fold, part }) => (fold === test) === (part === "test")));
    for (const row of twoSides(parts, [])) equal(row["training and validation"], 0);
    parts.filter(({ part }) => part === "test").forEach(({ photo }) => tested.add(photo));
  }
  equal(tested.size, photos.length);
});

Deno.test("splitByFold() keeps the photos' order, takes other shares, and knows no other fold", () => {
  const shares = { train: 0.7, validation: 0.1 };
  const { photos } = splitByFold(families(), { seed: 7, test: 2, shares });
  deepEqual(photos.map(({ photo }) => photo), families().map(({ photo }) => photo));
  equal(photos.filter(({ part }) => part === "validation").length, 18);
  throws(
    () => splitByFold(families(), { seed: 7, test: 5 }),
    /no fold 5: the folds are 0, 1, 2, 3, 4/,
  );
});

Deno.test("splitSentence() names folds, whose they are, and the test", () => {
  const { photos, fold } = splitByFold(families(), { seed: 7, test: 2 });
  const said = splitSentence({ split: "folds", fold, photos }, []);
  match(
    said,
    /^Split into 5 folds by person, fold 2 is the test; in training and in test: no persons,/,
  );
  const own = splitByFold(NAMED, { seed: 7, test: 3 });
  match(splitSentence({ split: "folds", ...own }, []), /3 folds that the data name, fold 3 is/);
});
