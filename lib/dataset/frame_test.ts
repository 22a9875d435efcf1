import { deepEqual, equal } from "node:assert/strict";
import type { Photo } from "@/dataset/photo.ts";
import { NATIVE, testWith } from "@/testing.ts";

const NOTHING = { age: null, group: null, gender: null, subject: null, album: null, fold: null };
const ANNA: Photo = {
  photo: "Zoë, 1.jpg",
  age: "(25, 32)",
  group: 2,
  gender: "f",
  subject: "007",
  album: "9@N01",
  fold: 0,
};
const COLUMNS = ["photo", "age", "group", "gender", "subject", "album", "fold"];

/** The frame functions, loaded where native code is allowed. */
async function load() {
  return await import("@/dataset/frame.ts");
}

testWith(
  NATIVE,
  "toFrame() keeps the columns' types for photos, nulls, and no photos",
  async () => {
    const { toFrame } = await load();
    for (const photos of [[ANNA], [{ photo: "a.jpg", ...NOTHING }], []]) {
      const frame = toFrame(photos);
      deepEqual(frame.columns, COLUMNS);
      equal(frame.height, photos.length);
      const types = frame.dtypes.map(String);
      const [text, whole] = ["DataType(String)", "DataType(Int32)"];
      deepEqual(types, [text, text, whole, text, text, text, whole]);
    }
  },
);

testWith(NATIVE, "toFrame() finds values below many nulls", async () => {
  const { toFrame, fromFrame } = await load();
  const nulls = Array.from({ length: 300 }, (_, n) => ({ photo: `${n}.jpg`, ...NOTHING }));
  deepEqual(fromFrame(toFrame([...nulls, ANNA])).at(-1), ANNA);
});

testWith(NATIVE, "toFrame() leaves further columns out", async () => {
  const { toFrame } = await load();
  deepEqual(toFrame([{ ...ANNA, part: "train" } as Photo]).columns, COLUMNS);
});

testWith(NATIVE, "fromFrame() gives back the photos of toFrame()", async () => {
  const { toFrame, fromFrame } = await load();
  const photos: Photo[] = [ANNA, { photo: "b.jpg", ...NOTHING }, { ...ANNA, group: 0, fold: null }];
  deepEqual(fromFrame(toFrame(photos)), photos);
  deepEqual(fromFrame(toFrame([])), []);
});

testWith(NATIVE, "countBy() counts every combination, sorted, missing values last", async () => {
  const { countBy } = await load();
  const rows = [["b", 1], [null, 1], ["a", 2], ["a", 1], ["a", 2]];
  const photos = rows.map(([label, group]) => ({ label, group }));
  deepEqual(countBy(photos, "label", "group"), [
    { label: "a", group: 1, photos: 1 },
    { label: "a", group: 2, photos: 2 },
    { label: "b", group: 1, photos: 1 },
    { label: null, group: 1, photos: 1 },
  ]);
  deepEqual(countBy(photos, "label").map(({ photos }) => photos), [3, 1, 1]);
});

testWith(NATIVE, "countBy() counts no photos", async () => {
  const { countBy } = await load();
  deepEqual(countBy([] as Photo[], "gender"), []);
});

testWith(NATIVE, "inOrder() sorts by a list, and leaves the rows given as they are", async () => {
  const { inOrder } = await load();
  const rows = [{ label: "b" }, { label: "a" }, { label: "none" }, { label: "c" }];
  const sorted = inOrder(rows, "label", ["a", "b", "c", "none"]);
  deepEqual(sorted.map(({ label }) => label), ["a", "b", "c", "none"]);
  equal(rows[0]!.label, "b");
});
