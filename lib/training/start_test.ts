import { deepEqual, equal, notDeepEqual, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { testWith, withFolder } from "@/testing.ts";
import type { Fold } from "@/study/folds.ts";
import type { RunSetting } from "@/training/checkpoint.ts";
import { makeNoise } from "@/training/_testing.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  const { findSpec } = await import("@/model/zoo.ts");
  const modules = [
    import("@/training/training.ts"),
    import("@/training/checkpoint.ts"),
    import("@/answers/open_model.ts"),
    import("@/model/network.ts"),
    import("@/model/published_weights.ts"),
  ] as const;
  const [training, run, door, network, published] = await Promise.all(modules);
  /** The setting of a tiny training: the head alone for an epoch, then the rest. */
  const settingOf = (id: string, fold?: Fold): RunSetting => {
    const spec = findSpec(id), photos = { train: 10, validation: 5, test: 0 };
    return {
      ...{ data: "noise", side: 32, split: fold ? "folds" : "photo", seed: 7, photos },
      ...(fold && { fold }),
      spec: {
        ...spec,
        ...{
          batchSize: 8,
          epochs: 2,
          learningRate: 0.02,
          start: { ...spec.start!, headEpochs: 1 },
        },
      },
    };
  };
  return { tf, findSpec, settingOf, ...training, ...run, ...door, ...network, ...published };
}

const makeTiny = (folder: string) => makeNoise(folder, 32, { train: 10, validation: 5 });

/** A state has some 50 MB, which take minutes to be compared one by one. */
const hash = (values: ArrayBufferView) =>
  createHash("md5").update(values as Uint8Array).digest("hex");

/** The names of the layers of a run whose weights differ from the published ones; those that have any. */
async function movedLayers(folder: string): Promise<string[]> {
  const { addPublishedWeights, buildNetwork, cardStart, disposeNetwork, openModel } = await load();
  const model = await openModel(folder), { spec } = model.run!;
  const published = buildNetwork(spec, model.run!);
  await addPublishedWeights(published, cardStart(spec.start!));
  const hashes = (network: typeof published, name: string) => (
    network.getLayer(name).getWeights().map((weight) => hash(weight.add(0).dataSync())) // no -0
  );
  const moved = model.network.layers.map(({ name }) => name)
    .filter((name) => String(hashes(model.network, name)) !== String(hashes(published, name)));
  disposeNetwork(published);
  model.close();
  return moved;
}

testWith(ALL, "train() goes on from a published start as if it had never stopped", async () => {
  const { tf, train, filesOf, settingOf } = await load();
  await withFolder(async (folder) => {
    const data = await makeTiny(folder), setting = settingOf("published-whole");
    const whole = await train(join(folder, "whole"), setting, data);
    const before = tf.memory().numTensors; // what ops keep once is there
    await train(join(folder, "parts"), setting, data, { until: 1 });
    await train(join(folder, "parts"), setting, data);
    equal(whole.state, "finished");
    for (const file of Object.values(filesOf(whole))) {
      const [parts, at] = ["parts", "whole"].map((name) => (
        hash(Deno.readFileSync(join(folder, name, file)))
      ));
      equal(parts, at);
    }
    equal(tf.memory().numTensors, before);
  });
});

testWith(
  ALL,
  "train() moves the head of a published start first, and frozen steps never",
  async () => {
    const { train, settingOf } = await load();
    await withFolder(async (folder) => {
      const data = await makeTiny(folder), at = join(folder, "run");
      // a refit has the weights of its last epoch, whichever was best
      const setting = { ...settingOf("published", { test: 0, of: 5, named: false }) };
      const { spec } = setting;
      const recipe = { ...spec.recipe!, averageWeights: null }; // averages of what stays are rounded
      const refit = { ...setting, spec: { ...spec, recipe }, refit: { epochs: 2 } };
      await train(at, refit, data, { until: 1 });
      deepEqual(await movedLayers(at), ["years"]);
      await train(at, refit, data);
      const pairs = [10, 11, 12, 13].flatMap((k) => [`conv_dw_${k}`, `conv_pw_${k}`]);
      deepEqual(await movedLayers(at), [...pairs, "years"]);
    });
  },
);

testWith(
  ALL,
  "a published start of another rate or depth is another run, and needs known weights",
  async () => {
    const { train, settingOf, cardStart } = await load();
    await withFolder(async (folder) => {
      const data = await makeTiny(folder), setting = settingOf("published"), { spec } = setting;
      await train(folder, setting, data, { until: 1 });
      const other = { ...setting, spec: { ...spec, start: { ...spec.start!, frozen: 4 } } };
      await rejects(train(folder, other, data), /spec.start.frozen was 10, is 4/);
      const unknown = { ...spec.start!, weights: "others" as "faceres" };
      throws(() => cardStart(unknown), /no published weights "others", but faceres/);
    });
  },
);

testWith(
  ALL,
  "damaged photos are others than before, the same for the same seed, epoch and photo",
  async () => {
    const { damageSquares, drawDamage } = await import("@/training/damage.ts");
    const most = { probability: 0.5, blur: 2, quality: 30 }, place = { seed: 7, epoch: 1 };
    const damages = [0, 1, 2, 3, 4, 5, 6, 7].map((photo) => drawDamage(most, { ...place, photo }));
    const bytes = Uint8Array.from({ length: 8 * 16 * 16 * 3 }, (_, k) => k * 37 % 256);
    const once = await damageSquares(bytes, 16, damages), size = 16 * 16 * 3;
    damages.forEach((damage, k) => {
      const compare = damage ? notDeepEqual : deepEqual, at = [k * size, (k + 1) * size] as const;
      compare(once.subarray(...at), bytes.subarray(...at));
    });
    notDeepEqual(damages, Array(8).fill(null));
    deepEqual(await damageSquares(bytes, 16, damages), once);
  },
);
