import { deepEqual, equal, ok } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";
import { NATIVE, testWith } from "@/testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/tensorflow.ts");
  return { tf, ...await import("@/kernels.ts"), ...await import("@/raw_op.ts") };
}

testWith(
  NATIVE,
  "maxPool() takes the greatest of each four, and leaves out an odd row and column",
  async () => {
    const { maxPool, tf } = await load();
    tf.tidy(() => {
      const rows = [[1, 2, 9], [4, 3, 9], [9, 9, 9]];
      const { out } = maxPool(tf.tensor4d(rows.flat(), [1, 3, 3, 1]), false);
      deepEqual([out.shape, [...out.dataSync()]], [[1, 1, 1, 1], [4]]);
    });
  },
);

testWith(
  NATIVE,
  "maxPoolGradient() goes where the greatest was, of equals to the first",
  async () => {
    const { maxPool, maxPoolGradient, tf } = await load();
    tf.tidy(() => {
      const values = tf.tensor4d([1, 7, 5, 5, 7, 2, 5, 5, 3, 3, 3, 3], [1, 3, 4, 1]);
      const gradient = tf.tensor4d([10, 20], [1, 1, 2, 1]);
      const pooled = maxPool(values, false);
      const { forValues, forBias } = maxPoolGradient(values, pooled, gradient, false);
      deepEqual([...forValues.dataSync()], [0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      deepEqual([...forBias.dataSync()], [30]);
    });
  },
);

testWith(NATIVE, "maxPoolGradient() goes nowhere where ReLU has left 0", async () => {
  const { maxPool, maxPoolGradient, tf } = await load();
  tf.tidy(() => {
    const values = tf.tensor4d([0, 0, 0, 2, 0, 0, 0, 0], [1, 2, 4, 1]);
    const gradient = tf.tensor4d([10, 20], [1, 1, 2, 1]);
    const { forValues, forBias } = maxPoolGradient(values, maxPool(values, true), gradient, true);
    deepEqual([...forValues.dataSync()], [0, 0, 0, 20, 0, 0, 0, 0]);
    deepEqual([...forBias.dataSync()], [20]);
  });
});

/** Heights, widths and maps: those that are done in blocks, in fours and one by one; even and odd. */
const SIZES = [
  { height: 8, width: 8, maps: 16 },
  { height: 7, width: 9, maps: 16 },
  { height: 6, width: 7, maps: 20 },
  { height: 5, width: 4, maps: 3 },
  { height: 2, width: 3, maps: 1 },
];

for (const { height, width, maps } of SIZES) {
  testWith(
    NATIVE,
    `maxPool() and its gradient are TensorFlow's own on ${height} by ${width} by ${maps}`,
    async () => {
      const { maxPool, maxPoolGradient, relu, tf } = await load();
      tf.tidy(() => {
        const values = relu(tf.randomNormal([5, height, width, maps], 0, 1, "float32", 7));
        const own = maxPool(values, true), theirs = { ...own, places: null };
        deepEqual(
          own.out.dataSync(),
          tf.maxPool(values as tf.Tensor4D, 2, 2, "valid").dataSync(),
        );
        const gradient = tf.randomNormal(own.out.shape, 0, 1, "float32", 8);
        const a = maxPoolGradient(values, own, gradient, true);
        const b = maxPoolGradient(values, theirs, gradient, true);
        deepEqual(a.forValues.dataSync(), b.forValues.dataSync());
        const apart = a.forBias.sub(b.forBias).abs().max().dataSync()[0]!;
        ok(apart < 1e-4, `biases are ${apart} apart`);
      });
    },
  );
}

testWith(NATIVE, "maxPoolGradient() is 0 on maps too small to be pooled", async () => {
  const { isOnGpu, maxPool, maxPoolGradient, tf } = await load();
  if (isOnGpu()) return; // there TensorFlow leaves it to chance
  tf.tidy(() => {
    const values = tf.ones([2, 1, 1, 4]), pooled = maxPool(values, true);
    const { forValues } = maxPoolGradient(values, pooled, tf.ones(pooled.out.shape), true);
    deepEqual([...forValues.dataSync()], [0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

testWith(NATIVE, "the project's own pooling is in use", async () => {
  const { isOnGpu, maxPool, tf } = await load();
  tf.tidy(() => equal(maxPool(tf.ones([1, 2, 2, 1]), false).places === null, isOnGpu()));
});
