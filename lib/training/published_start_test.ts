import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { Squares } from "@/images/square_store.ts";
import { buildMobileNet } from "@/model/mobile_net.ts";
import { disposeNetwork } from "@/model/network.ts";
import type { Examples } from "@/study/batches.ts";
import type { Study } from "@/study/study.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";
import type { MapStore } from "@/training/map_store.ts";
import type { StartRecipe } from "@/training/published_start.ts";

/** What is tested; it asks for permissions when it loads. */
async function load() {
  return {
    ...await import("@/training/map_store.ts"),
    ...await import("@/training/published_start.ts"),
  };
}

const squares: Squares = { side: 32, photos: [], path: "", offset: 0 };

/** A part of children and of the old. */
function part(indices: number[]): Examples {
  const old = indices.map((index) => index % 2 === 1);
  return {
    ...{ squares, indices, groups: old.map((is) => is ? 4 : 0) },
    ages: old.map((is) => is ? "70" : "3"),
  };
}

const STUDY = {
  train: part([0, 1, 2, 3, 4, 5, 6, 7]),
  validation: part([8, 9]),
  test: part([10]),
} as unknown as Study;

/** Maps and codes that tell children and the old apart by their first number. */
async function makeStore(folder: string, study = STUDY): Promise<MapStore> {
  const { viewsOf } = await load(),
    views = viewsOf(study, { seed: 7, rounds: 1 }),
    shape = [2, 2, 512] as const,
    size = 2 * 2 * 512;
  const maps = join(folder, "maps.u8"), bytes = new Uint8Array(views.length * size);
  const codes = new Float32Array(views.length * 1024);
  views.forEach(({ index }, k) => {
    codes[k * 1024] = index % 2 * 2;
    bytes.fill(index % 2 * 200, k * size, (k + 1) * size);
  });
  Deno.writeFileSync(maps, bytes);
  return { views, shape, maps, codes };
}

async function quickRecipe(): Promise<StartRecipe> {
  const { HEAD_RECIPE } = await load();
  return { ...HEAD_RECIPE, epochs: 2, batchSize: 4, rate: 0.02, dropout: 0 };
}

testWith(
  NATIVE,
  "viewsOf() mirrors every photo of validation, and varies each training photo in each round",
  async () => {
    const { viewsOf } = await load();
    const views = viewsOf(STUDY, { seed: 7, rounds: 2 });
    equal(views.length, 2 * 8 + 2 * 2);
    deepEqual(views.slice(0, 2).map(({ index, variation }) => [index, variation.transform]), [
      [8, [1, 0, 0, 0, 1, 0, 0, 0]],
      [8, [-1, 0, 31, 0, 1, 0, 0, 0]],
    ]);
    const first = views.slice(4, 12), second = views.slice(12);
    for (const round of [first, second]) {
      deepEqual(round.map(({ index }) => index).sort(), STUDY.train.indices);
    }
    const gains = [...first, ...second].filter(({ index }) => index === 3)
      .map(({ variation }) => variation.gain);
    notEqual(gains[0], gains[1]);
    deepEqual(views, viewsOf(STUDY, { seed: 7, rounds: 2 }));
  },
);

testWith(
  NATIVE,
  "lessonOf() gives each view of a training photo the target of its year",
  async () => {
    const { lessonOf, viewsOf } = await load();
    const views = viewsOf(STUDY, { seed: 7, rounds: 1 });
    const { places, targets, weights } = lessonOf(STUDY, { views });
    deepEqual(places, [4, 5, 6, 7, 8, 9, 10, 11]);
    deepEqual(weights, Array(8).fill(1));
    const years = targets.map((target) => target.indexOf(Math.max(...target)));
    deepEqual(years, places.map((place) => views[place]!.index % 2 === 1 ? 70 : 3));
  },
);

testWith(
  NATIVE,
  "lessonOf() learns from varied views alone, also of photos of validation",
  async () => {
    const { lessonOf, viewsOf } = await load();
    const { withValidation } = await import("@/study/study.ts");
    const study = withValidation(STUDY, { epochs: 1 });
    const views = viewsOf(study, { seed: 7, rounds: 2 });
    const { places, round } = lessonOf(study, { views });
    deepEqual([places[0], places.length, round], [4, 20, 10]);
  },
);

/** Trains a head up to each of these epochs, each time with a new network; returns what it says in the end. */
async function trainHead(
  folder: string,
  epochs: number[],
  changed: Partial<StartRecipe> = {},
): Promise<number[][]> {
  const { tailOf, trainStart, TUNED_FROM, yearsOfKept } = await load();
  const store = await makeStore(folder), recipe = { ...await quickRecipe(), ...changed };
  let years: number[][] = [];
  for (const until of epochs) {
    const network = buildMobileNet({ side: 32 }), tail = tailOf(network, TUNED_FROM);
    await trainStart(join(folder, "head"), tail, store, STUDY, recipe, { seed: 7, until });
    years = yearsOfKept(tail, store, STUDY.validation, recipe);
    disposeNetwork(network);
  }
  return years;
}

testWith(
  [...NATIVE, "write"],
  "a head learns, and a resumed training ends with the same bits",
  async () => {
    await tf.setBackend("cpu");
    const atOnce = await withFolder((folder) => trainHead(folder, [2]));
    const resumed = await withFolder((folder) => trainHead(folder, [1, 2]));
    ok(
      atOnce[0]![3]! > atOnce[1]![3]!,
      "the child is taken for a three-year-old sooner than the old",
    );
    deepEqual(resumed, atOnce);
  },
);

testWith(
  [...NATIVE, "write"],
  "a training by another recipe is refused, and stays as it was",
  async () => {
    await tf.setBackend("cpu");
    await withFolder(async (folder) => {
      const years = await trainHead(folder, [2]);
      await rejects(trainHead(folder, [2], { weightDecay: 0.3 }), {
        message: /^The training in .+head was begun by another recipe or seed\. Remove the folder/,
      });
      deepEqual(await trainHead(folder, [2]), years);
    });
  },
);

/** Trains a head, and then the layers above the maps so slowly that they change nothing. */
async function trainBoth(folder: string, study: Study) {
  await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  const { tailOf, trainStages, TUNED_FROM } = await load(), quick = await quickRecipe();
  const store = await makeStore(folder, study), network = buildMobileNet({ side: 32 });
  const tail = tailOf(network, TUNED_FROM), before = tail.trunk[0]!.dataSync().slice();
  const stages = [
    { folder: "head", recipe: { ...quick, epochs: 4, rate: 0.1 } },
    { folder: "tuned", recipe: { ...quick, rate: 1e-9, trunkShare: 0.5 }, until: 1 },
  ];
  const used = await trainStages(folder, { tail, store, study }, stages, { seed: 7 });
  const after = tail.trunk[0]!.dataSync().slice();
  disposeNetwork(network);
  return { used, before, after };
}

testWith(
  [...NATIVE, "write"],
  "the stage that is best on validation gives the weights",
  async () => {
    await withFolder(async (folder) => {
      const { used, before, after } = await trainBoth(folder, STUDY);
      equal(used.folder, "head"); // the other is no better
      deepEqual(after, before);
    });
  },
);

testWith(
  [...NATIVE, "write"],
  "where training holds validation, the last epoch of the last stage gives the weights",
  async () => {
    await withFolder(async (folder) => {
      const { withValidation } = await import("@/study/study.ts");
      const { used } = await trainBoth(folder, withValidation(STUDY, { epochs: 1 }));
      deepEqual([used.folder, used.epoch], ["tuned", 1]);
      const { length } = JSON.parse(await Deno.readTextFile(join(folder, "tuned", "history.json")));
      equal(length, 1);
    });
  },
);
