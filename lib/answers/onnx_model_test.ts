import { deepEqual, ok } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

/** Drawn faces from birth to old age; WebAssembly, which takes longer, sees every fourth. */
const FACES = 200, EACH = { native: 1, pinned: 4 };

for (const name of ["age-groups-2", "age-groups-published-2"]) {
  testWith(NATIVE, `TensorFlow and onnxruntime agree on ${FACES} faces: ${name}`, async () => {
    const { openModel } = await import("@/answers/open_model.ts");
    const { onnxFile } = await import("@/answers/model_folder.ts");
    const { openOnnxModel } = await import("@/answers/onnx_model.ts");
    const { predictSquares } = await import("@/answers/prediction.ts");
    const { portrait } = await import("../../tests/support/portrait.ts");
    await import("@/native/tensorflow.ts");
    const network = await openModel(name), { side } = network.card.input;
    const squares = Array.from({ length: FACES }, (_, k) => portrait(side, side, 90 * k / FACES));
    const expected = await predictSquares(network, squares);
    for (const arithmetic of ["native", "pinned"] as const) {
      const model = await openOnnxModel((await onnxFile(name))!, network.card, {
        arithmetic,
      });
      const seen = squares.map((_, k) => k).filter((k) => k % EACH[arithmetic] === 0);
      const found = await predictSquares(model, seen.map((k) => squares[k]!));
      const off = found.map(({ probabilities }, k) => (
        Math.max(
          ...probabilities.map((share, i) =>
            Math.abs(share - expected[seen[k]!]!.probabilities[i]!)
          ),
        )
      ));
      ok(Math.max(...off) <= 1e-3, `${arithmetic}: ${Math.max(...off)}`);
      const alone = await predictSquares(model, [squares[seen[1]!]!]);
      deepEqual(alone, [found[1]], "the same bytes beside any others");
      model.close();
    }
    network.close();
  });
}

testWith(NATIVE, "the file for onnxruntime tells what the card tells", async () => {
  const { modelNames, onnxFile, readCard } = await import("@/answers/model_folder.ts");
  const { readMetadata } = await import("@/model/onnx/file.ts");
  for (const name of modelNames()) {
    const told = readMetadata(await Deno.readFile((await onnxFile(name))!));
    const { answer, output } = (await readCard(name))!;
    deepEqual([told.answer, told.output].map((text) => JSON.parse(text!)), [answer, output]);
  }
});

testWith(NATIVE, "a model on onnxruntime maps a square as Grad-CAM does", async () => {
  const { openModel } = await import("@/answers/open_model.ts");
  const { onnxFile, readCard } = await import("@/answers/model_folder.ts");
  const { openOnnxModel } = await import("@/answers/onnx_model.ts");
  const { portrait } = await import("../../tests/support/portrait.ts");
  await import("@/native/tensorflow.ts");
  const name = "age-groups-2", card = (await readCard(name))!, square = portrait(96, 96, 30);
  const network = await openModel(name),
    model = await openOnnxModel((await onnxFile(name))!, card);
  const [expected, found] = await Promise.all(
    [network, model].map((model) => model.map(square, 2)),
  );
  deepEqual({ ...found, values: 0 }, { ...expected, values: 0 });
  const off = found!.values.map((value, k) => Math.abs(value - expected!.values[k]!));
  ok(Math.max(...off) < 1e-3, `${off}`);
  network.close();
  model.close();
});
