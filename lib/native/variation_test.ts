import { deepEqual, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { transformPhotos } from "@/native/variation.ts";
import { testOps } from "@/native/_testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/variation.ts"),
  };
}

testOps("varyAtOnce() moves, brightens, paints over, and stays within 0 and 1", async () => {
  const { tf, varyAtOnce } = await load();
  tf.tidy(() => {
    const photo = tf.tensor4d([0, 0.25, 0.5, 1].flatMap((grey) => [grey, grey, grey]), [
      1,
      2,
      2,
      3,
    ]);
    const greys = (plan: Partial<Parameters<typeof varyAtOnce>[1][number]>) => {
      const same = { transform: [1, 0, 0, 0, 1, 0, 0, 0], gain: 1, offset: 0, erased: null };
      const varied = varyAtOnce(photo, [{ ...same, ...plan }]);
      return [...varied.slice([0, 0, 0, 2], [1, 2, 2, 1]).dataSync()];
    };
    deepEqual(greys({}), [0, 0.25, 0.5, 1]);
    deepEqual(greys({ transform: [-1, 0, 1, 0, 1, 0, 0, 0] }), [0.25, 0, 1, 0.5]);
    deepEqual(greys({ transform: [1, 0, 0.5, 0, 1, 0, 0, 0] }), [0.125, 0.25, 0.75, 1]);
    deepEqual(greys({ gain: 2, offset: -0.25 }), [0, 0.25, 0.75, 1]);
    const erased = { left: 1, top: 0, right: 2, bottom: 2, grey: 0.75 };
    deepEqual(greys({ erased, gain: 2 }), [0, 0.75, 1, 0.75]);
  });
});

const MIRRORED = [-1, 0, 3, 0, 1, 0, 0, 0], HALF_A_PIXEL = [1, 0, 0.5, 0, 1, 0, 0, 0];
const TURNED = [0.9, 0.3, -0.4, -0.3, 0.9, 0.7, 0, 0];

/** A row of four pixels, transformed in the ways given. */
function transformed(...ways: number[][]): number[] {
  return tf.tidy(() => {
    const row = tf.tensor4d([0, 1, 2, 3], [1, 1, 4, 1]).tile([ways.length, 1, 1, 1]) as tf.Tensor4D;
    return [...transformPhotos(row, tf.tensor2d(ways)).dataSync()];
  });
}

for (const backend of ["cpu", "tensorflow"]) {
  testOps(`transformPhotos() mirrors, and interpolates between pixels: ${backend}`, async () => {
    await import("@/native/tensorflow.ts");
    await tf.setBackend(backend);
    deepEqual(transformed(MIRRORED, HALF_A_PIXEL), [3, 2, 1, 0, 0.5, 1.5, 2.5, 3]);
  });
}

testOps("transformPhotos() gives the same on both backends", async () => {
  await import("@/native/tensorflow.ts");
  const results: number[][] = [];
  for (const backend of ["cpu", "tensorflow"]) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const photos = tf.randomUniform<tf.Rank.R4>([2, 8, 9, 3], 0, 1, "float32", 7);
    const transforms = tf.tensor2d([TURNED, MIRRORED]), out = transformPhotos(photos, transforms);
    results.push([...out.dataSync()]);
    tf.dispose([photos, transforms, out]);
    deepEqual(tf.memory().numTensors, before, "no tensor stays behind");
  }
  results[0]!.forEach((value, k) => ok(Math.abs(value - results[1]![k]!) < 1e-5));
});
