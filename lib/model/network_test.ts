import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { EVERYTHING, SMALL, withNetwork } from "@/model/_testing.ts";
import { countParameters, layerShapes } from "@/model/layers.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import { findSpec, TESTING, ZOO } from "@/model/zoo.ts";
import { NATIVE, testWith } from "@/testing.ts";

/** All weights, as lists of numbers. */
function weightsOf(network: tf.LayersModel): number[][] {
  return network.getWeights().map((weights) => [...weights.dataSync()]);
}

testWith(NATIVE, "buildNetwork() builds every model of the zoo at its size", async () => {
  await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  const before = tf.memory().numTensors;
  for (const spec of ZOO) {
    const network = buildNetwork(spec, { side: 256, seed: 7 });
    equal(network.countParams(), countParameters(spec, 256), spec.id);
    deepEqual(
      network.layers.map(({ name, outputShape }) => [name, outputShape.slice(1)]),
      layerShapes(spec, 256).map(({ layer, shape }) => [layer, shape]),
    );
    disposeNetwork(network);
  }
  equal(tf.memory().numTensors, before);
});

Deno.test("buildNetwork() turns photos into probabilities of five groups", async () => {
  await withNetwork(TESTING, (network) => {
    equal(network.countParams(), 1557);
    const sums = tf.tidy(() => {
      const probabilities = network.predict(tf.randomUniform([3, 16, 16, 3])) as tf.Tensor;
      deepEqual(probabilities.shape, [3, 5]);
      return probabilities.sum(1).dataSync();
    });
    for (const sum of sums) ok(Math.abs(sum - 1) < 1e-6);
  });
});

Deno.test("buildNetwork() starts with the same weights from the same seed only", async () => {
  await withNetwork(EVERYTHING, async (network) => {
    const weights = weightsOf(network);
    await withNetwork(EVERYTHING, (again) => deepEqual(weightsOf(again), weights));
    await withNetwork(EVERYTHING, (other) => {
      notDeepEqual(weightsOf(other), weights);
    }, { ...SMALL, seed: 8 });
  });
});

Deno.test("buildNetwork() starts each layer from its own seed, within Glorot's limits", async () => {
  await withNetwork({ ...TESTING, dense: [8, 8, 8] }, (network) => {
    const kernel = (layer: string) => network.getLayer(layer).getWeights()[0]!.dataSync();
    notDeepEqual(kernel("dense2"), kernel("dense3"));
    // 3x3x3 values come into a filter, and 3x3x4 places take what leaves it
    const limit = Math.sqrt(6 / (27 + 36));
    const largest = Math.max(...kernel("conv1").map(Math.abs));
    ok(largest <= limit && largest > 0.9 * limit, `${largest} of ${limit}`);
    deepEqual([...network.getLayer("conv1").getWeights()[1]!.dataSync()], [0, 0, 0, 0]);
  });
});

Deno.test("buildNetwork() refuses photos that are too small, before it makes anything", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  throws(() => buildNetwork(findSpec("IV"), { side: 24, seed: 7 }), {
    name: "RangeError",
    message: /^Model IV cannot take photos of 24 pixels: layer pool4 .* takes is 80$/,
  });
  equal(tf.memory().numTensors, before);
});
