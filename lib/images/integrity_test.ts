import { deepEqual, equal, throws } from "node:assert/strict";
import type { Inspection } from "@/images/inspection.ts";
import { integrityReport, judgePhotos, listFindings } from "@/images/integrity.ts";
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
}

/** Photos and inspections of which only what matters is told; codes are far apart unless given. */
function judge(cases: Case[]) {
  const photos: Photo[] = cases.map(({ photo, age = "(25, 32)", group = 2 }) => (
    { photo, age, group, gender: null, subject: null, album: null, fold: null }
  ));
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
  return judgePhotos(photos, inspections);
}

const names = (photos: readonly { photo: string }[]) => photos.map(({ photo }) => photo);

Deno.test("judgePhotos() keeps sound photos in their order, label and look in one record", () => {
  const { kept, unreadable, repeats, lookAlikes } = judge([{ photo: "b" }, { photo: "a" }]);
  deepEqual(names(kept), ["b", "a"]);
  deepEqual([kept[0]!.age, kept[0]!.width], ["(25, 32)", 10]);
  deepEqual([unreadable, repeats, lookAlikes], [[], [], []]);
});

Deno.test("judgePhotos() sets unreadable photos apart, and never compares them", () => {
  const { kept, unreadable, repeats, lookAlikes } = judge([
    { photo: "a", fault: "empty file", md5: "same" },
    { photo: "b" },
    { photo: "c", fault: "empty file", md5: "same" },
  ]);
  deepEqual([names(kept), names(unreadable)], [["b"], ["a", "c"]]);
  deepEqual([repeats, lookAlikes], [[], []]);
});

Deno.test("judgePhotos() keeps the first of equal files that have the same age", () => {
  const { kept, repeats } = judge([{ photo: "a", md5: "x" }, { photo: "b" }, {
    photo: "c",
    md5: "x",
  }]);
  deepEqual(names(kept), ["a", "b"]);
  deepEqual(repeats.map(({ md5, agreement, photos }) => [md5, agreement, names(photos)]), [
    ["x", "same age", ["a", "c"]],
  ]);
});

Deno.test("judgePhotos() keeps the first of equal files whose ages lie in one group", () => {
  const { kept, repeats } = judge([
    { photo: "a", md5: "x", age: "(25, 32)" },
    { photo: "b", md5: "x", age: "35" },
  ]);
  deepEqual([names(kept), repeats[0]!.agreement], [["a"], "other age, same group"]);
});

Deno.test("judgePhotos() keeps none of equal files whose ages lie in two groups", () => {
  const { kept, repeats } = judge([
    { photo: "a", md5: "x", group: 2 },
    { photo: "b", md5: "x", age: "(4, 6)", group: 0 },
    { photo: "c", md5: "x", group: 2 },
    { photo: "d" },
  ]);
  deepEqual([names(kept), repeats[0]!.agreement], [["d"], "other group"]);
});

Deno.test("judgePhotos() keeps the copy that has an age group", () => {
  const { kept, repeats } = judge([
    { photo: "a", md5: "x", age: null, group: null },
    { photo: "b", md5: "x" },
    { photo: "c", md5: "x" },
  ]);
  deepEqual([names(kept), repeats[0]!.agreement], [["b"], "same age"]);
});

Deno.test("judgePhotos() keeps the first of equal files of which none has an age group", () => {
  const { kept, repeats } = judge([
    { photo: "a", md5: "x", age: null, group: null },
    { photo: "b", md5: "x", age: "None", group: null },
  ]);
  deepEqual([names(kept), repeats[0]!.agreement], [["a"], "same age"]);
});

Deno.test("judgePhotos() takes 20 bits of difference for a look-alike, and 21 not", () => {
  const { lookAlikes, kept } = judge([
    { photo: "a", hash: hashOf(0) },
    { photo: "b", hash: hashOf(20) },
    { photo: "c", hash: hashOf(41) },
  ]);
  deepEqual(lookAlikes, [["a", "b"]]);
  equal(kept.length, 3);
});

Deno.test("judgePhotos() names look-alikes among kept photos alone", () => {
  const { lookAlikes } = judge([
    { photo: "a", md5: "x", hash: hashOf(0) },
    { photo: "copy of a", md5: "x", hash: hashOf(0) },
    { photo: "b", hash: hashOf(1) },
  ]);
  deepEqual(lookAlikes, [["a", "b"]]);
});

Deno.test("judgePhotos() leaves photos and inspections as they are", () => {
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
  deepEqual(names(judgePhotos(photos, inspections).kept), ["a"]);
});

Deno.test("judgePhotos() refuses inspections of other photos", () => {
  const photo = {
    photo: "a",
    age: "26",
    group: 2,
    gender: null,
    subject: null,
    album: null,
    fold: null,
  } as const;
  throws(() => judgePhotos([photo], []), { name: "RangeError", message: /photo a/ });
});

Deno.test("integrityReport() counts findings, says what becomes of them, and gives examples", () => {
  const rows = integrityReport(judge([
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
    ["surplus copies, in 3 groups of equal files", 4, "dropped"],
    ["groups of equal files that disagree on age", 2, "see the next two"],
    ["- on the age, within one age group", 1, "the first stays"],
    ["- on the age group", 1, "all dropped"],
    ["pairs that look alike", 1, "stay, on one side of a split"],
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
    ["a1", "c2", "d"],
  ]);
});

Deno.test("integrityReport() does not count the copy that stays among the surplus", () => {
  const rows = integrityReport(judge([
    { photo: "a", md5: "x", age: null, group: null },
    { photo: "b", md5: "x" },
  ]));
  const surplus = rows.find(({ finding }) => finding.startsWith("surplus"))!;
  deepEqual([surplus.count, surplus.examples], [1, ["a"]]);
});

Deno.test("listFindings() names every photo that something was found about, and what becomes of it", () => {
  const integrity = judge([
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
    "copy | a | copy of a | stays",
    "copy | copy of a | a | dropped",
    "copy | young | old | dropped",
    "copy | old | young | dropped",
    "looks like | a | like a | stays",
  ]);
});
