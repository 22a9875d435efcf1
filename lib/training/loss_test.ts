import { deepEqual, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { crossEntropies, toGroups, weightedLoss } from "@/training/loss.ts";
import { targetOf } from "@/training/targets.ts";

const GROUPS = { kind: "smoothed", neighbours: 0.1 } as const;
const YEARS = { kind: "years", yearsWeight: 0.5 } as const;

const near = (value: number, expected: number) =>
  ok(Math.abs(value - expected) < 1e-5, `${value}, not ${expected}`);

/** The entropy of one photo whose logits are all alike but one, which is 3. */
async function entropy(targets: typeof GROUPS | typeof YEARS, expected: number[], at: number) {
  await tf.setBackend("cpu");
  return tf.tidy(() => {
    const logits = tf.tensor2d([expected.map((_, k) => k === at ? 3 : 0)]);
    return crossEntropies(targets, logits, tf.tensor2d([expected])).dataSync()[0]!;
  });
}

Deno.test("crossEntropies() of groups weigh each group's by the target", async () => {
  const sum = Math.exp(3) + 4, [right, wrong] = [Math.log(sum) - 3, Math.log(sum)];
  near(await entropy(GROUPS, [0.1, 0.9, 0, 0, 0], 1), 0.9 * right + 0.1 * wrong);
});

Deno.test("crossEntropies() of years add that of the groups, as sums of years", async () => {
  const year = Array.from({ length: 101 }, (_, k) => Number(k === 30));
  const sum = Math.exp(3) + 100, group = (Math.exp(3) + 16) / sum; // 21 to 37
  near(await entropy(YEARS, year, 30), 0.5 * (Math.log(sum) - 3) - Math.log(group));
});

Deno.test("crossEntropies() of years are finite where a network is sure and wrong", async () => {
  await tf.setBackend("cpu");
  const numbers = tf.tidy(() => {
    const expected = tf.tensor2d([targetOf(YEARS, { group: 4, age: "80" })]);
    const logits = tf.tensor2d([Array.from({ length: 101 }, (_, k) => k === 0 ? 200 : 0)]);
    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor2D) => (
      crossEntropies(YEARS, logits, expected).mean()
    ))(logits);
    return [...value.dataSync(), ...grad.dataSync()];
  });
  ok(numbers.every(Number.isFinite), `${numbers}`);
});

Deno.test("toGroups() sums years up by group", async () => {
  await tf.setBackend("cpu");
  const sums = tf.tidy(() => [...toGroups(tf.ones([1, 101])).dataSync()]);
  deepEqual(sums, [7, 14, 17, 22, 41]);
});

Deno.test("weightedLoss() is the mean of crossEntropies(), with the gradient that tfjs finds", async () => {
  await tf.setBackend("cpu");
  const cases = [
    { targets: GROUPS, width: 5 },
    { targets: YEARS, width: 101 },
  ];
  for (const { targets, width } of cases) {
    tf.tidy(() => {
      const logits = tf.randomNormal<tf.Rank.R2>([3, width], 0, 2, "float32", 7);
      const expected = tf.randomUniform<tf.Rank.R2>([3, width], 0, 1, "float32", 8).softmax();
      const weights = tf.tensor1d([1, 2, 0.5]);
      const { value, grad } = tf.valueAndGrad((logits: tf.Tensor2D) => (
        crossEntropies(targets, logits, expected as tf.Tensor2D).mul(weights).mean()
      ))(logits);
      const own = weightedLoss(targets, logits, expected as tf.Tensor2D, weights);
      near(own.value.dataSync()[0]!, value.dataSync()[0]!);
      own.grad.dataSync().forEach((gradient, k) => near(gradient, grad.dataSync()[k]!));
      ok(grad.abs().max().dataSync()[0]! > 0.01);
    });
  }
});
