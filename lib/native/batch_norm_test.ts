import { deepEqual, equal, ok } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";
import { EPSILON } from "@/native/batch_norm.ts";
import { type Attributes, DTYPE, T } from "@/native/raw_op.ts";
import { testOps } from "@/native/_testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/batch_norm.ts"),
    ...await import("@/native/convolution.ts"),
    ...await import("@/native/kernels.ts"),
    ...await import("@/native/epilogue.ts"),
    ...await import("@/native/raw_op.ts"),
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;

testOps("normalizeSum() takes the mean away and divides by the deviation", async () => {
  const { tf, normalizeSum } = await load();
  tf.tidy(() => {
    const one = tf.ones([1]), weights = { scale: one.mul(2), shift: one, mean: one, variance: one };
    const values = tf.tensor4d([1, 3, 1, 3], [1, 2, 2, 1]), shortcut = tf.fill([1, 2, 2, 1], -0.5);
    const { out, mean, variance } = normalizeSum(values, weights, { shortcut, relu: true }, 0.9);
    const [low, high] = out.dataSync();
    equal(low, 0);
    ok(Math.abs(high! - 2.499) < 1e-3, `${high}`); // 2 * 1 / sqrt(1.001) + 1 - 0.5
    deepEqual([mean, variance].map((t) => +t.dataSync()[0]!.toFixed(5)), [1.1, 1]);
  });
});

/** Shapes that fill vectors and blocks, that leave rows over, and that are smaller than either. */
const SHAPES = [[3, 8, 8, 16], [5, 7, 9, 24], [2, 33, 31, 6], [3, 5, 5, 192], [7, 3, 3, 1], [
  4,
  40,
  40,
  32,
]];

for (const shape of SHAPES) {
  for (const summed of [true, false]) {
    for (const relu of [true, false]) {
      const name = `${shape.join(" by ")}${summed ? ", sum" : ""}${relu ? ", ReLU" : ""}`;
      testOps(`normalizeSum() and its gradients are those of the steps: ${name}`, async () => {
        const loaded = await load(), { tf } = loaded;
        tf.tidy(() => compare(loaded, shape, summed, relu));
      });
    }
  }
}

for (const shape of SHAPES) {
  const name = shape.join(" by ");
  testOps(`normalizeSum() pools to the bits that pooling behind it gives: ${name}`, async () => {
    const loaded = await load(), { tf } = loaded;
    tf.tidy(() => {
      const { values, weights, gradient } = makeMaps(loaded, shape);
      const own = loaded.normalizeSum(values, weights, POOLED, 0.9);
      const steps = inSteps(loaded, values, weights, gradient);
      deepEqual(own.out.dataSync(), steps.out.dataSync());
      const given = [values, weights, POOLED, own, gradient] as const;
      const gradients = loaded.normalizeSumGradient(...given, { rectified: true });
      for (const key of ["values", "scale", "shift"] as const) {
        deepEqual(gradients[key].add(0).dataSync(), steps[key].add(0).dataSync(), key);
      }
    });
  });
}

testOps(
  "the compact gradient of a 1x1 kernel with strides adds as the whole one does",
  async () => {
    const loaded = await load(), { tf } = loaded;
    tf.tidy(() => {
      const normal = (shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", 1);
      const photos = normal([9, 5, 8, 16]), kernel = normal([1, 1, 16, 32]);
      const steps = { padding: "same", stride: 2 } as const,
        epilogue = { shortcut: null, relu: false };
      const maps = loaded.convolve(photos, kernel, steps, { bias: null, relu: false });
      const { weights } = makeMaps(loaded, maps.shape);
      const normalized = loaded.normalizeSum(maps, weights, epilogue, 0.9);
      const forward = { maps, rectified: false, weights, epilogue, normalized };
      const [whole, compact] = [false, true].map((compact) => {
        const asked = { first: false, hasBias: false, compact };
        const made = loaded.convolveNormalizedGradient(photos, kernel, forward, maps, steps, asked);
        return made.gradInput!;
      });
      deepEqual(compact!.shape, [9, 3, 4, 16]);
      const plain = normal([3, 3, 16, 16]), once = { padding: "same", stride: 1 } as const;
      const sums = [whole, compact].map((beside) => {
        const asked = { first: false, hasBias: false, beside };
        return loaded.convolveGradient(photos, plain, photos, null, once, asked).gradInput!;
      });
      deepEqual(sums[1]!.dataSync(), sums[0]!.dataSync());
    });
  },
);

const POOLED = { shortcut: null, relu: false, pool: true };

/** What may follow normalisation. */
const EPILOGUES = {
  "pooled": POOLED,
  "as they are": { shortcut: null, relu: false },
  "with ReLU": { shortcut: null, relu: true },
  "with a sum and ReLU": { shortcut: true, relu: true },
};

/** Photos and kernels whose gradients are found at once, and by way of those of the maps; the last by Winograd's way. */
const CONVOLVED = [[[3, 9, 10, 3], 16], [[2, 12, 7, 32], 48], [[9, 6, 7, 32], 48]] as const;

for (const [photos, filters] of CONVOLVED) {
  for (const rectified of [true, false]) {
    for (const [words, epilogue] of Object.entries(EPILOGUES)) {
      if (rectified && epilogue.relu) continue; // no network has ReLU before and behind
      testOps(
        "convolveNormalizedGradient() gives the bits that its steps give: " +
          `${photos.join(" by ")}${rectified ? ", ReLU" : ""}, ${words}`,
        async () => {
          const loaded = await load(), { tf } = loaded;
          tf.tidy(() => compareConvolution(loaded, photos, filters, { rectified, ...epilogue }));
        },
      );
    }
  }
}

/** Maps as ReLU leaves them, with the weights of a normalisation and the gradient of what is pooled. */
function makeMaps({ tf }: Loaded, shape: readonly number[]) {
  const normal = (shape: readonly number[], seed: number) => (
    tf.randomNormal([...shape], 0, 1, "float32", seed)
  );
  const channels = [shape.at(-1)!], [scale, shift] = [2, 3].map((seed) => normal(channels, seed));
  const weights = { scale: scale!, shift: shift!, mean: shift!, variance: tf.ones(channels) };
  const [photos, rows, columns] = shape,
    halves = [rows!, columns!].map((side) => Math.floor(side / 2));
  const gradient = normal([photos!, ...halves, ...channels], 6);
  return { values: normal(shape, 1).relu(), weights, gradient };
}

/** Normalisation and pooling with ReLU before them, forward and back, an op each. */
function inSteps(
  native: Loaded,
  values: tf.Tensor,
  weights: ReturnType<typeof makeMaps>["weights"],
  gradient: tf.Tensor,
) {
  const epilogue = { shortcut: null, relu: false };
  const normalized = native.normalizeSum(values, weights, epilogue, 0.9);
  const pooled = native.maxPool(normalized.out, false);
  const { gradInput } = native.maxPoolGradient(normalized.out.shape, pooled.argmax, gradient);
  const own = native.normalizeSumGradient(values, weights, epilogue, normalized, gradInput);
  return { ...own, out: pooled.out, values: native.reluGradient(values, own.values) };
}

/** Holds the gradients of a convolution, its normalisation and what follows against those found by way of the maps. */
function compareConvolution(
  native: Loaded,
  shape: readonly [number, number, number, number],
  filters: number,
  { rectified, relu, ...asked }: {
    rectified: boolean;
    shortcut: boolean | null;
    relu: boolean;
    pool?: boolean;
  },
): void {
  const { tf } = native, { pool = false } = asked;
  const steps = { padding: pool ? "valid" : "same", stride: 1 } as const;
  const normal = (shape: readonly number[], seed: number) => (
    tf.randomNormal([...shape], 0, 1, "float32", seed)
  );
  const photos = normal(shape, 4), kernel = normal([3, 3, shape[3], filters], 5);
  const maps = native.convolve(photos, kernel, steps, { bias: null, relu: rectified });
  const { weights, gradient: pooled } = makeMaps(native, maps.shape);
  const gradient = pool ? pooled : normal(maps.shape, 6);
  const epilogue = { shortcut: asked.shortcut ? normal(maps.shape, 7) : null, relu, pool };
  const normalized = native.normalizeSum(maps, weights, epilogue, 0.9);
  const wanted = { first: false, hasBias: pool, beside: normal(shape, 8) };
  const forward = { maps, rectified, weights, epilogue, normalized };
  const own = native.convolveNormalizedGradient(photos, kernel, forward, gradient, steps, wanted);
  const given = [maps, weights, epilogue, normalized, gradient] as const;
  const norm = native.normalizeSumGradient(...given, { rectified });
  const conv = native.convolveGradient(photos, kernel, norm.values, null, steps, wanted);
  const pairs = [
    [own.scale, norm.scale],
    [own.shift, norm.shift],
    [own.shortcut, norm.shortcut],
    [own.gradKernel, conv.gradKernel],
    [own.gradBias, conv.gradBias],
    [own.gradInput, conv.gradInput],
  ] as const;
  for (const [own, expected] of pairs) deepEqual(own?.dataSync(), expected?.dataSync());
}

/** Holds the op and its gradients against TensorFlow's, one step after another. */
function compare(native: Loaded, shape: number[], summed: boolean, relu: boolean): void {
  const { tf } = native;
  const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);
  const channels = [shape.at(-1)!], values = normal(shape, 1).mul(3).add(20) as tf.Tensor4D;
  const [scale, shift, mean] = [2, 3, 4].map((seed) => normal(channels, seed));
  const weights = { scale: scale!, shift: shift!, mean: mean!, variance: tf.ones(channels) };
  const shortcut = summed ? normal(shape, 5) : null, epilogue = { shortcut, relu };
  const own = native.normalizeSum(values, weights, epilogue, 0.75);
  const gradient = normal(shape, 6);
  const gradients = native.normalizeSumGradient(values, weights, epilogue, own, gradient);

  const steps = normalizeBatch(native, values, scale!, shift!);
  const sum = shortcut ? steps.out.add(shortcut) : steps.out;
  const out = relu ? sum.relu() : sum;
  const counted = relu ? native.reluGradient(own.out, gradient) : gradient;
  const [gradValues, gradScale, gradShift] = normalizeBatchGradient(
    ...[native, values, scale!, steps.reserved, counted] as const,
  );
  close("values", own.out, out);
  close("mean", own.mean, mean!.mul(0.75).add(steps.mean.mul(0.25)));
  close("variance", own.variance, tf.scalar(0.75).add(steps.variance.mul(0.25)));
  close("gradient of the values", gradients.values, gradValues);
  close("gradient of the scale", gradients.scale, gradScale);
  close("gradient of the shift", gradients.shift, gradShift);
  if (summed) close("gradient of the shortcut", gradients.shortcut!, counted);
  else equal(gradients.shortcut, null);
}

/** What TensorFlow's own op makes of values, with the biased variance, over n. */
function normalizeBatch(
  { tf, rawOps, freeing }: Pick<Loaded, "tf" | "rawOps" | "freeing">,
  values: tf.Tensor,
  scale: tf.Tensor,
  shift: tf.Tensor,
) {
  const none = [tf.tensor1d([]), tf.tensor1d([])];
  const made = rawOps("FusedBatchNormV3", [values, scale, shift, ...none], BATCH_NORM, 6);
  const [out, mean, sampleVariance, ...reserved] = freeing(none, made);
  const count = values.size / values.shape.at(-1)!; // the op returns the unbiased variance, over n - 1
  const variance = sampleVariance!.mul(count > 1 ? (count - 1) / count : 1);
  return { out: out!, mean: mean!, variance, reserved };
}

/** TensorFlow's gradients of the values, the scale and the shift. */
function normalizeBatchGradient(
  { rawOps }: Pick<Loaded, "rawOps">,
  values: tf.Tensor,
  scale: tf.Tensor,
  reserved: tf.Tensor[],
  gradient: tf.Tensor,
) {
  const inputs = [gradient, values, scale, ...reserved];
  const made = rawOps("FusedBatchNormGradV3", inputs, BATCH_NORM, 5);
  return made.slice(0, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
}

const BATCH_NORM: Attributes = {
  ...T,
  data_format: ["STRING", "NHWC"],
  U: ["TYPE", DTYPE.float32],
  epsilon: ["FLOAT", EPSILON],
  is_training: ["BOOL", true],
};

function close(what: string, own: tf.Tensor, expected: tf.Tensor): void {
  deepEqual(own.shape, expected.shape);
  const apart = own.sub(expected).abs().max().dataSync()[0]!;
  const most = expected.abs().max().dataSync()[0]!;
  ok(apart <= 2e-5 * Math.max(most, 1), `${what}: ${apart} apart of ${most}`);
}
