import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { SeededDropout, type SeededDropoutOptions } from "@/model/seeded_dropout.ts";
import { NATIVE, testWith } from "@/testing.ts";

/** What a new layer makes of ones in some successive steps of training. */
function drop(
  options: Partial<SeededDropoutOptions>,
  { shape = [4, 50], steps = 1, first = 0 } = {},
) {
  const layer = new SeededDropout({ name: "dropout", rate: 0.5, seed: 7, ...options });
  layer.step = first;
  return tf.tidy(() =>
    Array.from({ length: steps }, () => [
      ...(layer.apply(tf.ones(shape), { training: true }) as tf.Tensor).dataSync(),
    ])
  );
}

Deno.test("SeededDropout drops its rate, and scales up the rest", async () => {
  await tf.setBackend("cpu");
  const [factors] = drop({ rate: 0.2 }, { shape: [100, 100] });
  deepEqual([...new Set(factors)].sort(), [0, 1.25]);
  const dropped = factors!.filter((factor) => factor === 0).length / factors!.length;
  ok(Math.abs(dropped - 0.2) < 0.02, `${dropped}`);
});

Deno.test("SeededDropout draws another mask at each step, from each seed and in each layer", async () => {
  await tf.setBackend("cpu");
  const masks = [...drop({}, { steps: 3 }), ...drop({ seed: 8 }), ...drop({ name: "other" })];
  equal(new Set(masks.map((mask) => mask.join())).size, 5);
});

Deno.test("SeededDropout goes on from a step as if it had come there", async () => {
  await tf.setBackend("cpu");
  deepEqual(drop({}, { steps: 5 }).slice(3), drop({}, { steps: 2, first: 3 }));
});

Deno.test("SeededDropout drops whole maps where it is told to", async () => {
  await tf.setBackend("cpu");
  const [factors] = drop({ of: "maps" }, { shape: [2, 3, 3, 8] });
  const first = factors!.slice(0, 8);
  ok(first.includes(0) && first.includes(2));
  for (let pixel = 0; pixel < 9; pixel++) {
    deepEqual(factors!.slice(8 * pixel, 8 * pixel + 8), first);
  }
  notDeepEqual(factors!.slice(72, 80), first);
});

Deno.test("SeededDropout leaves everything as it is when predicting, and stays at its step", async () => {
  await tf.setBackend("cpu");
  const layer = new SeededDropout({ name: "dropout", rate: 0.5, seed: 7 });
  tf.tidy(() => {
    const input = tf.tensor2d([[1, 2, 3]]);
    deepEqual([...(layer.apply(input) as tf.Tensor).dataSync()], [1, 2, 3]);
    deepEqual([...(layer.apply(input, { training: false }) as tf.Tensor).dataSync()], [1, 2, 3]);
  });
  equal(layer.step, 0);
});

Deno.test("SeededDropout lets the gradient through where it lets the value through", async () => {
  await tf.setBackend("cpu");
  const [factors] = drop({});
  const layer = new SeededDropout({ name: "dropout", rate: 0.5, seed: 7 });
  tf.tidy(() => {
    const gradient = tf.grad((x) => (layer.apply(x, { training: true }) as tf.Tensor).sum());
    deepEqual([...gradient(tf.ones([4, 50])).dataSync()], factors);
  });
});

testWith(NATIVE, "SeededDropout draws the same masks on the native backend", async () => {
  await tf.setBackend("cpu");
  const plain = drop({}, { steps: 2 });
  await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  deepEqual(drop({}, { steps: 2 }), plain);
});
