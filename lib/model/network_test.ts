import { deepEqual, equal, match, notDeepEqual, ok, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  buildNetwork,
  compileNetwork,
  disposeNetwork,
  limitNorms,
  setStep,
} from "@/model/network.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { countParameters, findSpec, layerShapes, type Spec, TESTING, ZOO } from "@/model/zoo.ts";

const SMALL = { side: 16, seed: 7 };

/** A small model with everything that a model can have. */
const EVERYTHING: Spec = {
  ...TESTING,
  dropout: { conv: 0.2, dense: [0.5, 0.5] },
  batchNorm: { conv: "before ReLU", dense: "after ReLU" },
  maxNorm: { conv: 3, dense: 3 },
  l2: { conv: 0.005, dense: 0.01 },
};

/** Does something with a network on tfjs's own backend, and frees it; nothing may stay behind. */
async function withNetwork(
  spec: Spec,
  body: (network: tf.LayersModel) => void | Promise<void>,
  options = SMALL,
): Promise<void> {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const network = buildNetwork(spec, options);
  try {
    await body(network);
  } finally {
    disposeNetwork(network);
  }
  equal(tf.memory().numTensors, before, "tensors stay behind");
}

/** Trains for some steps on eight made photos, two of them at a time, and gives the losses. */
async function trainOn(network: tf.LayersModel, steps = 4): Promise<number[]> {
  const photos = tf.randomUniform([8, 16, 16, 3], 0, 1, "float32", 1);
  const groups = tf.tensor1d([0, 1, 2, 3, 4, 0, 1, 2]);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const [loss] = await network.trainOnBatch(photos, groups) as number[];
    losses.push(loss!);
  }
  tf.dispose([photos, groups]);
  return losses;
}

/** All weights, as lists of numbers. */
function weightsOf(network: tf.LayersModel): number[][] {
  return network.getWeights().map((weights) => [...weights.dataSync()]);
}

/** The norms of the weights that lead to each filter or unit of a layer, counted one by one. */
function normsOf(network: tf.LayersModel, layer: string): number[] {
  const kernel = network.getLayer(layer).getWeights()[0]!;
  const values = kernel.dataSync(), units = kernel.shape.at(-1)!;
  return Array.from(
    { length: units },
    (_, unit) => Math.hypot(...values.filter((_, index) => index % units === unit)),
  );
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

Deno.test("compileNetwork() sets the model's learning rate and loss", async () => {
  await withNetwork(TESTING, (network) => {
    compileNetwork(network, { ...TESTING, learningRate: 0.005 });
    equal(network.optimizer.getConfig().learningRate, 0.005);
    equal(network.optimizer.getClassName(), "Adam");
    equal(network.loss, "sparseCategoricalCrossentropy");
  });
});

Deno.test("compileNetwork() makes ready for training that repeats itself, and frees all", async () => {
  const train = async (network: tf.LayersModel) => {
    compileNetwork(network, { ...EVERYTHING, learningRate: 0.01 });
    return await trainOn(network, 6);
  };
  await withNetwork(EVERYTHING, async (network) => {
    const losses = await train(network);
    ok(losses.at(-1)! < losses[0]!, losses.join());
    await withNetwork(EVERYTHING, async (again) => deepEqual(await train(again), losses));
  });
});

Deno.test("compileNetwork() adds the L2 penalties to the loss", async () => {
  const penalised = { ...TESTING, l2: { conv: 0.005, dense: 0.01 } };
  const firstLoss = async (network: tf.LayersModel) => {
    compileNetwork(network, TESTING);
    return (await trainOn(network, 1))[0]!;
  };
  await withNetwork(TESTING, async (plain) => {
    const squares = (layer: string) => normsOf(plain, layer).reduce((sum, n) => sum + n * n, 0);
    const penalty = 0.005 * (squares("conv1") + squares("conv2")) +
      0.01 * (squares("dense1") + squares("dense2") + squares("output"));
    const loss = await firstLoss(plain);
    await withNetwork(penalised, async (network) => {
      const difference = await firstLoss(network) - loss;
      ok(Math.abs(difference - penalty) < 1e-5, `${difference}, not ${penalty}`);
    });
  });
});

Deno.test("compileNetwork() holds max-norm for every filter and unit, however large the step", async () => {
  const layers = ["conv1", "conv2", "dense1", "dense2", "output"];
  const limited = { ...TESTING, maxNorm: { conv: 3, dense: 3 }, learningRate: 10 };
  const free = { ...limited, maxNorm: { conv: null, dense: null } };
  for (const [spec, holds] of [[limited, true], [free, false]] as const) {
    await withNetwork(spec, async (network) => {
      compileNetwork(network, spec);
      await trainOn(network, 1);
      const largest = layers.map((layer) => Math.max(...normsOf(network, layer)));
      ok(largest.every((norm) => (norm < 3.0001) === holds), `${spec.maxNorm.conv}: ${largest}`);
    });
  }
});

Deno.test("limitNorms() leaves small weights, and the direction of large ones", async () => {
  const spec = { ...TESTING, maxNorm: { conv: null, dense: 3 } };
  await withNetwork(spec, (network) => {
    const output = network.getLayer("output");
    tf.tidy(() => output.setWeights([tf.ones([8, 5]).mul([0.1, 1, 2, 3, 4]), tf.zeros([5])]));
    limitNorms(network, spec);
    const expected = [Math.sqrt(0.08), Math.sqrt(8), 3, 3, 3];
    for (const [unit, norm] of normsOf(network, "output").entries()) {
      ok(Math.abs(norm - expected[unit]!) < 1e-5, `${norm}, not ${expected[unit]}`);
    }
    equal(new Set(output.getWeights()[0]!.dataSync()).size, 3);
  });
});

Deno.test("batch normalisation is there, and is trained", async () => {
  await withNetwork(EVERYTHING, async (network) => {
    const normalisation = network.getLayer("conv1_normalisation");
    const before = normalisation.getWeights().map((weights) => [...weights.dataSync()]);
    deepEqual(before, [1, 0, 0, 1].map((value) => Array(4).fill(value)));
    compileNetwork(network, EVERYTHING);
    await trainOn(network, 1);
    // scale, offset, and the running mean and variance
    for (const [index, weights] of normalisation.getWeights().entries()) {
      notDeepEqual([...weights.dataSync()], before[index]);
    }
  });
});

Deno.test("setStep() lets dropout go on where a training stopped", async () => {
  const spec = { ...TESTING, dropout: { conv: 0, dense: [0.5, 0.5] } };
  const lossAt = async (step: number) => {
    let losses: number[] = [];
    await withNetwork(spec, async (network) => {
      compileNetwork(network, spec);
      setStep(network, step);
      losses = await trainOn(network, 1);
    });
    return losses[0];
  };
  equal(await lossAt(41), await lossAt(41));
  notDeepEqual(await lossAt(41), await lossAt(42));
});

Deno.test("a saved network opens in plain tfjs, and predicts the same", async () => {
  await withNetwork(EVERYTHING, async (network) => {
    compileNetwork(network, EVERYTHING);
    await trainOn(network, 2);
    const opened = await reopen(network);
    deepEqual(
      opened.layers.map((layer) => layer.getClassName()),
      network.layers.map((layer) => layer.getClassName()),
    );
    const dropouts = opened.layers.filter((layer) => layer.getClassName() === "Dropout");
    deepEqual(
      dropouts.map((layer) => [layer.constructor.name, layer.getConfig().rate]),
      [["Dropout", 0.2], ["Dropout", 0.2], ["Dropout", 0.5], ["Dropout", 0.5]],
    );
    tf.tidy(() => {
      const photos = tf.randomUniform([3, 16, 16, 3], 0, 1, "float32", 2);
      const [expected, actual] = [network, opened].map((
        model,
      ) => [...(model.predict(photos) as tf.Tensor).dataSync()]);
      deepEqual(actual, expected);
    });
    opened.dispose();
  });
});

/** Saves a network as its file would be, and opens that text again. */
async function reopen(network: tf.LayersModel): Promise<tf.LayersModel> {
  let model = "", weights = new ArrayBuffer();
  await network.save(tf.io.withSaveHandler(({ weightData, ...rest }) => {
    model = JSON.stringify(rest);
    weights = weightData as ArrayBuffer;
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" },
    });
  }));
  match(model, /"class_name":"Dropout"/);
  return await tf.loadLayersModel(tf.io.fromMemory({ ...JSON.parse(model), weightData: weights }));
}

testWith(NATIVE, "a network learns the same on the native backend, within rounding", async () => {
  const spec = { ...EVERYTHING, learningRate: 0.001 };
  let plain: number[] = [];
  await withNetwork(spec, async (network) => {
    compileNetwork(network, spec);
    plain = await trainOn(network, 3);
  });
  await import("@/native/tensorflow.ts");
  await tf.setBackend("tensorflow");
  const before = tf.memory().numTensors;
  const network = buildNetwork(spec, SMALL);
  compileNetwork(network, spec);
  const native = await trainOn(network, 3);
  disposeNetwork(network);
  equal(tf.memory().numTensors, before);
  for (const [step, loss] of native.entries()) {
    ok(Math.abs(loss - plain[step]!) < 1e-3, `${native}, not ${plain}`);
  }
});
