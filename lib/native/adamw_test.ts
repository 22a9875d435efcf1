import { throws } from "node:assert/strict";
import { testOps } from "@/native/_testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/adamw.ts"),
  };
}

testOps("stepAtOnce() refuses a gradient of another shape", async () => {
  const { tf, stepAtOnce } = await load();
  const two = [tf.ones([2])], three = [tf.ones([3])];
  const step = { rate: 1, beta1: 0, beta2: 0, epsilon: 1, decays: [0] };
  const weights = { values: two, gradients: three, first: two, second: two };
  throws(() => stepAtOnce(weights, step, null), /need the weights' shapes/);
});
