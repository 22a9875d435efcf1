import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { Photo } from "@/dataset/photo.ts";
import { measureKinds, type PhotoTraits } from "./photo_kinds.ts";

const ALIKE: PhotoTraits = {
  ...{ sharpness: 0.2, brightness: 0.5, size: 200, padding: 0 },
  ...{ turn: null, warnings: [] },
};

/** A photo of a group, recognised or not. */
function told(predicted: number, group: Photo["group"] = 2, subject: string | null = null) {
  const photo = {
    photo: "a.jpg",
    age: "26",
    group,
    gender: null,
    subject,
    album: null,
    fold: null,
  };
  return { photo, predicted };
}

/** The rows of one kind. */
function rowsBy(
  by: keyof PhotoTraits,
  photos: ReturnType<typeof told>[],
  values: (number | null)[],
) {
  const traits = values.map((value) => ({ ...ALIKE, [by]: value }));
  return measureKinds(photos, traits, { seed: 7 }).filter((row) => row.by === by);
}

Deno.test("measureKinds() makes four bins of equally many photos, the lowest values first", () => {
  // of eight photos, the two darkest are wrong
  const photos = [2, 2, 2, 3, 2, 3, 2, 2].map((predicted) => told(predicted));
  const rows = rowsBy("brightness", photos, [0.8, 0.7, 0.6, 0.1, 0.5, 0.2, 0.4, 0.3]);
  deepEqual(rows.map(({ photos, from, to }) => [photos, from, to]), [
    [2, 0.1, 0.2],
    [2, 0.3, 0.4],
    [2, 0.5, 0.6],
    [2, 0.7, 0.8],
  ]);
  deepEqual(rows.map(({ accuracy }) => accuracy.value), [0, 1, 1, 1]);
});

Deno.test("measureKinds() balances the groups that occur among the photos of a kind", () => {
  const photos = [told(2), told(2), told(2), told(2, 4)];
  const [row] = rowsBy("size", photos, [200, 200, 200, 200]);
  deepEqual([row!.photos, row!.accuracy.value, row!.balancedAccuracy.value], [4, 0.75, 0.5]);
});

Deno.test("measureKinds() keeps photos of one value together", () => {
  const photos = Array.from({ length: 8 }, () => told(2));
  deepEqual(
    rowsBy("padding", photos, [0, 0, 0, 0, 0, 0, 0, 0.3]).map(({ photos, from, to }) => [
      photos,
      from,
      to,
    ]),
    [[7, 0, 0], [1, 0.3, 0.3]],
  );
  deepEqual(rowsBy("size", photos.slice(0, 3), [9, 9, 9]).map(({ photos }) => photos), [3]);
});

Deno.test("measureKinds() leaves out photos whose trait is not known, and kinds without photos", () => {
  const photos = [told(2), told(3), told(2)];
  equal(rowsBy("turn", photos, [null, null, null]).length, 0);
  const rows = rowsBy("turn", photos, [0.1, null, 0.4]);
  deepEqual(rows.map(({ from, accuracy }) => [from, accuracy.value]), [[0.1, 1], [0.4, 1]]);
});

Deno.test("measureKinds() draws whole persons", () => {
  const of = (subject: (k: number) => string | null) => {
    const photos = Array.from({ length: 20 }, (_, k) => told(k < 10 ? 2 : 3, 2, subject(k)));
    const { low, high } = rowsBy("size", photos, photos.map(() => 9))[0]!.accuracy;
    return high - low;
  };
  ok(of((k) => k < 10 ? "ann" : "ben") > of(() => null));
});

Deno.test("measureKinds() needs the traits of each photo", () => {
  throws(() => measureKinds([told(2)], [], { seed: 7 }), /1 photos by the traits of 0/);
  deepEqual(measureKinds([], [], { seed: 7 }), []);
});

Deno.test("measureKinds() writes values in their unit", () => {
  const words = (by: keyof typeof ALIKE, values: number[]) => (
    rowsBy(by, values.map(() => told(2)), values).map(({ values }) => values)
  );
  deepEqual(words("size", [60, 200]), ["60 pixels", "200 pixels"]);
  deepEqual(words("size", [60, 61, 70, 71, 80, 81, 90, 200]).at(0), "60 to 61 pixels");
  deepEqual(words("padding", [0, 0.254]), ["0%", "25%"]);
  deepEqual(words("sharpness", [0.0221, 0.0222]), ["0.022", "0.022"]);
});

Deno.test("measureKinds() tells photos that would be warned about from the others", () => {
  const photos = [told(2), told(3), told(3), told(2), told(2)];
  const warnings = [[], ["blurred"], ["dark", "turned"], [], null] as const;
  const traits = warnings.map((warnings) => ({ ...ALIKE, warnings }));
  const rows = measureKinds(photos, traits, { seed: 7 }).filter(({ by }) => by === "warning");
  deepEqual(rows.map(({ values, photos, accuracy }) => [values, photos, accuracy.value]), [
    ["no warning", 2, 1],
    ["turned", 1, 0],
    ["blurred", 1, 0],
    ["dark", 1, 0],
    ["any warning", 2, 0],
    ["no face found", 1, 1],
  ]);
});
