import { deepEqual, equal, throws } from "node:assert/strict";
import { ADIENCE_LABELS, ageLabels, DECADES, withAgeLabels } from "@/dataset/age_label.ts";
import type { AgeGroup } from "@/dataset/age_group.ts";

/** Makes photos of ages. */
function ofAges(...ages: (string | null)[]) {
  return ages.map((age) => ({ age, group: null }));
}

function ofGroups(...groups: (AgeGroup | null)[]) {
  return groups.map((group) => ({ age: null, group }));
}

function labelsOf(photos: { age: string | null; group: AgeGroup | null }[]): string[] {
  return withAgeLabels(photos).map(({ label }) => label);
}

/** Enough ranges to make ranges the most of the ages. */
const RANGES = Array.from({ length: 50 }, () => "(0, 2)");

Deno.test("withAgeLabels() keeps Adience's eight labels as they are", () => {
  deepEqual(labelsOf(ofAges(...ADIENCE_LABELS)), [...ADIENCE_LABELS]);
});

Deno.test("withAgeLabels() counts every other age of Adience with the nearest label", () => {
  const nearest = {
    "2": "(0, 2)",
    "3": "(0, 2)",
    "13": "(8, 12)",
    "(8, 23)": "(8, 12)",
    "22": "(15, 20)",
    "23": "(25, 32)",
    "29": "(25, 32)",
    "34": "(25, 32)",
    "35": "(25, 32)",
    "(27, 32)": "(25, 32)",
    "(25, 23)": "(25, 32)",
    "36": "(38, 43)",
    "(38, 42)": "(38, 43)",
    "(38, 48)": "(38, 43)",
    "45": "(38, 43)",
    "46": "(48, 53)",
    "55": "(48, 53)",
    "56": "(48, 53)",
    "57": "(60, 100)",
    "58": "(60, 100)",
    "110": "(60, 100)",
  };
  const given = Object.keys(nearest).sort();
  const expected = given.map((age) => nearest[age as keyof typeof nearest]);
  deepEqual(labelsOf(ofAges(...given, ...RANGES)).slice(0, given.length), expected);
});

Deno.test("withAgeLabels() counts single years by decades, the oldest together", () => {
  const years = ["0", "9", "10", "26", "69", "70", "116"];
  deepEqual(labelsOf(ofAges(...years)), ["0-9", "0-9", "10-19", "20-29", "60-69", "70+", "70+"]);
});

Deno.test("withAgeLabels() counts a range among single years by the decade of its middle", () => {
  deepEqual(labelsOf(ofAges("(8, 23)", "1", "2")), ["10-19", "0-9", "0-9"]);
});

Deno.test("withAgeLabels() prefers decades where half of the ages are single years", () => {
  deepEqual(labelsOf(ofAges("(0, 2)", "1")), ["0-9", "0-9"]);
});

Deno.test("withAgeLabels() names the groups where no age is known", () => {
  deepEqual(labelsOf(ofGroups(0, 4, 2, null)), ["0-6", "60+", "21-37", "none"]);
});

Deno.test("withAgeLabels() labels a photo without age as none, and keeps its other fields", () => {
  const photos = [{ photo: "a.jpg", age: null, group: null }, ...ofAges("26")];
  deepEqual(withAgeLabels(photos)[0], { photo: "a.jpg", age: null, group: null, label: "none" });
});

Deno.test("withAgeLabels() takes no photos", () => deepEqual(withAgeLabels([]), []));

Deno.test("withAgeLabels() refuses what is no age", () => {
  throws(() => withAgeLabels(ofAges("old")), /"old"/);
});

Deno.test("ageLabels() lists the labels in their order, none only where it occurs", () => {
  deepEqual(ageLabels(ofAges("(60, 100)", "(0, 2)")), [...ADIENCE_LABELS]);
  deepEqual(ageLabels(ofAges("(60, 100)", null)), [...ADIENCE_LABELS, "none"]);
  deepEqual(ageLabels(ofAges("26")), [...DECADES]);
  deepEqual(ageLabels(ofGroups(1, null)), ["0-6", "7-20", "21-37", "38-59", "60+", "none"]);
});

Deno.test("ageLabels() lists every label that withAgeLabels() gives", () => {
  for (const photos of [ofAges("26", null), ofAges("(4, 6)", "35", "(1, 3)"), ofGroups(3)]) {
    const labels = ageLabels(photos);
    for (const label of labelsOf(photos)) equal(labels.includes(label), true, label);
  }
});
