import { deepEqual, equal, ok } from "node:assert/strict";
import type { Photo } from "@/dataset/photo.ts";
import { measureGaps, measureSubgroups, type Prediction } from "./subgroups.ts";

const SEED = { seed: 7 };

/** A photo named as UTKFace names them, and the group predicted for it. */
function told(age: number, code: string, group: Photo["group"], predicted: number): Prediction {
  const photo = `${age}_${code}_20170109142408075.jpg`;
  const gender = code.startsWith("1") ? "f" as const : "m" as const;
  const nobody = { subject: null, album: null, fold: null };
  return { photo: { photo, age: String(age), group, gender, ...nobody }, predicted };
}

/** A man of 25, recognised; a woman of 25, recognised; a woman of 40, taken for younger. */
const PHOTOS = [told(25, "0_0", 2, 2), told(25, "1_1", 2, 2), told(40, "1_4", 3, 2)];

Deno.test("measureSubgroups() tells genders, ethnicities and decades apart", () => {
  const rows = measureSubgroups(PHOTOS, "utkface", SEED);
  deepEqual(rows.map(({ by, subgroup, photos }) => `${by} ${subgroup} ${photos}`), [
    "gender men 1",
    "gender women 2",
    "ethnicity Black 1",
    "ethnicity White 1",
    "ethnicity others 1",
    "decade 20-29 2",
    "decade 40-49 1",
  ]);
});

Deno.test("measureSubgroups() measures accuracy and the direction of mistakes", () => {
  const [men, women] = measureSubgroups(PHOTOS, "utkface", SEED);
  deepEqual([men!.accuracy.value, women!.accuracy.value], [1, 0.5]);
  deepEqual([men!.bias.value, women!.bias.value], [0, -0.5]);
});

Deno.test("measureSubgroups() measures calibration and sets where answers tell them", () => {
  const sure = (one: Prediction, set: number[], share = 0.8) => ({
    ...one,
    probabilities: [0, 0, share, 1 - share, 0],
    set,
  });
  const rows = measureSubgroups(
    [sure(PHOTOS[0]!, [2]), sure(PHOTOS[1]!, [2]), sure(PHOTOS[2]!, [2, 4], 0.7)],
    "utkface",
    SEED,
  );
  const [men, women] = rows; // a man told right, and of two women one
  ok(Math.abs(men!.calibrationError!.value - 0.2) < 1e-9);
  ok(Math.abs(women!.calibrationError!.value - 0.45) < 1e-9); // a bin each: 0.2 and 0.7 off
  deepEqual([men!.setCoverage?.value, men!.setSize], [1, 1]);
  deepEqual([women!.setCoverage?.value, women!.setSize], [0.5, 1.5]);
  const [plain] = measureSubgroups(PHOTOS, "utkface", SEED);
  equal("calibrationError" in plain! || "setCoverage" in plain!, false);
});

Deno.test("measureSubgroups() reads names only where the layout gives them a meaning", () => {
  const rows = measureSubgroups(PHOTOS, "labels.csv", SEED);
  equal(rows.some(({ by }) => by === "ethnicity"), false);
});

Deno.test("measureSubgroups() of ranges without genders is empty", () => {
  const [{ photo }] = PHOTOS as [Prediction];
  const plain = { photo: { ...photo, age: "(25, 32)", gender: null }, predicted: 2 };
  deepEqual(measureSubgroups([plain], "adience", SEED), []);
});

Deno.test("measureGaps() is the best subgroup less the worst in balanced accuracy", () => {
  const [gender] = measureGaps(PHOTOS, "labels.csv", SEED);
  deepEqual([gender!.by, gender!.best, gender!.worst, gender!.value], [
    "gender",
    "men",
    "women",
    0.5,
  ]);
  ok(gender!.low <= 0.5 && 0.5 <= gender!.high);
});

Deno.test("measureGaps() of subgroups that are equally good tells two of them, and how sure that is", () => {
  const people = ["0_0", "1_0"].flatMap((code) => (
    Array.from({ length: 10 }, (_, k) => told(25, code, 2, k < 2 ? 3 : 2))
  ));
  const [gender] = measureGaps(people, "labels.csv", SEED);
  deepEqual([gender!.best, gender!.worst, gender!.value], ["men", "women", 0]);
  ok(gender!.low < -0.1 && 0.1 < gender!.high);
});

Deno.test("measureGaps() needs two subgroups", () => {
  deepEqual(measureGaps(PHOTOS.slice(1), "labels.csv", SEED), []);
});
