import { deepEqual, equal, throws } from "node:assert/strict";
import type * as tfjs from "@tensorflow/tfjs";
import { NATIVE, testWith } from "@/testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/adamw.ts"),
    ...await import("@/native/raw_op.ts"),
    ...await import("@/native/variable.ts"),
  };
}

const numbersOf = (tensors: readonly tfjs.Tensor[]) => tensors.map((t) => [...t.dataSync()]);

testWith(NATIVE, "AdamW is the project's own op, except on a GPU", async () => {
  const { hasAdamW, isOnGpu } = await load();
  equal(hasAdamW(), !isOnGpu());
});

testWith(NATIVE, "stepAtOnce() does what TensorFlow's ops do one by one, bit for bit", async () => {
  const native = await load(), { tf, hasAdamW, stepAtOnce, openVariable, readVariable } = native;
  if (!hasAdamW()) return;
  const shapes = [[3, 3, 16, 16], [7], [130, 101]],
    random = (shape: number[], k: number) => (
      tf.randomNormal(shape, 0, 1, "float32", k)
    );
  const values = shapes.map(random), gradients = shapes.map((shape, k) => random(shape, k + 10));
  const first = shapes.map((shape, k) => random(shape, k + 20));
  const second = shapes.map((shape, k) => random(shape, k + 30).square());
  const averages = shapes.map((shape, k) => random(shape, k + 40));
  const [power, rate, beta1, beta2, epsilon, share] = [0, 0.002, 0.9, 0.999, 1e-7, 0.03];
  const handles = values.map(openVariable), kept = 0.7;
  const moments = values.map((_, k) => [openVariable(first[k]!), openVariable(second[k]!)]);
  const settings = [power, power, rate, beta1, beta2, epsilon].map((x) => tf.scalar(x));
  handles.forEach((handle, k) => {
    native.applyDecay(handle, values[k]!, share);
    native.applyAdam(handle, moments[k]!, settings, gradients[k]!);
  });
  const stepped = handles.map(readVariable);
  const mixed = averages.map((old, k) => old.mul(kept).add(stepped[k]!.mul(1 - kept)));

  const step = { rate: Math.fround(rate), beta1, beta2, epsilon, decays: [share, share, share] };
  const others = { values: [gradients[1]!], averages: [averages[1]!] };
  const own = stepAtOnce({ values, gradients, first, second }, step, {
    ...{ kept, weights: averages, others },
  });
  deepEqual(numbersOf(own.weights.values), numbersOf(stepped));
  deepEqual(numbersOf(own.weights.first), numbersOf(moments.map(([m]) => readVariable(m!))));
  deepEqual(numbersOf(own.weights.second), numbersOf(moments.map(([, v]) => readVariable(v!))));
  deepEqual(numbersOf(own.averages!.weights), numbersOf(mixed));
  const other = averages[1]!.mul(kept).add(gradients[1]!.mul(1 - kept));
  deepEqual(numbersOf(own.averages!.others), numbersOf([other]));
  const without = stepAtOnce({ values, gradients, first, second }, step, null);
  deepEqual(numbersOf(without.weights.values), numbersOf(stepped));
  equal(without.averages, null);
  [...handles, ...moments.flat()].forEach(native.closeVariable);
});

testWith(NATIVE, "stepAtOnce() refuses a gradient of another shape", async () => {
  const { tf, hasAdamW, stepAtOnce } = await load();
  if (!hasAdamW()) return;
  const two = [tf.ones([2])], three = [tf.ones([3])];
  const step = { rate: 1, beta1: 0, beta2: 0, epsilon: 1, decays: [0] };
  const weights = { values: two, gradients: three, first: two, second: two };
  throws(() => stepAtOnce(weights, step, null), /need the weights' shapes/);
});
