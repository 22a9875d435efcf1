import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { EVERYTHING, SMALL, withNetwork } from "@/model/_testing.ts";
import { buildNetwork, disposeNetwork, setStep } from "@/model/network.ts";
import { TESTING } from "@/model/zoo.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { applyMaxNorm, compileNetwork } from "@/training/optimizers.ts";

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

/** The norms of the weights that lead to each filter or unit of a layer, counted one by one. */
function normsOf(network: tf.LayersModel, layer: string): number[] {
  const kernel = network.getLayer(layer).getWeights()[0]!;
  const values = kernel.dataSync(), units = kernel.shape.at(-1)!;
  return Array.from(
    { length: units },
    (_, unit) => Math.hypot(...values.filter((_, index) => index % units === unit)),
  );
}

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

Deno.test("applyMaxNorm() leaves small weights, and the direction of large ones", async () => {
  const spec = { ...TESTING, maxNorm: { conv: null, dense: 3 } };
  await withNetwork(spec, (network) => {
    const output = network.getLayer("output");
    tf.tidy(() => output.setWeights([tf.ones([8, 5]).mul([0.1, 1, 2, 3, 4]), tf.zeros([5])]));
    applyMaxNorm(network, spec);
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
