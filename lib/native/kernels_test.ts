import { deepEqual, ok } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";
import { type Attributes, T } from "@/native/raw_op.ts";
import { testOps } from "@/native/_testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/convolution_2d.ts"),
    ...await import("@/native/kernels.ts"),
    ...await import("@/native/raw_op.ts"),
    ...await import("@/native/epilogue.ts"),
  };
}

testOps(
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

testOps("maxPoolGradient() goes where the greatest was, of equals to the first", async () => {
  const { maxPool, maxPoolGradient, tf } = await load();
  tf.tidy(() => {
    const values = tf.tensor4d([1, 7, 5, 5, 7, 2, 5, 5, 3, 3, 3, 3], [1, 3, 4, 1]);
    const gradient = tf.tensor4d([10, 20], [1, 1, 2, 1]);
    const pooled = maxPool(values, false);
    const { gradInput, gradBias } = maxPoolGradient(values.shape, pooled.argmax, gradient);
    deepEqual([...gradInput.dataSync()], [0, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    deepEqual([...gradBias.dataSync()], [30]);
  });
});

testOps("maxPoolGradient() goes nowhere where ReLU has left 0", async () => {
  const { maxPool, maxPoolGradient, tf } = await load();
  tf.tidy(() => {
    const values = tf.tensor4d([0, 0, 0, 2, 0, 0, 0, 0], [1, 2, 4, 1]);
    const gradient = tf.tensor4d([10, 20], [1, 1, 2, 1]);
    const { gradInput, gradBias } = maxPoolGradient(
      values.shape,
      maxPool(values, true).argmax,
      gradient,
    );
    deepEqual([...gradInput.dataSync()], [0, 0, 0, 20, 0, 0, 0, 0]);
    deepEqual([...gradBias.dataSync()], [20]);
  });
});

/** The attributes of TensorFlow's pooling, 2x2 with strides of 2. */
const POOL: Attributes = {
  ...T,
  data_format: ["STRING", "NHWC"],
  ksize: ["INT", [1, 2, 2, 1]],
  strides: ["INT", [1, 2, 2, 1]],
  padding: ["STRING", "VALID"],
  explicit_paddings: ["INT", []],
};

/** Heights, widths and channels: done in blocks, in fours and one by one; even and odd. */
const SIZES = [
  { height: 8, width: 8, channels: 16 },
  { height: 7, width: 9, channels: 16 },
  { height: 6, width: 7, channels: 20 },
  { height: 5, width: 4, channels: 3 },
  { height: 2, width: 3, channels: 1 },
];

for (const { height, width, channels } of SIZES) {
  testOps(
    `maxPool() and its gradient are TensorFlow's own on ${height} by ${width} by ${channels}`,
    async () => {
      const { maxPool, maxPoolGradient, rawOp, relu, reluGradient, tf } = await load();
      tf.tidy(() => {
        const values = relu(tf.randomNormal([5, height, width, channels], 0, 1, "float32", 7));
        const own = maxPool(values, true);
        deepEqual(
          own.out.dataSync(),
          tf.maxPool(values as tf.Tensor4D, 2, 2, "valid").dataSync(),
        );
        const gradient = tf.randomNormal(own.out.shape, 0, 1, "float32", 8);
        const { gradInput, gradBias } = maxPoolGradient(values.shape, own.argmax, gradient);
        const counted = reluGradient(own.out, gradient);
        const theirs = rawOp("MaxPoolGrad", [values, own.out, counted], POOL);
        deepEqual(gradInput.dataSync(), theirs.dataSync());
        const apart = gradBias.sub(counted.sum([0, 1, 2])).abs().max().dataSync()[0]!;
        ok(apart < 1e-4, `biases are ${apart} apart`);
      });
    },
  );
}

testOps("maxPoolGradient() is 0 on values too small to be pooled", async () => {
  const { maxPool, maxPoolGradient, tf } = await load();
  tf.tidy(() => {
    const values = tf.ones([2, 1, 1, 4]), pooled = maxPool(values, true);
    const { gradInput } = maxPoolGradient(values.shape, pooled.argmax, tf.ones(pooled.out.shape));
    deepEqual([...gradInput.dataSync()], [0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

testOps("the project's own pooled convolution is in use where a kernel fits", async () => {
  const { isPooledAtOnce, tf } = await load();
  const fits = (channels: number, filters: number, first = false) => (
    tf.tidy(() => isPooledAtOnce(tf.ones([3, 3, channels, filters]), first))
  );
  deepEqual([fits(3, 16, true), fits(16, 32), fits(64, 48)], [true, true, true]);
  deepEqual([fits(3, 16), fits(3, 8, true), fits(4, 16), fits(1, 16, true)], Array(4).fill(false));
});

testOps("convolvePooled() takes the greatest of four sums, and hands back to it", async () => {
  const { convolvePooled, convolvePooledGradient, tf } = await load();
  tf.tidy(() => {
    // four pixels that differ in red alone; the first filter passes them on, the others negate them
    const photo = tf.tensor4d([1, 0, 0, 4, 0, 0, 3, 0, 0, 2, 0, 0], [1, 2, 2, 3]);
    const red = [1, ...Array(15).fill(-1)];
    const kernel = tf.tensor4d([...red, ...Array(32).fill(0)], [1, 1, 3, 16]);
    const bias = tf.tensor1d([10, 2, ...Array(14).fill(0)]);
    const { out, argmax } = convolvePooled(photo, kernel, "same", { bias, relu: true });
    deepEqual([...out.dataSync()], [14, 1, ...Array(14).fill(0)]);
    const gradient = tf.fill([1, 1, 1, 16], 5);
    const learned = convolvePooledGradient(photo, kernel, argmax!, gradient, "same", true);
    deepEqual([...learned.gradKernel.dataSync()].slice(0, 16), [20, 5, ...Array(14).fill(0)]);
    deepEqual([...learned.gradBias.dataSync()], [5, 5, ...Array(14).fill(0)]);
  });
});

/** Photos and kernels: the colours and planes of 16 channels; sizes even, odd, and too small to be pooled. */
const CONVOLUTIONS = [
  { photos: [3, 8, 8, 3], kernel: 3, filters: 16, padding: "same" },
  { photos: [5, 9, 7, 3], kernel: 3, filters: 32, padding: "valid" },
  { photos: [2, 13, 12, 3], kernel: 7, filters: 16, padding: "same" },
  { photos: [2, 10, 9, 3], kernel: 2, filters: 16, padding: "same" },
  { photos: [20, 24, 24, 16], kernel: 3, filters: 32, padding: "same" },
  { photos: [17, 11, 13, 32], kernel: 3, filters: 16, padding: "valid" },
  { photos: [2, 12, 70, 48], kernel: 5, filters: 16, padding: "same" },
  { photos: [3, 10, 9, 16], kernel: 4, filters: 16, padding: "same" },
  { photos: [2, 4, 4, 16], kernel: 1, filters: 16, padding: "valid" },
  { photos: [2, 3, 3, 16], kernel: 3, filters: 16, padding: "valid" },
] as const;

for (const { photos: shape, kernel: size, filters, padding } of CONVOLUTIONS) {
  for (const relu of [true, false]) {
    const name = `${shape.join(" by ")}, kernel ${size}, ${padding}${relu ? ", ReLU" : ""}`;
    testOps(`convolvePooled() and its gradients are those of the steps: ${name}`, async () => {
      const { tf, ...kernels } = await load();
      tf.tidy(() => {
        const normal = (shape: readonly number[], seed: number) => (
          tf.randomNormal([...shape], 0, 1, "float32", seed)
        );
        const photos = normal(shape, 1), kernel = normal([size, size, shape[3], filters], 2);
        const epilogue = { bias: normal([filters], 3), relu }, first = shape[3] === 3;
        const { out, argmax } = kernels.convolvePooled(photos, kernel, padding, epilogue);
        const gradient = normal(out.shape, 4);
        const own = kernels
          .convolvePooledGradient(photos, kernel, argmax!, gradient, padding, first);

        const steps = { padding, stride: 1 };
        const values = kernels.convolve2D(photos, kernel, steps, epilogue);
        const pooled = kernels.maxPool(values, relu);
        const pool = kernels.maxPoolGradient(values.shape, pooled.argmax, gradient),
          { gradBias } = pool;
        const sums = pool.gradInput;
        const { gradKernel, gradInput } = kernels
          .convolve2DGradient(photos, kernel, sums, null, steps, { first, hasBias: false });

        const pairs = { out: [out, pooled.out], kernel: [own.gradKernel, gradKernel] };
        const more = { bias: [own.gradBias, gradBias], photos: [own.gradInput, gradInput] };
        for (const [what, [a, b]] of Object.entries({ ...pairs, ...more })) {
          if (what === "photos" && first) continue;
          const apart = a!.sub(b!).abs().max().dataSync()[0]!,
            most = b!.abs().max().dataSync()[0]!;
          ok(!(apart > 2e-6 * most), `${what}: ${apart} apart of ${most}`);
          deepEqual(a!.shape, b!.shape);
        }
      });
    });
  }
}
