import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";
import type { Steps } from "@/native/convolution_2d.ts";
import { type Attributes, T } from "@/native/raw_op.ts";
import { testOps } from "@/native/_testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/convolution_2d.ts"),
    ...await import("@/native/matmul.ts"),
    ...await import("@/native/pinned.ts"),
    ...await import("@/native/raw_op.ts"),
    ...await import("@/native/sum.ts"),
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;

const normal = ({ tf }: Loaded, shape: readonly number[], seed: number) => (
  tf.randomNormal([...shape], 0, 1, "float32", seed)
);

/**
 * Photos and kernels: sizes even, odd and smaller than the kernel; channels and filters that fill lines or do not; few
 * channels on wide photos, whose lines are copied as a whole.
 */
const CONVOLUTIONS = [
  { photos: [2, 5, 7, 3], kernel: [3, 3], filters: 16, stride: 1, padding: "same" },
  { photos: [3, 9, 9, 3], kernel: [5, 5], filters: 32, stride: 2, padding: "same" },
  { photos: [4, 8, 8, 32], kernel: [3, 3], filters: 48, stride: 2, padding: "same" },
  { photos: [1, 6, 5, 4], kernel: [2, 3], filters: 5, stride: 1, padding: "valid" },
  { photos: [2, 7, 7, 16], kernel: [1, 1], filters: 32, stride: 2, padding: "same" },
  { photos: [1, 1, 1, 20], kernel: [1, 1], filters: 7, stride: 1, padding: "same" },
  { photos: [5, 3, 3, 8], kernel: [7, 7], filters: 9, stride: 1, padding: "same" },
  { photos: [2, 5, 17, 3], kernel: [3, 3], filters: 16, stride: 1, padding: "same" },
  { photos: [3, 9, 40, 3], kernel: [5, 5], filters: 32, stride: 2, padding: "same" },
  { photos: [2, 6, 20, 4], kernel: [2, 3], filters: 5, stride: 1, padding: "valid" },
  { photos: [20, 12, 12, 64], kernel: [3, 3], filters: 70, stride: 1, padding: "valid" },
  { photos: [2, 20, 20, 3], kernel: [11, 11], filters: 5, stride: 1, padding: "valid" },
] as const;

for (const { photos: shape, kernel: [height, width], filters, ...steps } of CONVOLUTIONS) {
  const name = `${shape.join(" by ")} by ${height} by ${width} to ${filters}, ${steps.padding}`;
  testOps(`convolve2D() and its gradients are TensorFlow's: ${name}`, async () => {
    const loaded = await load(), { tf, rawOp, convolve2D, convolve2DGradient } = loaded;
    tf.tidy(() => {
      const photos = normal(loaded, shape, 1), bias = normal(loaded, [filters], 3);
      const kernel = normal(loaded, [height, width, shape[3], filters], 2);
      const attributes = attributesOf(steps);
      const plain = rawOp("Conv2D", [photos, kernel], attributes);
      const shortcut = normal(loaded, plain.shape, 5);
      const out = convolve2D(photos, kernel, steps, { bias, shortcut, relu: true });
      close("values", out, plain.add(bias).add(shortcut).relu());

      const gradient = normal(loaded, out.shape, 4);
      const counted = gradient.mul(out.greater(0).toFloat());
      const asked = { first: false, hasBias: true };
      const own = convolve2DGradient(photos, kernel, gradient, out, steps, asked);
      const sizes = (tensor: tf.Tensor) => tf.tensor1d(tensor.shape, "int32");
      const toKernel = [photos, sizes(kernel), counted],
        toPhotos = [sizes(photos), kernel, counted];
      close("kernel", own.gradKernel, rawOp("Conv2DBackpropFilter", toKernel, attributes));
      close("photos", own.gradInput!, rawOp("Conv2DBackpropInput", toPhotos, attributes));
      close("bias", own.gradBias!, counted.sum([0, 1, 2]));
    });
  });
}

testOps("convolve2D() gives nothing of photos smaller than a kernel without padding", async () => {
  const { tf, convolve2D } = await load();
  tf.tidy(() => {
    const steps = { padding: "valid", stride: 3 } as const,
      epilogue = { bias: null, relu: false };
    const { shape } = convolve2D(tf.ones([2, 4, 4, 1]), tf.ones([5, 5, 1, 5]), steps, epilogue);
    deepEqual(shape, [2, 0, 0, 5]);
  });
});

testOps("convolve2D() and its gradients refuse a stride of 0", async () => {
  const { tf, convolve2D, convolve2DGradient } = await load();
  tf.tidy(() => {
    const ones = tf.ones([1, 1, 1, 1]), steps = { padding: "same", stride: 0 } as const;
    const asked = { first: false, hasBias: false };
    throws(() => convolve2D(ones, ones, steps, { bias: null, relu: false }), /'stride' of 0/);
    throws(() => convolve2DGradient(ones, ones, ones, null, steps, asked), /'stride' of 0/);
  });
});

/** Rows, steps and columns: more than a tile, fewer, and just one. */
const PRODUCTS = [[64, 2304, 256], [1, 7, 5], [97, 33, 101], [3, 1, 40]] as const;

for (const [rows, steps, columns] of PRODUCTS) {
  testOps(`multiply() is TensorFlow's: ${rows} by ${steps} by ${columns}`, async () => {
    const loaded = await load(), { tf, rawOp, multiply } = loaded;
    tf.tidy(() => {
      for (const turnA of [false, true]) {
        for (const turnB of [false, true]) {
          const a = normal(loaded, turnA ? [steps, rows] : [rows, steps], 1);
          const b = normal(loaded, turnB ? [columns, steps] : [steps, columns], 2);
          const turns: Attributes = { transpose_a: ["BOOL", turnA], transpose_b: ["BOOL", turnB] };
          const theirs = rawOp("MatMul", [a, b], { ...T, ...turns });
          close(`${turnA} ${turnB}`, multiply(a, b, undefined, { turnA, turnB }), theirs);
        }
      }
    });
  });
}

testOps("sumPinned() sums along axes wherever they stand", async () => {
  const loaded = await load(), { tf, isPinned, sumPinned } = loaded;
  if (!isPinned()) return;
  tf.tidy(() => {
    const values = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const sums = (axes: number[]) => [...sumPinned(values, axes).dataSync()];
    deepEqual([sums([0]), sums([1]), sums([2])], [[6, 8, 10, 12], [4, 6, 12, 14], [3, 7, 11, 15]]);
    deepEqual([sums([0, 1]), sums([0, 2]), sums([0, 1, 2]), sums([])], [
      ...[[16, 20], [14, 22], [36]],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]);
    equal(sumPinned(tf.ones([1000, 37]), [0, 1]).dataSync()[0], 37_000);
  });
});

testOps("all that TensorFlow.js sums goes through the pinned kernels", async () => {
  const { tf, isPinned } = await load();
  if (!isPinned()) return;
  tf.tidy(() => {
    // as float32, one after the other, 1 is lost beside 2^24
    const values = tf.tensor1d([2 ** 24, ...Array(15).fill(0), 1, -(2 ** 24)]);
    equal(values.sum().dataSync()[0], 1);
    equal(values.reshape([1, 18]).mean(1).dataSync()[0], Math.fround(1 / 18));
    const kernel = tf.ones<tf.Rank.R4>([3, 3, 2, 4]), photos = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
    const grads = tf.grads((photos: tf.Tensor, kernel: tf.Tensor) => (
      tf.conv2d(photos as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same").sum()
    ))([photos, kernel]);
    deepEqual(grads.map(({ shape }) => shape), [photos.shape, kernel.shape]);
    equal(grads[0]!.dataSync()[10], 36); // 9 places, 4 filters
  });
});

testOps("reciprocals, roots and shares are those of exact divisions", async () => {
  const { tf, isPinned } = await load();
  if (!isPinned()) return;
  tf.tidy(() => {
    const values = Float32Array.from({ length: 999 }, (_, k) => (k + 1) / 37),
      x = tf.tensor1d(values);
    deepEqual(x.reciprocal().dataSync(), values.map((value) => 1 / value));
    const roots = values.map((value) => Math.sqrt(value)); // rounded twice, as the ops do
    deepEqual(x.rsqrt().dataSync(), roots.map((root) => 1 / root));
    const powers = x.sub(x.max()).exp();
    deepEqual(x.softmax().dataSync(), powers.div(powers.sum()).dataSync());
    deepEqual(x.sigmoid().dataSync(), tf.div(1, x.neg().exp().add(1)).dataSync());
  });
});

/** The attributes of TensorFlow's own convolution. */
function attributesOf({ padding, stride }: Steps): Attributes {
  return {
    ...T,
    data_format: ["STRING", "NHWC"],
    strides: ["INT", [1, stride, stride, 1]],
    dilations: ["INT", [1, 1, 1, 1]],
    padding: ["STRING", padding.toUpperCase()],
    explicit_paddings: ["INT", []],
    use_cudnn_on_gpu: ["BOOL", true],
  };
}

function close(what: string, own: tf.Tensor, expected: tf.Tensor): void {
  deepEqual(own.shape, expected.shape);
  const apart = own.sub(expected).abs().max().dataSync()[0]!;
  const most = expected.abs().max().dataSync()[0]!;
  ok(apart <= 3e-6 * most, `${what}: ${apart} apart of ${most}`);
}
