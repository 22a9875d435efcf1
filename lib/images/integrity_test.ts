import { deepEqual, equal, throws } from "node:assert/strict";
import type { Inspection } from "@/images/inspection.ts";
import { checkIntegrity, integrityReport, listFindings } from "@/images/integrity.ts";
import type { Photo } from "@/dataset/photo.ts";

/** A code of 64 digits of which so many bits are one. */
function hashOf(ones: number): string {
  const bits = "1".repeat(ones).padEnd(256, "0");
  return bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2).toString(16).padStart(2, "0")).join(
    "",
  );
}

interface Case {
  photo: string;
  age?: string | null;
  group?: Photo["group"];
  md5?: string;
  hash?: string;
  fault?: string;
  box?: Photo["box"];
}

/** Photos and inspections of which only what matters is told; codes are far apart unless given. */
function check(cases: Case[]) {
  const photos: Photo[] = cases.map(({ photo, age = "(25, 32)", group = 2, box }) => ({
    ...{ photo, age, group, gender: null, subject: null, album: null, fold: null },
    ...(box && { box }),
  }));
  const inspections: Inspection[] = cases.map(({ photo, md5, hash, fault = null }, k) => ({
    photo,
    bytes: 100,
    modified: 0,
    md5: md5 ?? `md5 of ${photo}`,
    format: "JPEG",
    width: fault === null ? 10 : null,
    height: fault === null ? 20 : null,
    fault,
    hash: fault === null ? hash ?? hashOf(30 * k) : null,
  }));
  return checkIntegrity(photos, inspections);
}

const names = (photos: readonly { photo: string }[]) => photos.map(({ photo }) => photo);

Deno.test("checkIntegrity() keeps sound photos in their order, label and look in one record", () => {
  const { kept, unreadable, exactDuplicates, nearDuplicates } = check([{ photo: "b" }, {
    photo: "a",
  }]);
  deepEqual(names(kept), ["b", "a"]);
  deepEqual([kept[0]!.age, kept[0]!.width], ["(25, 32)", 10]);
  deepEqual([unreadable, exactDuplicates, nearDuplicates], [[], [], []]);
});

Deno.test("checkIntegrity() sets unreadable photos apart, and never compares them", () => {
  const { kept, unreadable, exactDuplicates, nearDuplicates } = check([
    { photo: "a", fault: "empty file", md5: "same" },
    { photo: "b" },
    { photo: "c", fault: "empty file", md5: "same" },
  ]);
  deepEqual([names(kept), names(unreadable)], [["b"], ["a", "c"]]);
  deepEqual([exactDuplicates, nearDuplicates], [[], []]);
});

Deno.test("checkIntegrity() keeps the first of equal files that have the same age", () => {
  const { kept, exactDuplicates } = check([{ photo: "a", md5: "x" }, { photo: "b" }, {
    photo: "c",
    md5: "x",
  }]);
  deepEqual(names(kept), ["a", "b"]);
  deepEqual(exactDuplicates.map(({ md5, agreement, photos }) => [md5, agreement, names(photos)]), [
    ["x", "same age", ["a", "c"]],
  ]);
});

Deno.test("checkIntegrity() keeps the first of equal files whose ages lie in one group", () => {
  const { kept, exactDuplicates } = check([
    { photo: "a", md5: "x", age: "(25, 32)" },
    { photo: "b", md5: "x", age: "35" },
  ]);
  deepEqual([names(kept), exactDuplicates[0]!.agreement], [["a"], "other age, same group"]);
});

Deno.test("checkIntegrity() keeps none of equal files whose ages lie in two groups", () => {
  const { kept, exactDuplicates } = check([
    { photo: "a", md5: "x", group: 2 },
    { photo: "b", md5: "x", age: "(4, 6)", group: 0 },
    { photo: "c", md5: "x", group: 2 },
    { photo: "d" },
  ]);
  deepEqual([names(kept), exactDuplicates[0]!.agreement], [["d"], "other group"]);
});

Deno.test("checkIntegrity() keeps the copy that has an age group", () => {
  const { kept, exactDuplicates } = check([
    { photo: "a", md5: "x", age: null, group: null },
    { photo: "b", md5: "x" },
    { photo: "c", md5: "x" },
  ]);
  deepEqual([names(kept), exactDuplicates[0]!.agreement], [["b"], "same age"]);
});

Deno.test("checkIntegrity() keeps the first of equal files of which none has an age group", () => {
  const { kept, exactDuplicates } = check([
    { photo: "a", md5: "x", age: null, group: null },
    { photo: "b", md5: "x", age: "None", group: null },
  ]);
  deepEqual([names(kept), exactDuplicates[0]!.agreement], [["a"], "same age"]);
});

Deno.test("checkIntegrity() counts 20 bits of difference as a near-duplicate, but not 21", () => {
  const { nearDuplicates, kept } = check([
    { photo: "a", hash: hashOf(0) },
    { photo: "b", hash: hashOf(20) },
    { photo: "c", hash: hashOf(41) },
  ]);
  deepEqual(nearDuplicates, [["a", "b"]]);
  equal(kept.length, 3);
});

Deno.test("checkIntegrity() names near-duplicates among kept photos alone", () => {
  const { nearDuplicates } = check([
    { photo: "a", md5: "x", hash: hashOf(0) },
    { photo: "copy of a", md5: "x", hash: hashOf(0) },
    { photo: "b", hash: hashOf(1) },
  ]);
  deepEqual(nearDuplicates, [["a", "b"]]);
});

Deno.test("checkIntegrity() leaves photos and inspections as they are", () => {
  const photo: Photo = Object.freeze(
    {
      photo: "a",
      age: "26",
      group: 2,
      gender: null,
      subject: null,
      album: null,
      fold: null,
    } as const,
  );
  const inspection: Inspection = Object.freeze({
    ...{ photo: "a", bytes: 1, modified: 0, md5: "x", format: "JPEG" },
    ...{ width: 1, height: 1, fault: null, hash: hashOf(0) },
  });
  const photos = Object.freeze([photo]), inspections = Object.freeze([inspection]);
  deepEqual(names(checkIntegrity(photos, inspections).kept), ["a"]);
});

Deno.test("checkIntegrity() refuses inspections of other photos", () => {
  const photo = {
    photo: "a",
    age: "26",
    group: 2,
    gender: null,
    subject: null,
    album: null,
    fold: null,
  } as const;
  throws(() => checkIntegrity([photo], []), { name: "RangeError", message: /photo a/ });
});

Deno.test("integrityReport() counts findings, says what becomes of them, and gives examples", () => {
  const rows = integrityReport(check([
    { photo: "t", fault: "truncated JPEG" },
    { photo: "e1", fault: "empty file" },
    { photo: "e2", fault: "empty file" },
    { photo: "a1", md5: "a" },
    { photo: "a2", md5: "a", age: "35" },
    { photo: "a3", md5: "a" },
    { photo: "b1", md5: "b", age: "(4, 6)", group: 0 },
    { photo: "b2", md5: "b", age: "70", group: 4 },
    { photo: "c1", md5: "c", age: null, group: null, hash: hashOf(120) },
    { photo: "c2", md5: "c", hash: hashOf(120) },
    { photo: "d", hash: hashOf(125) },
  ]));
  deepEqual(rows.map(({ finding, count, consequence }) => [finding, count, consequence]), [
    ["unreadable: empty file", 2, "dropped"],
    ["unreadable: truncated JPEG", 1, "dropped"],
    ["exact duplicates, in 3 groups of equal files", 4, "dropped"],
    ["groups of equal files that disagree on age", 2, "see the next two rows"],
    ["- on the age, within one age group", 1, "the first stays"],
    ["- on the age group", 1, "all dropped"],
    ["near-duplicates, in 1 groups", 2, "kept; the original's split may part them"],
    ["one picture under the labels of three age groups or more", 0, "all dropped"],
    ["photos kept", 3, "used where they have an age group"],
  ]);
  deepEqual(rows.map(({ examples }) => examples), [
    ["e1", "e2"],
    ["t"],
    ["a2", "a3", "b2"], // c1 would be the next: c2 stays in its place
    ["a1 ((25, 32)) = a2 (35) = a3 ((25, 32))", "b1 ((4, 6)) = b2 (70)"],
    ["a1 ((25, 32)) = a2 (35) = a3 ((25, 32))"],
    ["b1 ((4, 6)) = b2 (70)"],
    ["c2 ~ d"],
    [],
    ["a1", "c2", "d"],
  ]);
});

Deno.test("integrityReport() does not count the copy that stays among the duplicates", () => {
  const rows = integrityReport(check([
    { photo: "a", md5: "x", age: null, group: null },
    { photo: "b", md5: "x" },
  ]));
  const duplicates = rows.find(({ finding }) => finding.startsWith("exact duplicates"))!;
  deepEqual([duplicates.count, duplicates.examples], [1, ["a"]]);
});

Deno.test("listFindings() names every photo that something was found about, and what becomes of it", () => {
  const integrity = check([
    { photo: "broken", fault: "empty file" },
    { photo: "a", md5: "x", hash: hashOf(0) },
    { photo: "copy of a", md5: "x", hash: hashOf(0) },
    { photo: "like a", hash: hashOf(20) },
    { photo: "sound", hash: hashOf(200) },
    { photo: "young", md5: "y", age: "3", group: 0 },
    { photo: "old", md5: "y", age: "70", group: 4 },
  ]);
  const rows = listFindings(integrity).map(({ finding, photo, of, consequence }) => (
    [finding, photo, of, consequence].join(" | ")
  ));
  deepEqual(rows, [
    "unreadable | broken | empty file | dropped",
    "exact duplicate | a | copy of a | stays",
    "exact duplicate | copy of a | a | dropped",
    "exact duplicate | young | old | dropped",
    "exact duplicate | old | young | dropped",
    "near-duplicate | a | like a | stays",
    "near-duplicate | like a | a | stays",
  ]);
});

Deno.test("checkIntegrity() drops one picture under the labels of three age groups", () => {
  const ages = ["3", "14", "70", null], groups = [0, 1, 4, null] as const;
  const gone = ages.map((age, k) => (
    { photo: `gone${k}`, age, group: groups[k], hash: hashOf(k) }
  ));
  const { kept, nearDuplicates, placeholders } = check([...gone, { photo: "a", hash: hashOf(99) }]);
  deepEqual(names(kept), ["a"]);
  deepEqual(nearDuplicates, []);
  deepEqual(placeholders.map(names), [names(gone)]);
});

Deno.test("checkIntegrity() keeps pictures that are no more than near-duplicates, whatever their ages", () => {
  const people = ([0, 1, 4] as const).map((group, k) => (
    { photo: `on white ${k}`, group, hash: hashOf(10 * k) }
  ));
  const { kept, nearDuplicates, placeholders } = check(people);
  deepEqual([kept.length, nearDuplicates.length, placeholders], [3, 1, []]);
});

Deno.test("checkIntegrity() keeps near-duplicates whose labels name two age groups", () => {
  const { kept, nearDuplicates } = check([
    { photo: "a", age: "20", group: 1, hash: hashOf(0) },
    { photo: "b", age: "21", group: 2, hash: hashOf(1) },
  ]);
  deepEqual([names(kept), nearDuplicates], [["a", "b"], [["a", "b"]]]);
});

Deno.test("listFindings() and the report name a few of many alike, and count the others", () => {
  const many = Array.from({ length: 2000 }, (_, k) => (
    { photo: `p${k}`, age: String(k % 60), group: [0, 1, 4][k % 3] as 0, hash: hashOf(0) }
  ));
  const integrity = check(many), rows = listFindings(integrity);
  equal(rows.length, 2000);
  equal(rows[0]!.of, "p1, p2, p3 and 1996 more");
  equal(rows[2]!.of, "p0, p1, p3 and 1996 more");
  const row = integrityReport(integrity).find(({ finding }) => finding.startsWith("one picture"))!;
  deepEqual([row.count, row.examples], [2000, ["p0 ~ p1 ~ p2 and 1997 more"]]);
});

Deno.test("checkIntegrity() keeps all faces of a photo, whatever their ages, and tells of no duplicates", () => {
  const box = (x: number) => ({ x, y: 0, width: 9, height: 9 });
  const family = ([0, 2, 4] as const).map((group) => (
    { photo: "a", group, box: box(20 * group), hash: hashOf(0) }
  ));
  const alone = check(family);
  deepEqual([names(alone.kept), alone.exactDuplicates], [["a", "a", "a"], []]);
  deepEqual([alone.nearDuplicates, alone.placeholders], [[], []]);
  const burst = check([...family, { photo: "b", box: box(0), hash: hashOf(1) }]);
  deepEqual([names(burst.kept), burst.nearDuplicates], [["a", "a", "a", "b"], [["a", "b"]]]);
});
