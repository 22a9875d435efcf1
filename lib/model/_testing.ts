/** What the tests of networks share. */
import { equal } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import type { Recipe } from "@/model/recipe.ts";
import type { Spec } from "@/model/spec.ts";
import { TESTING } from "@/model/zoo.ts";

export const SMALL = { side: 16, seed: 7 };

/** A small model with everything that a model can have. */
export const EVERYTHING: Spec = {
  ...TESTING,
  dropout: { conv: 0.2, dense: [0.5, 0.5] },
  batchNorm: { conv: "before ReLU", dense: "after ReLU" },
  maxNorm: { conv: 3, dense: 3 },
  l2: { conv: 0.005, dense: 0.01 },
};

/** A small residual model: a block that changes the shape, and one that does not. */
export const RESIDUAL: Spec = {
  ...TESTING,
  conv: [],
  dense: [],
  head: "global average",
  residual: {
    stem: { filters: 4, kernel: 3, stride: 1 },
    stages: [{ filters: 6, blocks: 2, stride: 2 }, { filters: 6, blocks: 1, stride: 1 }],
    dropout: 0,
    momentum: 0.99,
  },
};

/** The same with squeeze-and-excitation. */
export const SQUEEZED: Spec = { ...RESIDUAL, residual: { ...RESIDUAL.residual!, squeezeRatio: 2 } };

/** All that a recipe can ask for. */
export const RECIPE: Recipe = {
  schedule: { kind: "cosine", warmUp: 1 },
  targets: { kind: "smoothed", neighbours: 0.1 },
  augmentation: {
    ...{ flip: true, rotation: 0.05, shift: 0.08, zoom: 0.1, brightness: 0.2, contrast: 0.2 },
    erasing: { probability: 0.3, area: 0.2 },
  },
  weightDecay: 0.1,
  averageWeights: 0.9,
  mirrorAverage: true,
};

/** Does something with a network on tfjs's own backend, and frees it; nothing may stay behind. */
export async function withNetwork(
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
