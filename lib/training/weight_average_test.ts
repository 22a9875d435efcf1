import { deepEqual, equal, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { withNetwork } from "@/model/_testing.ts";
import { TESTING } from "@/model/zoo.ts";
import { keptShare, WeightAverage } from "@/training/weight_average.ts";

/** Sets all weights of a network to one value. */
function setAll(network: tf.LayersModel, value: number): void {
  tf.tidy(() =>
    network.setWeights(network.weights.map(({ shape }) => tf.fill(shape as number[], value)))
  );
}

/** Takes in the weights after a step. */
function takeIn(average: WeightAverage, step: number): void {
  average.begin(step);
  average.end();
}

const firstOf = (tensors: readonly tf.Tensor[]) => tensors[0]!.dataSync()[0]!;

Deno.test("keptShare() is a tenth at first, and never more than asked for", () => {
  equal(keptShare(0.998, 0), 0.1);
  equal(keptShare(0.998, 8), 0.5);
  equal(keptShare(0.998, 100_000), 0.998);
});

Deno.test("WeightAverage moves towards the weights of each step", async () => {
  await withNetwork(TESTING, (network) => {
    setAll(network, 0);
    const average = new WeightAverage(network, 0.5);
    setAll(network, 1);
    takeIn(average, 1000);
    equal(firstOf(average.state), 0.5);
    takeIn(average, 1001);
    equal(firstOf(average.state), 0.75);
    average.dispose();
  });
});

Deno.test("WeightAverage lends its averages to the network, and gives the weights back", async () => {
  await withNetwork(TESTING, async (network) => {
    setAll(network, 2);
    const average = new WeightAverage(network, 0.5);
    setAll(network, 4);
    const own = () => firstOf(network.weights.map((weight) => weight.read()));
    deepEqual([own(), await average.during(() => Promise.resolve(own())), own()], [4, 2, 4]);
    average.dispose();
  });
});

Deno.test("WeightAverage takes up a state as if it had never stopped", async () => {
  await withNetwork(TESTING, (network) => {
    const whole = new WeightAverage(network, 0.9);
    setAll(network, 3);
    takeIn(whole, 0);
    const resumed = new WeightAverage(network, 0.9);
    resumed.restore(whole.state);
    [whole, resumed].forEach((average) => takeIn(average, 1));
    ok(firstOf(whole.state) > 0);
    equal(firstOf(resumed.state), firstOf(whole.state));
    [whole, resumed].forEach((average) => average.dispose());
  });
});
