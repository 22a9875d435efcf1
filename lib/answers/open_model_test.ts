import { equal, ok, rejects } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";
import { VARIABLE } from "@/native/arithmetic.ts";
import { DEFAULT_MODEL } from "@/model/model_card.ts";

/** The modules: they ask for permissions when they load. */
async function load() {
  const modules = [import("@/answers/open_model.ts"), import("@/answers/model_folder.ts")] as const;
  const [door, folder] = await Promise.all(modules);
  return { ...door, ...folder };
}

/** Bytes of a square, light on one side, and of its mirror image. */
function twoSquares(side: number): [Uint8Array, Uint8Array] {
  const bytes = (isLight: (column: number) => boolean) =>
    Uint8Array.from({ length: 3 * side ** 2 }, (_, k) => (
      isLight(Math.floor(k / 3) % side) ? 200 : 60
    ));
  return [bytes((column) => column < side / 3), bytes((column) => side - 1 - column < side / 3)];
}

testWith(
  NATIVE,
  "every model that ships opens by its name and puts out what its card says",
  async () => {
    const { tf } = await import("@/native/tensorflow.ts"), { modelNames, openModel } = await load();
    ok(modelNames().includes(DEFAULT_MODEL));
    for (const name of modelNames()) {
      const model = await openModel(name), { input, output } = model.card;
      equal(model.card.name, name);
      const [square, mirrored] = twoSquares(input.side);
      const numbers = await model.outputs(square); // the first call keeps what each needs
      const before = tf.memory().numTensors, others = await model.outputs(mirrored);
      equal(tf.memory().numTensors, before);
      equal(numbers.length, output.width);
      const sum = numbers.reduce((sum, share) => sum + share, 0);
      ok(Math.abs(sum - 1) < 1e-3, "probabilities sum to 1");
      const most = Math.max(...numbers.map((share, k) => Math.abs(share - others[k]!)));
      ok(most < 1e-5, "a photo is answered as its mirror image");
      model.close();
    }
  },
);

testWith(
  NATIVE,
  "in native arithmetic a model that ships predicts on onnxruntime, what it does on TensorFlow",
  async () => {
    await import("@/native/tensorflow.ts");
    const { openForPredictions, openModel } = await load(), before = Deno.env.get(VARIABLE);
    Deno.env.set(VARIABLE, "native");
    const model = await openForPredictions(DEFAULT_MODEL), network = await openModel(DEFAULT_MODEL);
    Deno.env.set(VARIABLE, before ?? "pinned");
    ok(!("network" in model));
    equal(model.folder, network.folder);
    equal(model.seen.hashes?.length, network.seen.hashes?.length);
    const [square] = twoSquares(model.card.input.side);
    const [found, expected] = [await model.outputs(square), await network.outputs(square)];
    ok(Math.max(...found.map((share, k) => Math.abs(share - expected[k]!))) < 1e-3);
    for (const { close } of [model, network]) close();
    const pinned = await openForPredictions(DEFAULT_MODEL);
    ok("network" in pinned, "pinned arithmetic stays on TensorFlow");
    pinned.close();
  },
);

testWith(
  NATIVE,
  "openModel() names the models that ship where there is none of a name",
  async () => {
    const { openModel } = await load();
    await rejects(openModel("age-groups-0"), /no model or folder "age-groups-0".*age-groups-2/);
  },
);
