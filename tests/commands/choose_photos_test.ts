import { deepEqual, equal, match, throws } from "node:assert/strict";
import { join } from "node:path";
import { range } from "d3";
import type { ModelCard } from "@/model/model_card.ts";
import type { Usable } from "@/study/study.ts";
import { fromSeen, seenPhotos, toSeen } from "@/answers/seen.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

/** The modules, loaded where native code is allowed. */
async function load() {
  const [{ choosePhotos, findSeen }, { divide }, { writeLearned }, { learnedPhotos }] =
    await Promise.all([
      import("@tools/shared/choose_photos.ts"),
      import("@/study/study.ts"),
      import("@/training/learned.ts"),
      import("@/study/fingerprint.ts"),
    ]);
  return { choosePhotos, findSeen, divide, writeLearned, learnedPhotos };
}

const ALL = [...NATIVE, "write"] as Deno.PermissionName[];

/** The card of a model of a name, and of crops if it has their place of the eyes. */
const named = (name: string, crop: object | null = null) => (
  { card: { name, input: { crop } } as ModelCard }
);

/** A hash of 64 digits that is far from every other number's. */
function hashOf(k: number): string {
  let word = k + 1, hash = "";
  for (let n = 0; n < 8; n++) {
    word = Math.imul(word ^ (word >>> 15), 0x85ebca6b + n) >>> 0;
    hash += word.toString(16).padStart(8, "0");
  }
  return hash;
}

/** An MD5 of 32 digits. */
function md5Of(k: number): string {
  return hashOf(k).slice(0, 32);
}

/** Thirty photos of two age groups, each of its own look; squares are not needed. */
function usableOf(name: string, numbers = Array.from({ length: 30 }, (_, k) => k)): Usable {
  const photos = numbers.map((k) => ({
    ...{ photo: `${name}/${k}.jpg`, age: null, group: k % 2 === 0 ? 0 as const : 4 as const },
    ...{ gender: null, subject: null, album: null, fold: null },
  }));
  const contents = numbers.map((k) => ({ md5: md5Of(k), hash: hashOf(k) }));
  const squares = { side: 1, photos, contents, path: "", offset: 0 };
  return { data: { name } as Usable["data"], squares, nearDuplicates: [] };
}

/** A model's run in a folder, trained on a data set in its order. */
async function trained(folder: string, usable: Usable, split: "photo" | "original" = "photo") {
  const { divide, writeLearned, learnedPhotos } = await load();
  const study = divide(usable, { split });
  await writeLearned(folder, learnedPhotos(study)!);
  const run = { data: usable.data.name, split, fingerprint: study.fingerprint };
  return { study, model: { ...named("IV-7"), folder, run: run as never, seen: seenPhotos([]) } };
}

testWith(ALL, "choosePhotos() takes the test part of a run's own data set", async () => {
  const { choosePhotos } = await load();
  await withFolder(async (folder) => {
    const usable = usableOf("set"), { study, model } = await trained(folder, usable);
    const { indices, seen, remark } = choosePhotos(usable, model);
    deepEqual(indices.toSorted(), study.test.indices.toSorted());
    deepEqual([seen.length, remark], [24, ", the test part"]);
  });
});

testWith(ALL, "choosePhotos() knows copied, renamed and near-duplicate photos", async () => {
  const { choosePhotos } = await load();
  await withFolder(async (folder) => {
    const usable = usableOf("set"), { study, model } = await trained(folder, usable);
    const copy = usableOf("copy", [...Array(30).keys(), 99].reverse());
    const saved = copy.squares.contents!.findIndex(({ md5 }) => (
      md5 === usable.squares.contents![study.train.indices[0]!]!.md5
    ));
    copy.squares.contents![saved]!.md5 = "saved again";
    const { indices, seen, remark } = choosePhotos(copy, model);
    deepEqual([indices.length, seen.length], [7, 24]);
    equal(
      remark,
      "; left out are 24 that it was trained on or chosen by, 1 of them near-duplicates",
    );
    throws(
      () => choosePhotos(usableOf("copy", study.train.indices), model),
      /trained on or chosen by all 18 photos of copy.*: name others$/,
    );
  });
});

testWith(
  ALL,
  "choosePhotos() goes by what a run has learned from where labels have changed",
  async () => {
    const { choosePhotos } = await load();
    await withFolder(async (folder) => {
      const usable = usableOf("set"), { study, model } = await trained(folder, usable);
      for (const photo of usable.squares.photos.slice(0, 10)) photo.group = 2;
      const { indices, remark } = choosePhotos(usable, model);
      deepEqual(indices.toSorted(), study.test.indices.toSorted());
      match(remark, /Since the training: 10 photos have another age group/);
    });
  },
);

testWith(
  ALL,
  "choosePhotos() keeps the whole test part of the original's split, and says it leaks",
  async () => {
    const { choosePhotos } = await load();
    await withFolder(async (folder) => {
      const usable = usableOf("set"), { study, model } = await trained(folder, usable, "original");
      const [test, train] = [study.test.indices[0]!, study.train.indices[0]!];
      usable.squares.contents![test]!.hash = usable.squares.contents![train]!.hash;
      const { indices, remark } = choosePhotos(usable, model);
      deepEqual(indices, study.test.indices);
      match(remark, /which leaks: 1 of them look like photos/);
    });
  },
);

testWith(ALL, "choosePhotos() says that an earlier run has no fingerprint", async () => {
  const { choosePhotos } = await load();
  await withFolder((folder) => {
    const run = { data: "set", split: "subject" } as never;
    const model = { ...named("IV-7"), folder: join(folder), run, seen: seenPhotos([]) };
    const own = choosePhotos(usableOf("set"), model);
    deepEqual([own.indices.length, own.seen.length], [6, 24]);
    match(own.remark, /the test part\. The run has no fingerprint/);
    const other = choosePhotos(usableOf("other"), model);
    deepEqual([other.indices.length, other.seen.length], [30, 0]);
    match(other.remark, /no fingerprint: nobody can tell which/);
  });
});

testWith(ALL, "choosePhotos() leaves out what a model that ships has seen", async () => {
  const { choosePhotos } = await load();
  const usable = usableOf("set"), contents = usable.squares.contents!;
  const seen = fromSeen(toSeen(contents.slice(0, 12)));
  contents[3]!.md5 = "saved again";
  const model = { ...named("age-groups-2"), folder: "", run: null, seen };
  const { indices, remark } = choosePhotos(usable, model);
  deepEqual(indices, range(12, 30));
  equal(
    remark,
    "; left out are 12 that it was trained on or chosen by, 1 of them near-duplicates",
  );
});

testWith(ALL, "choosePhotos() says where a model does not know near-duplicates", async () => {
  const { choosePhotos } = await load();
  const usable = usableOf("set"), contents = usable.squares.contents!;
  const seen = fromSeen({ ...toSeen(contents.slice(0, 12)), hashes: null });
  contents[3]!.md5 = "saved again";
  const model = { ...named("age-groups-2"), folder: "", run: null, seen };
  const { indices, remark } = choosePhotos(usable, model);
  equal(indices.length, 19);
  match(remark, /left out are 11 .*near-duplicates of them are not known$/);
});

testWith(
  ALL,
  "choosePhotos() names --faces find where a network of crops is given photos as they are",
  async () => {
    const { choosePhotos } = await load(), faces = { data: "set-faces" } as never;
    const crops = { ...named("age-groups-2", { eyes: [] }), folder: "", seen: seenPhotos([]) };
    const remark = (name: string, run: null | never, layout = "labels.csv") => {
      const usable = usableOf(name), data = { ...usable.data, layout } as Usable["data"];
      return choosePhotos({ ...usable, data }, { ...crops, run }).remark;
    };
    match(remark("set", null), /if they show more, add --faces find$/);
    match(remark("set", faces), /if they show more, add --faces find$/);
    equal(remark("set-faces", null), "");
    equal(remark("utk", null, "utkface"), "");
  },
);

testWith(ALL, "findSeen() tells the same file, a near-duplicate, and others", async () => {
  const { findSeen } = await load(), [light, dark] = ["0".repeat(64), "f".repeat(64)];
  const photos = [["1", light], ["2", light], ["3", dark]].map(([md5, hash]) => (
    { md5: md5!, hash: hash! }
  ));
  deepEqual(findSeen(photos, seenPhotos([photos[0]!])), ["same file", "near-duplicate", "no"]);
});

testWith(ALL, "findSeen() finds nothing where nothing was learned", async () => {
  const { findSeen } = await load();
  deepEqual(findSeen([{ md5: "1", hash: hashOf(1) }], seenPhotos([])), ["no"]);
});
