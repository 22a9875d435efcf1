import { deepEqual, equal } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { NATIVE, testWith } from "@/testing.ts";

/** The module, loaded where native code may be. */
const load = () => import("@/answers/face_answers.ts");

/** A square of one grey. */
function grey(side: number, level: number) {
  return { width: side, height: side, data: new Uint8Array(side * side * 3).fill(level) };
}

testWith(
  NATIVE,
  "answerCrops() asks about many crops in their order, and frees memory",
  async () => {
    const { answerCrops } = await load(), { plainAnswer } = await import("@/model/model_card.ts");
    const before = tf.memory().numTensors;
    // says group 0 of black crops and group 4 of white ones
    const infer = (photos: tf.Tensor4D) =>
      tf.tidy(() => {
        const light = photos.mean([1, 2, 3]).expandDims(1), none = tf.zerosLike(light);
        return tf.concat([tf.sub(1, light), none, none, none, light], 1) as tf.Tensor2D;
      });
    const output = { kind: "groups", layer: "output", width: 5 } as const;
    const card = { input: { side: 2 }, output, answer: plainAnswer(false) };
    const crops = Array.from({ length: 40 }, (_, k) => grey(2, k === 35 ? 255 : 0));
    const answers = answerCrops({ card, infer } as never, crops);
    deepEqual(answers.map(({ group }) => group), crops.map((_, k) => k === 35 ? 4 : 0));
    deepEqual(answerCrops({ card, infer } as never, []), []);
    equal(tf.memory().numTensors, before);
  },
);

testWith(NATIVE, "scaleFace() puts a face where it is in a larger photo", async () => {
  const { scaleFace } = await load();
  const face = {
    box: { x: 1, y: 2, width: 3, height: 4 },
    eyes: [[1, 2], [3, 2]] as const,
    transform: { cos: 5, sin: 1, x: -1, y: 0 },
    number: 7,
  };
  const double = scaleFace(face, 2);
  deepEqual(double, {
    box: { x: 2, y: 4, width: 6, height: 8 },
    eyes: [[2, 4], [6, 4]],
    transform: { cos: 10, sin: 2, x: -2, y: 0 },
    number: 7,
  });
  deepEqual(scaleFace(double, 1 / 2), face);
});

testWith(NATIVE, "answerPhotos() tells what is no photo, and goes on", async () => {
  const { answerPhotos } = await load();
  const reader = { model: { card: { output: { width: 5 } } } } as never;
  const answers = await answerPhotos(reader, [
    () => Promise.resolve(new Uint8Array()),
    () => Promise.reject(new Deno.errors.NotFound("x")),
    () => Promise.resolve(new TextEncoder().encode("text")),
  ]);
  deepEqual(answers.map(({ fault }) => fault), ["empty file", "no such file", "not an image"]);
});
