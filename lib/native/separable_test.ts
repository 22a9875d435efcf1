import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { ok, throws } from "node:assert/strict";
import { testOps } from "@/native/_testing.ts";

async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/separable.ts"),
  };
}

/** Photos, height, width, channels, filters and stride: whole vectors, rows left over, one pixel. */
const SIZES = [
  ...[[2, 9, 7, 8, 24, 1], [1, 16, 16, 24, 48, 2], [1, 5, 5, 96, 96, 1], [3, 1, 1, 16, 8, 1]],
  ...[[1, 2, 2, 8, 16, 2], [1, 7, 30, 32, 32, 2]],
];

for (const sizes of SIZES) {
  for (const between of [true, false]) {
    const name = `${sizes.join(" ")}${
      between ? ", ReLU6 between" : ", shortcut of fewer channels"
    }`;
    testOps(`convolveSeparably() is what its steps give: ${name}`, async () => {
      const { tf, convolveSeparably } = await load();
      const [photos, height, width, channels, filters, stride] = sizes as [
        ...[number, number, number, number, number, 1 | 2],
      ];
      tf.tidy(() => {
        const random = (...shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", 7);
        const values = random(photos, height, width, channels) as never;
        const depthwise = random(3, 3, channels, 1), pointwise = random(1, 1, channels, filters);
        const [bias, slopes] = [random(filters), random(filters)], middleBias = random(channels);
        const rows = Math.ceil(height / stride), columns = Math.ceil(width / stride);
        const shortcut = between ? null : random(photos, rows, columns, 8);
        const first: Tensor = tf.depthwiseConv2d(values, depthwise as never, stride, "same");
        const middle = between ? first.add(middleBias).clipByValue(0, 6) : first;
        const summed: Tensor = tf.conv2d(middle as never, pointwise as never, 1, "same");
        const product = summed.add(bias);
        const sum = shortcut
          ? product.add(shortcut.pad([[0, 0], [0, 0], [0, 0], [0, filters - 8]]))
          : product;
        const wanted = sum.maximum(0).minimum(between ? 6 : Infinity).add(
          sum.minimum(0).mul(slopes),
        );
        const out = convolveSeparably(
          values,
          { depthwise, middleBias: between ? middleBias : null, pointwise, bias, slopes },
          { stride, shortcut, six: between },
        );
        const most = out.sub(wanted).abs().max().dataSync()[0]!;
        ok(most < 1e-4, `off by ${most}`);
      });
    });
  }
}

testOps("convolveSeparably() refuses sizes that do not fit together", async () => {
  const { tf, convolveSeparably } = await load();
  tf.tidy(() => {
    const eight = tf.zeros([8]),
      weights = {
        ...{
          depthwise: tf.zeros([3, 3, 8, 1]),
          middleBias: null,
          pointwise: tf.zeros([1, 1, 8, 8]),
        },
        ...{ bias: eight, slopes: eight },
      };
    const options = { stride: 1, shortcut: null, six: false };
    throws(() => convolveSeparably(tf.zeros([1, 2, 2, 16]), weights, options), /do not fit/);
    throws(
      () => convolveSeparably(tf.zeros([1, 2, 2, 8]), weights, { ...options, stride: 3 }),
      /stride is not 1 or 2/,
    );
    throws(
      () => convolveSeparably(tf.zeros([1, 2, 2, 8]), weights, { ...options, stride: 0 }),
      /'stride' of 0/,
    );
  });
});

testOps("depthwise() and its gradients are those of tfjs, for each stride and rim", async () => {
  const { tf } = await import("@/native/tensorflow.ts");
  const { depthwise, depthwiseGradient } = await import("@/native/separable.ts");
  for (const [height, width, channels, stride] of [[7, 6, 16, 1], [7, 6, 16, 2], [2, 3, 8, 2]]) {
    tf.tidy(() => {
      const values = tf.randomUniform([3, height!, width!, channels!], -2, 2, "float32", 1);
      const kernel = tf.randomUniform([3, 3, channels!, 1], -2, 2, "float32", 2);
      const bias = tf.randomUniform([channels!], -1, 1, "float32", 3);
      const own = depthwise(values, kernel, bias, stride!);
      const stock = (...[values, kernel, bias]: Tensor[]) => (
        tf.depthwiseConv2d(values as Tensor4D, kernel as Tensor4D, stride!, "same").add(bias!)
          .clipByValue(0, 6)
      );
      const gradient = tf.randomUniform(own.shape, -1, 1, "float32", 4);
      const { gradInput, gradKernel, gradBias } = depthwiseGradient(
        values,
        kernel,
        own,
        gradient,
        {
          ...{ stride: stride!, first: false },
        },
      );
      const made = [own, gradInput!, gradKernel, gradBias];
      const wanted = [
        stock(values, kernel, bias),
        ...tf.grads(stock)([values, kernel, bias], gradient),
      ];
      made.forEach((tensor, k) => {
        const most = tensor.sub(wanted[k]!).abs().max().dataSync()[0]!;
        ok(most < 1e-5, `${k} of ${height}x${width}, stride ${stride}: ${most}`);
      });
    });
  }
});
