import { deepEqual, equal, ok } from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs";
import { testOps } from "@/native/_testing.ts";

const SAME = { padding: "same", stride: 1 } as const;

/** The gradients that are asked for between the layers of a network. */
const INNER = { first: false, hasBias: false };

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/convolution.ts"),
    ...await import("@/native/convolution_2d.ts"),
    ...await import("@/native/convolution_3x3.ts"),
  };
}

testOps("the project's own 3x3 convolution is in use where it fits", async () => {
  const { isFast, tf } = await load();
  const fits = (photos: number, kernel: [number, number, number, number], steps = {}) =>
    tf.tidy(() =>
      isFast(tf.zeros([photos, 4, 4, kernel[2]]), tf.zeros(kernel), { ...SAME, ...steps })
    );
  deepEqual([fits(8, [3, 3, 16, 32]), fits(64, [3, 3, 48, 16])], [true, true]);
  const refused = [
    fits(7, [3, 3, 16, 16]),
    fits(8, [1, 1, 16, 16]),
    fits(8, [5, 5, 16, 16]),
    fits(8, [3, 3, 24, 16]),
    fits(8, [3, 3, 16, 24]),
    fits(8, [3, 3, 16, 16], { stride: 2 }),
    fits(8, [3, 3, 16, 16], { padding: "valid" }),
  ];
  deepEqual(refused, refused.map(() => false));
});

testOps("convolve() sums what lies around each pixel, and nothing beyond the photo", async () => {
  const { convolve, tf } = await load();
  tf.tidy(() => {
    const kernel = tf.ones([3, 3, 16, 16]).div(16) as tf.Tensor4D;
    const out = convolve(tf.ones([8, 3, 4, 16]), kernel, SAME, { bias: null, relu: false });
    deepEqual(out.shape, [8, 3, 4, 16]);
    const first = out.slice([7, 0, 0, 3], [1, 3, 4, 1]).round().dataSync();
    deepEqual([...first], [4, 6, 6, 4, 6, 9, 9, 6, 4, 6, 6, 4]);
  });
});

testOps("convolve() gives the same bits each time", async () => {
  const { convolve, convolveGradient, tf } = await load();
  tf.tidy(() => {
    const normal = (shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", 1);
    const photos = normal([33, 9, 9, 32]), kernel = normal([3, 3, 32, 32]);
    const all = () => {
      const out = convolve(photos, kernel, SAME, { bias: null, relu: true });
      const { gradInput, gradKernel } = convolveGradient(photos, kernel, out, null, SAME, INNER);
      return [out, gradInput!, gradKernel].map((tensor) => tensor.dataSync());
    };
    deepEqual(all(), all());
  });
});

/** Tiles of 4 and of 3, whole and cut off, fewer photos than a group and more. */
const SHAPES = [
  { photos: [8, 4, 4, 16], filters: 16 },
  { photos: [64, 3, 3, 32], filters: 48 },
  { photos: [9, 5, 7, 16], filters: 32 },
  { photos: [20, 24, 24, 32], filters: 32 },
  { photos: [35, 6, 6, 64], filters: 16 },
  { photos: [12, 1, 1, 16], filters: 16 },
  { photos: [8, 2, 13, 48], filters: 64 },
  { photos: [16, 3, 3, 192], filters: 192 },
];

for (const { photos: shape, filters } of SHAPES) {
  const name = `${shape.join(" by ")} to ${filters}`;
  testOps(
    `convolve() and its gradients are those without Winograd's transforms: ${name}`,
    async () => {
      const { tf, ...kernels } = await load();
      tf.tidy(() => {
        const normal = (shape: readonly number[], seed: number) => (
          tf.randomNormal([...shape], 0, 1, "float32", seed)
        );
        const photos = normal(shape, 1), kernel = normal([3, 3, shape[3]!, filters], 2);
        const sums = [...shape.slice(0, 3), filters], bias = normal([filters], 3);
        const epilogues = [
          { bias: null, relu: false },
          { bias, relu: true },
          { bias, relu: true, shortcut: normal(sums, 4).mul(20) },
        ];
        for (const epilogue of epilogues) {
          const own = kernels.convolve(photos, kernel, SAME, epilogue);
          close("values", own, kernels.convolve2D(photos, kernel, SAME, epilogue));
        }
        const gradient = normal(sums, 5);
        const own = kernels.convolveGradient(photos, kernel, gradient, null, SAME, INNER);
        const plain = kernels.convolve2DGradient(photos, kernel, gradient, null, SAME, INNER);
        close("gradient of the photos", own.gradInput!, plain.gradInput!);
        close("gradient of the kernel", own.gradKernel, plain.gradKernel);
      });
    },
  );
}

for (const stride of [1, 2]) {
  for (const shape of [[9, 5, 7, 16], [64, 24, 24, 32]]) {
    testOps(
      `convolveGradient() adds what it is given beside: ${shape.join(" by ")}, stride ${stride}`,
      async () => {
        const { convolve, convolveGradient, tf } = await load();
        tf.tidy(() => {
          const normal = (shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", 1);
          const photos = normal(shape),
            kernel = normal([3, 3, shape[3]!, 16]),
            beside = normal(shape);
          const steps = { ...SAME, stride };
          const out = convolve(photos, kernel, steps, { bias: null, relu: false });
          const plain = convolveGradient(photos, kernel, out, null, steps, INNER).gradInput!;
          const sum = convolveGradient(photos, kernel, out, null, steps, { ...INNER, beside });
          deepEqual(sum.gradInput!.dataSync(), plain.add(beside).dataSync());
        });
      },
    );
  }
}

testOps("convolveGradient() leaves out the photos' gradient where none is asked for", async () => {
  const { convolveGradient, tf } = await load();
  tf.tidy(() => {
    const photos = tf.ones([8, 4, 4, 3]), kernel = tf.ones([3, 3, 3, 16]);
    const gradient = tf.ones([8, 4, 4, 16]);
    const asked = { first: true, hasBias: false };
    const { gradInput } = convolveGradient(photos, kernel, gradient, null, SAME, asked);
    equal(gradInput, null);
  });
});

function close(what: string, own: tf.Tensor, expected: tf.Tensor): void {
  deepEqual(own.shape, expected.shape);
  const apart = own.sub(expected).abs().max().dataSync()[0]!;
  const most = expected.abs().max().dataSync()[0]!;
  ok(apart <= 2e-5 * most, `${what}: ${apart} apart of ${most}`);
}
