/**
 * What the tests of networks share.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import type { Spec } from "@/model/spec.ts";
import { TESTING } from "@/model/zoo.ts";

/** Photos of 16 pixels, and a seed. */
export const SMALL = { side: 16, seed: 7 };

/** A small model with everything that a model can have. */
export const EVERYTHING: Spec = {
  ...TESTING,
  dropout: { conv: 0.2, dense: [0.5, 0.5] },
  batchNorm: { conv: "before ReLU", dense: "after ReLU" },
  maxNorm: { conv: 3, dense: 3 },
  l2: { conv: 0.005, dense: 0.01 },
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
