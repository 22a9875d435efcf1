/** How training changes a network's weights: a step of Adam, then max-norm. */
import * as tf from "@tensorflow/tfjs";
import { layersOf } from "@/model/layers.ts";
import type { Spec } from "@/model/spec.ts";
import { Adam } from "@/training/adam.ts";
import type { WeightAverage } from "@/training/weight_average.ts";

/**
 * Makes a network ready for training as its spec says; max-norm is applied after every step of the optimizer.
 *
 * @param average takes in the weights with each step, unless something changes them afterwards
 */
export function compileNetwork(
  network: tf.LayersModel,
  spec: Spec,
  average: WeightAverage | null = null,
): void {
  const isLast = !spec.start && !limitsNorm(spec); // of published weights, only a share of a step is taken
  const optimizer = new Adam(spec.learningRate, {
    weightDecay: spec.recipe?.weightDecay,
    average: isLast ? average : null,
    afterStep: () => applyMaxNorm(network, spec),
  });
  network.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
}

function limitsNorm(spec: Spec): boolean {
  return layersOf(spec).some((layer) => "maxNorm" in layer && layer.maxNorm !== null);
}

/**
 * Scales down the weights of each filter and unit whose norm exceeds the model's max-norm.
 *
 * tfjs 4.22 accepts constraints of layers, but does not apply them in training. A filter's norm is taken over
 * all its weights, as in Keras's documentation, not over a column of its kernel.
 */
export function applyMaxNorm(network: tf.LayersModel, spec: Spec): void {
  for (const layer of layersOf(spec)) {
    if (!("maxNorm" in layer) || layer.maxNorm === null) continue;
    limitNorm(network.getLayer(layer.name).weights[0]!.read() as tf.Variable, layer.maxNorm);
  }
}

/** The last axis counts filters or units; the weights of one of them lie along the others. */
function limitNorm(weights: tf.Variable, most: number): void {
  tf.tidy(() => {
    const axes = weights.shape.slice(0, -1).map((_, axis) => axis);
    const norms = weights.square().sum(axes, true).sqrt();
    weights.assign(weights.mul(norms.clipByValue(0, most).div(norms.add(1e-7))));
  });
}
