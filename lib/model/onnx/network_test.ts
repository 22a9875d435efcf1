import { deepEqual, ok, throws } from "node:assert/strict";
import type { Rank, Tensor } from "@tensorflow/tfjs";
import { NATIVE, testWith } from "@/testing.ts";

/**
 * Networks of each kind: layers one after another, their maps and rows normalised, residual blocks with gates and
 * years, depthwise convolutions.
 */
const NETWORKS = ["testing", "IV", "XVIII", "better-brief", "with gates", "published"] as const;

/** Those without Grad-CAM's maps. */
const PLAIN: readonly string[] = ["testing", "IV", "XVIII"];

/** The largest difference between two lists of values. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, k) => Math.abs(value - b[k]!)));
}

async function build(name: typeof NETWORKS[number], side: number) {
  const { buildNetwork } = await import("@/model/network.ts");
  const { findSpec, TESTING } = await import("@/model/zoo.ts");
  const brief = findSpec("better-brief");
  const gated = { ...brief, residual: { ...brief.residual!, squeezeRatio: 8 } };
  const specs = { "testing": TESTING, "with gates": gated } as const;
  return buildNetwork(name in specs ? specs[name as "testing"] : findSpec(name), { side, seed: 7 });
}

for (const name of NETWORKS) {
  testWith(NATIVE, `networkToOnnx() writes what TensorFlow computes: ${name}`, async () => {
    const { tf } = await import("@/native/tensorflow.ts");
    const { networkToOnnx } = await import("@/model/onnx/network.ts");
    const { gradCam } = await import("@/answers/grad_cam.ts");
    const { disposeNetwork } = await import("@/model/network.ts");
    const { openOnnx } = await import("@/native/onnx.ts");
    const side = 96, shape = [3, side, side, 3] as [number, number, number, number];
    const network = await build(name, side), seeds = network.weights.keys();
    for (const weight of network.weights) { // fresh ones are zeros and ones, in part
      const noise = tf.randomUniform(
        weight.shape as number[],
        0.01,
        0.09,
        "float32",
        seeds.next().value!,
      );
      weight.write(tf.tidy(() => weight.read().mul(0.8).add(noise)));
      noise.dispose();
    }
    const photos = tf.randomUniform<Rank.R4>(shape, 0, 1, "float32", 7);
    const expected = tf.tidy(() => (network.predict(photos) as Tensor).dataSync());
    const bytes = networkToOnnx(network, { precision: "float32", metadata: {} });
    const session = await openOnnx(bytes), values = await photos.data<"float32">();
    const [groups] = await session.run(values, shape, ["groups"]);
    ok(largestDifference(groups!, expected) < 1e-4, `${name}: groups`);
    if (!PLAIN.includes(name)) {
      const maps = gradCam(network, photos, [0, 2, 4]), [, height, width] = maps.shape;
      const [found] = await session.run(values, shape, ["maps"]), cells = height * width;
      const shares = [0, 2, 4].flatMap((group, k) => {
        const map = found!.subarray((5 * k + group) * cells, (5 * k + group + 1) * cells);
        return Array.from(map, (value) => value / Math.max(...map, 1e-30));
      });
      ok(largestDifference(shares, maps.dataSync()) < 1e-3, `${name}: maps`);
      maps.dispose();
    }
    await session.close();
    photos.dispose();
    disposeNetwork(network);
  });
}

testWith(NATIVE, "networkToOnnx() names a layer that it does not know", async () => {
  const { tf } = await import("@/native/tensorflow.ts");
  const { networkToOnnx } = await import("@/model/onnx/network.ts");
  const network = tf.sequential({
    layers: [tf.layers.softmax({ inputShape: [4, 4, 3], name: "odd" })],
  });
  throws(
    () => networkToOnnx(network, { precision: "float32", metadata: {} }),
    /Cannot write the layer odd as ONNX: Softmax/,
  );
  network.dispose();
});

Deno.test("encodeOnnx() keeps texts, which readMetadata() reads", async () => {
  const { encodeOnnx, readMetadata } = await import("@/model/onnx/file.ts");
  const metadata = { classes: "0-6, 7-20", terms: "free" };
  const bytes = encodeOnnx({
    name: "x",
    inputs: [],
    outputs: [],
    nodes: [],
    weights: [],
    metadata,
  });
  deepEqual(readMetadata(bytes), metadata);
});
