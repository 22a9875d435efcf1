import { deepEqual, equal } from "node:assert/strict";
import type * as tfjs from "@tensorflow/tfjs";
import { EVERYTHING, SMALL } from "@/model/_testing.ts";
import { NATIVE, testWith } from "@/testing.ts";

async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/adamw.ts"),
    ...await import("@/model/network.ts"),
    ...await import("@/training/adamw.ts"),
    ...await import("@/training/fused_adam.ts"),
    ...await import("@/training/weight_average.ts"),
  };
}

type Optimizer = "AdamW" | "FusedAdam";

/** Trains a network for some steps with made gradients: its weights, averages, and the optimizer's state. */
async function trained(own: Optimizer, { steps = 4, resumedAt = -1 } = {}): Promise<number[][]> {
  const { tf, buildNetwork, disposeNetwork, AdamW, FusedAdam, WeightAverage } = await load();
  const before = tf.memory();
  const network = buildNetwork(EVERYTHING, SMALL);
  let average = new WeightAverage(network, 0.9);
  const open = () => {
    if (own === "FusedAdam") return new FusedAdam(0.01, () => {}, 0.02);
    const optimizer = new AdamW(0.01, 0.02);
    optimizer.average = average;
    return optimizer;
  };
  let optimizer = open();
  for (let step = 0; step < steps; step++) {
    if (step === resumedAt) {
      const kept = { state: optimizer.state, averages: average.state.map((t) => t.clone()) };
      [optimizer, average].forEach((old) => old.dispose());
      average = new WeightAverage(network, 0.9);
      average.restore(kept.averages);
      optimizer = open();
      optimizer.restore(kept.state);
      tf.dispose([kept.state, kept.averages]);
    }
    const gradients = network.trainableWeights.map((weight, k) => {
      const { name } = weight.read() as tfjs.Variable;
      const made = tf.randomNormal(weight.shape as number[], 0, 1, "float32", 1 + 100 * step + k);
      return [name, made] as const;
    });
    average.begin(step);
    optimizer.applyGradients(Object.fromEntries(gradients));
    average.end();
    tf.dispose(gradients.map(([, tensor]) => tensor));
  }
  const { state } = optimizer, weights = network.weights.map((weight) => weight.read());
  const numbers = [...weights, ...average.state, ...state].map((t) => [...t.dataSync()]);
  tf.dispose(state);
  [optimizer, average].forEach((used) => used.dispose());
  disposeNetwork(network);
  equal(tf.memory().numTensors, before.numTensors, `${own} leaves a tensor`);
  return numbers;
}

testWith(NATIVE, "AdamW takes the steps of FusedAdam and their average, bit for bit", async () => {
  if ((await load()).hasAdamW()) deepEqual(await trained("AdamW"), await trained("FusedAdam"));
});

testWith(NATIVE, "AdamW goes on from its state as if it had never stopped", async () => {
  if (!(await load()).hasAdamW()) return;
  deepEqual(await trained("AdamW", { resumedAt: 2 }), await trained("AdamW"));
});
