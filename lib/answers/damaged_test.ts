import { deepEqual, equal, ok } from "node:assert/strict";
import type { Predictor } from "@/answers/prediction.ts";
import { ageGroup } from "@/dataset/age_group.ts";
import { type ModelCard, plainAnswer } from "@/model/model_card.ts";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

const SIDE = 48, AGES = [20, 30, 40, 50];

/** Squares of a checkered pattern, and a label each. */
async function makeSquares(path: string) {
  const bytes = AGES.flatMap(() => (
    Array.from({ length: SIDE * SIDE }, (_, k) => {
      const x = k % SIDE, y = Math.floor(k / SIDE);
      const level = 80 + 90 * ((x + y) % 2);
      return [level, level, level];
    }).flat()
  ));
  await Deno.writeFile(path, Uint8Array.from(bytes));
  const photos = AGES.map((age) => ({
    ...{ photo: `${age}.jpg`, age: String(age), group: ageGroup(String(age)), gender: null },
    ...{ subject: null, album: null, fold: null },
  }));
  return { squares: { side: SIDE, photos, path, offset: 0 }, indices: [0, 1, 2, 3] };
}

/** A network that answers with the right year and its neighbours, and with another where the pattern is gone. */
function network(off: number): Predictor {
  const yearRange = { coverage: 0.8, low: 0.1, high: 0.9 };
  const card = {
    ...{
      name: "bar",
      input: { side: SIDE },
      output: { kind: "years", layer: "years", width: 101 },
    },
    answer: { ...plainAnswer(false), yearRange },
  } as unknown as ModelCard;
  const outputs = (squares: Uint8Array) => {
    equal(squares.length, AGES.length * 3 * SIDE * SIDE);
    const rows = AGES.flatMap((age, n) => {
      const at = (k: number) => squares[3 * (SIDE * SIDE * (n + 0.5) + k)]!;
      const year = age + (Math.abs(at(20) - at(21)) < 60 ? off : 0);
      return Array.from({ length: 101 }, (_, k) => Math.abs(k - year) <= 2 ? 0.2 : 0);
    });
    return Promise.resolve(Float32Array.from(rows));
  };
  return { card, outputs };
}

testWith(
  [...NATIVE, "write"],
  "fitWidening() widens where soft photos are answered worse",
  async () => {
    const { fitWidening, measureDamaged } = await import("@/answers/damaged.ts");
    await withFolder(async (folder) => {
      const photos = await makeSquares(`${folder}/squares.npy`), data = { layout: "labels.csv" };
      equal(await fitWidening(network(0), data, photos), undefined);
      const widening = (await fitWidening(network(6), data, photos))!;
      ok(widening.power > 0);

      const { card, outputs } = network(6), answer = { ...card.answer, widening };
      const held = async (card: ModelCard) => (
        (await measureDamaged({ card, outputs }, data, photos)).map((
          { kind, years },
        ) => [kind, years!.coverage.value])
      );
      const before = Object.fromEntries(await held(card));
      const after = Object.fromEntries(await held({ ...card, answer }));
      deepEqual([before["as they are"], after["as they are"]], [1, 1]);
      deepEqual([before["blurred by 4%"], after["blurred by 4%"]], [0, 1]);
    });
  },
);
