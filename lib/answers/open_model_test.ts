import { equal, ok, rejects } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";
import { DEFAULT_MODEL } from "@/model/model_card.ts";

const load = () => import("@/answers/open_model.ts"); // it asks for permissions when it loads

testWith(
  NATIVE,
  "every model that ships opens by its name and tells what its card says",
  async () => {
    const { tf } = await import("@/native/tensorflow.ts"), { modelNames, openModel } = await load();
    ok(modelNames().includes(DEFAULT_MODEL));
    for (const name of modelNames()) {
      const model = await openModel(name),
        { side } = model.card.input,
        { width } = model.card.output;
      equal(model.card.name, name);
      const photos = tf.fill([1, side, side, 3], 0.5) as Parameters<typeof model.infer>[0];
      const said = model.infer(photos), mirrored = photos.reverse(2); // the first call keeps what each needs
      const before = tf.memory().numTensors, other = model.infer(mirrored as typeof photos);
      equal(tf.memory().numTensors, before + 1);
      equal(said.shape.join(), `1,${width}`);
      ok(Math.abs(said.sum().dataSync()[0]! - 1) < 1e-3, "probabilities sum to 1");
      ok(
        said.sub(other).abs().max().dataSync()[0]! < 1e-5,
        "a photo is answered as its mirror image",
      );
      tf.dispose([photos, said, mirrored, other]);
      model.dispose();
    }
  },
);

testWith(
  NATIVE,
  "openModel() names the models that ship where there is none of a name",
  async () => {
    const { openModel } = await load();
    await rejects(openModel("age-groups-0"), /no model or folder "age-groups-0".*age-groups-1/);
  },
);

testWith(NATIVE, "inferExamples() refuses squares of another side", async () => {
  const { inferExamples, openModel } = await load();
  const model = await openModel("age-groups-1");
  const squares = { side: 7, photos: [], path: "", offset: 0 };
  await rejects(
    inferExamples(model, { squares, indices: [] }),
    /takes photos of \d+ pixels, not 7/,
  );
  model.dispose();
});
