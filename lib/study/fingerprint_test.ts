import { deepEqual, equal, notEqual } from "node:assert/strict";
import type { AgeGroup } from "@/dataset/age_group.ts";
import type { Examples } from "@/study/batches.ts";
import {
  changesBetween,
  fingerprintOf,
  type LearnedPhoto,
  learnedPhotos,
} from "@/study/fingerprint.ts";
import type { Part } from "@/study/split.ts";

function photo(name: string, of: Partial<LearnedPhoto> = {}): LearnedPhoto {
  const label = { age: "26", group: 2 as AgeGroup, part: "train" as Part };
  return { photo: name, md5: `md5 of ${name}`, hash: "0".repeat(64), ...label, ...of };
}

const BEFORE = [photo("a.jpg"), photo("b.jpg", { part: "test" })];

Deno.test("fingerprintOf() is the same whatever the photos' order and names", () => {
  const [a, b] = BEFORE as [LearnedPhoto, LearnedPhoto];
  equal(fingerprintOf([b, { ...a, photo: "moved/c.jpg" }]), fingerprintOf(BEFORE));
});

Deno.test("fingerprintOf() changes with content, age, age group and part, and is none without photos", () => {
  const changes: Partial<LearnedPhoto>[] = [{ md5: "x" }, { age: "27" }, { group: 3 }, {
    part: "test",
  }];
  for (const change of changes) {
    const now = [{ ...BEFORE[0]!, ...change }, BEFORE[1]!];
    notEqual(fingerprintOf(now), fingerprintOf(BEFORE), JSON.stringify(change));
  }
  equal(fingerprintOf(null), undefined);
});

Deno.test("changesBetween() tells what is new, gone, relabelled and moved to another part", () => {
  deepEqual(changesBetween(BEFORE, BEFORE), []);
  deepEqual(changesBetween(BEFORE, [photo("a.jpg", { age: "70", group: 4, part: "test" })]), [
    "1 photo has another age group, such as a.jpg: 21-37, now 60+",
    "1 photo has another part of the split, such as a.jpg: train, now test",
    "1 photo is gone, such as b.jpg",
  ]);
  deepEqual(changesBetween(BEFORE, [...BEFORE.map((p) => ({ ...p, age: "27" })), photo("c.jpg")]), [
    "2 photos have another age, such as a.jpg: 26, now 27; b.jpg: 26, now 27",
    "1 photo is new, such as c.jpg",
  ]);
});

Deno.test("fingerprintOf() and changesBetween() tell a photo that has another fold", () => {
  const folded = BEFORE.map((photo) => ({ ...photo, fold: 1 }));
  const other = [{ ...folded[0]!, fold: 2 }, folded[1]!];
  notEqual(fingerprintOf(folded), fingerprintOf(BEFORE));
  notEqual(fingerprintOf(other), fingerprintOf(folded));
  equal(fingerprintOf(BEFORE.map((photo) => ({ ...photo, fold: null }))), fingerprintOf(BEFORE));
  deepEqual(changesBetween(folded, other), ["1 photo has another fold, such as a.jpg: 1, now 2"]);
  deepEqual(
    changesBetween(BEFORE, folded.slice(1)).at(0),
    "1 photo has another fold, such as b.jpg: none, now 1",
  );
});

Deno.test("changesBetween() knows a photo by its content, whatever its name", () => {
  deepEqual(changesBetween(BEFORE, BEFORE.map((p) => ({ ...p, photo: `moved/${p.photo}` }))), []);
});

Deno.test("learnedPhotos() tells each photo's part, the test's too, and none of photos not inspected", () => {
  const label = { age: "3", gender: null, subject: null, album: null, fold: null };
  const photos = ["a", "b", "c"].map((photo) => ({ photo, group: 0 as const, ...label }));
  const contents = photos.map(({ photo }) => ({ md5: photo, hash: "0" }));
  const squares = { side: 1, photos, contents, path: "", offset: 0 };
  const part = (...indices: number[]): Examples => ({ squares, indices, groups: [] });
  const rows = learnedPhotos({ train: part(2), validation: part(0) })!;
  deepEqual(rows.map(({ photo, part }) => [photo, part]), [
    ["a", "validation"],
    ["b", "test"],
    ["c", "train"],
  ]);
  const folded = learnedPhotos({ train: { ...part(2), folds: [1, 1, 0] }, validation: part(0) })!;
  deepEqual(folded.map(({ fold }) => fold), [1, 1, 0]);
  equal("fold" in rows[0]!, false);
  const { contents: _, ...bare } = squares;
  const without = { squares: bare, indices: [], groups: [] };
  equal(learnedPhotos({ train: without, validation: without }), null);
});
