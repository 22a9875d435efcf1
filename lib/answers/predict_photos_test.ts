import { deepEqual, equal, rejects } from "node:assert/strict";
import { type ModelCard, plainAnswer } from "@/model/model_card.ts";
import type { Predictor } from "@/answers/prediction.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

/** The module and its help, loaded where native code may be. */
async function load() {
  const { makeNoise } = await import("@/training/_testing.ts");
  return {
    makeNoise,
    ...await import("@/answers/predict_photos.ts"),
    ...await import("@/answers/prediction.ts"),
  };
}

const SIZE = 12;

/** A network for squares of two pixels that answers the more with the last number, the lighter the first pixel is. */
function network(output: ModelCard["output"]): Predictor {
  const card = { name: "light", input: { side: 2 }, output, answer: plainAnswer(false) };
  const none = Array(output.width - 2).fill(0);
  return {
    card: card as unknown as ModelCard,
    outputs: (squares) => {
      const light = Array.from(
        { length: squares.length / SIZE },
        (_, k) => squares[SIZE * k]! / 255,
      );
      return Promise.resolve(Float32Array.from(light.flatMap((own) => [1 - own, ...none, own])));
    },
  };
}

const GROUPS = network({ kind: "groups", layer: "output", width: 5 });
const YEARS = network({ kind: "years", layer: "years", width: 101 });

const grey = (level: number) => ({ width: 2, height: 2, data: new Uint8Array(SIZE).fill(level) });

testWith(NATIVE, "predictSquares() answers many squares in their order, and none", async () => {
  const { predictSquares } = await load();
  const squares = Array.from({ length: 140 }, (_, k) => grey(k === 130 ? 255 : 0));
  const answers = await predictSquares(GROUPS, squares);
  deepEqual(answers.map(({ group }) => group), squares.map((_, k) => k === 130 ? 4 : 0));
  deepEqual(await predictSquares(GROUPS, []), []);
});

testWith(
  [...NATIVE, "write"],
  "predictRows() and predictGroups() read squares in the order asked for",
  async () => {
    const { makeNoise, predictGroups, predictRows } = await load();
    await withFolder(async (folder) => {
      const { train } = await makeNoise(folder, 2, { train: 70, validation: 0 });
      const bytes = (await Deno.readFile(train.squares.path)).subarray(train.squares.offset);
      const indices = [...train.indices].reverse(),
        light = indices.map((k) => bytes[SIZE * k]! / 255);
      const asked = { ...train, indices }, rows = await predictRows(YEARS, asked);
      deepEqual(rows.map((row) => row[100]), light.map(Math.fround));
      equal(rows[0]!.length, 101);
      deepEqual(await predictGroups(GROUPS, asked), await predictGroups(YEARS, asked));
    });
  },
);

testWith(NATIVE, "predictRows() refuses squares of another side", async () => {
  const { predictRows } = await load(), squares = { side: 7, photos: [], path: "", offset: 0 };
  await rejects(predictRows(GROUPS, { squares, indices: [] }), /takes photos of 2 pixels, not 7/);
});
