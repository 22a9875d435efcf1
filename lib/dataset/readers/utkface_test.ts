import { deepEqual, equal } from "node:assert/strict";
import { parseName, UTKFACE } from "@/dataset/readers/utkface.ts";

const DATE = "20170116174525125";

Deno.test("UTKFACE recognises a folder where most photos are named wholly as published", () => {
  equal(UTKFACE.recognises([`26_1_0_${DATE}.jpg`, `27_1_0_${DATE}.jpg`, "face.jpg"]), true);
  equal(UTKFACE.recognises([`26_1_0_${DATE}.jpg`, "face.jpg"]), false);
  equal(UTKFACE.recognises([`26_1_0_${DATE}.txt`]), false);
  equal(UTKFACE.recognises([`part1/26_1_0_${DATE}.JPG`]), true);
  equal(UTKFACE.recognises([`26_1_0_${DATE}`]), true);
  equal(UTKFACE.recognises([]), false);
});

Deno.test("UTKFACE does not take a running number for an age", () => {
  const names = [
    "0_Parade_Parade_0_600.jpg",
    "12_SomeActor_35_f.jpg",
    "001_anna.jpg",
    "26_1_0.jpg",
  ];
  for (const name of names) {
    equal(UTKFACE.recognises([name]), false, name);
    equal(parseName(name), null, name);
  }
});

Deno.test("parseName() reads a name as published", () => {
  deepEqual(parseName(`part1/26_1_0_${DATE}.jpg.chip.jpg`), {
    photo: `part1/26_1_0_${DATE}.jpg.chip.jpg`,
    age: "26",
    group: 2,
    gender: "f",
    subject: null,
    album: null,
    fold: null,
  });
});

Deno.test("parseName() reads gender 0 as male, and another as unknown", () => {
  const genders = ["0", "1", "3", ""].map((code) => parseName(`53_${code}_0_${DATE}.jpg`)?.gender);
  deepEqual(genders, ["m", "f", null, null]);
});

Deno.test("parseName() keeps age and gender of a name without race", () => {
  const photo = parseName(`39_1_${DATE}.jpg.chip.jpg`);
  deepEqual([photo?.age, photo?.group, photo?.gender], ["39", 3, "f"]);
});

Deno.test("parseName() reads no label where a name gives no age of a person", () => {
  for (const name of ["face.jpg", "_1_0.jpg", "999_1_0_1.jpg", "2017_1_0_1.jpg", "26.jpg"]) {
    equal(parseName(name), null, name);
  }
});

Deno.test("UTKFACE keeps malformed names and remarks them", () => {
  const malformed = [
    `39_1_${DATE}.jpg`, // no race
    `39_3_0_${DATE}.jpg`, // no such gender
    `39_1_7_${DATE}.jpg`, // no such race
    `55_0_0_${DATE}jpg.chip.jpg`, // no dot
    "14_0_0_2017011022340900.jpg", // a digit short
    "28_1_2_201701161846515488.jpg", // a digit more
    `53__0_${DATE}.jpg`, // no gender
  ];
  const { photos, remarks, hasPhotos } = UTKFACE.read([`1_0_4_${DATE}.jpg`, ...malformed], []);
  deepEqual([photos.length, hasPhotos], [8, true]);
  deepEqual(remarks, [{
    what: "malformed name: its age was kept",
    count: 7,
    examples: malformed.slice(0, 5),
  }]);
});

Deno.test("UTKFACE leaves out photos whose name gives no age, and remarks them", () => {
  const { photos, remarks } = UTKFACE.read([`1_0_4_${DATE}.jpg`, "face.jpg", "readme.txt"], []);
  equal(photos.length, 1);
  deepEqual(remarks, [
    { what: "photo without label: left out", count: 1, examples: ["face.jpg"] },
  ]);
});
