import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { range } from "d3";
import { ageGroup } from "@/dataset/age_group.ts";
import { MODEL_FILES, parseCard } from "@/model/model_card.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

/** The modules, loaded where native code is allowed. */
async function load() {
  return {
    ...await import("@/answers/calibrate.ts"),
    ...await import("@/answers/model_folder.ts"),
    ...await import("@/answers/seen.ts"),
    ...await import("@/answers/write_card.ts"),
  };
}

/** A hash of so many digits. */
const hash = (k: number, digits: number) => (k + 1).toString(16).padStart(digits, "0");

/** Photos of one pixel, which is as light as the photo is told to be old: so many years older than it is, give or take two. */
async function makePhotos(folder: string, ages: readonly number[], older: number) {
  const path = join(folder, "squares.npy");
  const told = ages.map((age, k) => age + older + (3 * k + Math.floor(k / 40)) % 5 - 2);
  await Deno.writeFile(path, Uint8Array.from(told.flatMap((year) => Array(3).fill(year))));
  const photos = ages.map((age, k) => ({
    ...{ photo: `${k}.jpg`, age: String(age), group: ageGroup(String(age)), gender: null },
    ...{ subject: `person ${k % 30}`, album: null, fold: k % 2 ? null : 0 }, // some name folds, as labels.csv may
  }));
  const contents = ages.map((_, k) => ({ md5: hash(k, 32), hash: hash(k, 64) }));
  const squares = { side: 1, photos, contents, path, offset: 0 };
  return { data: { layout: "labels.csv" } as never, squares, nearDuplicates: [] };
}

const AGES = range(150).map((k) => 5 + k % 40);

testWith(ALL, "calibrateModel() writes a small folder that stands on the model", async () => {
  const { calibrateModel, modelFolder, networkFolder, onnxFile, readCard, readSeen } = await load();
  const { requireUpdatable } = await load();
  const shipped = (await readCard("age-groups-2"))!,
    yearRange = { coverage: 0.8, low: 0.05, high: 0.95 };
  const base = { ...shipped, answer: { ...shipped.answer, yearRange } };
  const model = {
    ...{
      card: { ...base, input: { ...base.input, side: 1 } },
      folder: modelFolder("age-groups-2"),
    },
    ...{ run: null, seen: { isFile: () => false, hashes: [] }, close: () => {} },
    outputs: (squares: Uint8Array) => {
      const told = Array.from({ length: squares.length / 3 }, (_, k) => squares[3 * k]!);
      const rows = told.flatMap((year) => range(101).map((k) => Math.abs(k - year) <= 2 ? 0.2 : 0));
      return Promise.resolve(Float32Array.from(rows));
    },
  };
  await withFolder(async (folder) => {
    const out = join(folder, "family"),
      calibrate = (ages: number[], older: number) => (
        makePhotos(folder, ages, older).then((usable) => (
          calibrateModel(out, model, usable, [...ages.keys()])
        ))
      );
    equal((await calibrate(AGES, 0)).helps, false);
    ok(!existsSync(out), "nothing is written where nothing is gained");
    await rejects(calibrate(AGES.slice(0, 99), 6), /on 99 photos of 40 ages .* takes 100 photos/);
    await rejects(calibrate(AGES.map(() => 9), 6), /on 150 photos of 1 ages/);

    equal((await calibrate(AGES, 6)).helps, true);
    const path = join(out, MODEL_FILES.card), card = parseCard(await Deno.readTextFile(path), path);
    deepEqual([card.name, card.calibration!.base, card.calibration!.persons], [
      ...["family", "age-groups-2"],
      30,
    ]);
    equal(await onnxFile(out), join(model.folder, MODEL_FILES.onnx));
    const page = await Deno.readTextFile(join(out, MODEL_FILES.page));
    match(page, /--model path\/to\/family\n[^]*## Calibrated for other photos/);
    ok((await readSeen([out])).isFile(hash(149, 32)));
    throws( // the test part of the model that it stands on is as large as the card says
      () => requireUpdatable({ card, run: null }, card.training.photos.test, null),
      /family: it is calibrated, and has no test part. Calibrate age-groups-2 anew/,
    );
    const changed = { ...card, weights: { ...card.weights, sha256: "0" } };
    await rejects(
      networkFolder(out, changed),
      /age-groups-2 has changed since family was calibrated/,
    );
    const again = { ...model, card };
    const usable = await makePhotos(folder, AGES, 6);
    await rejects(
      calibrateModel(out, again, usable, [0]),
      /is calibrated itself: calibrate age-groups-2/,
    );
  });
});
