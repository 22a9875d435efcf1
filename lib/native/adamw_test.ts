import { equal, throws } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

/** What is tested, loaded where native code is allowed. */
async function load() {
  const { tf } = await import("@/native/tensorflow.ts");
  return {
    tf,
    ...await import("@/native/adamw.ts"),
    ...await import("@/native/pinned.ts"),
    ...await import("@/native/raw_op.ts"),
  };
}

testWith(NATIVE, "AdamW is the project's own op, except on a GPU", async () => {
  const { hasOps, isOnGpu } = await load();
  equal(hasOps(), !isOnGpu());
});

testWith(NATIVE, "stepAtOnce() refuses a gradient of another shape", async () => {
  const { tf, hasOps, stepAtOnce } = await load();
  if (!hasOps()) return;
  const two = [tf.ones([2])], three = [tf.ones([3])];
  const step = { rate: 1, beta1: 0, beta2: 0, epsilon: 1, decays: [0] };
  const weights = { values: two, gradients: three, first: two, second: two };
  throws(() => stepAtOnce(weights, step, null), /need the weights' shapes/);
});
