import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { learningRateAt } from "@/training/schedule.ts";

const COSINE = { kind: "cosine", warmUp: 1 } as const;

const rates = (count: number) =>
  Array.from(
    { length: count },
    (_, step) => learningRateAt(COSINE, 0.002, { step, stepsPerEpoch: 4, epochs: 3 }),
  );

Deno.test("learningRateAt() stays where the schedule is constant", () => {
  const progress = { step: 123, stepsPerEpoch: 10, epochs: 100 };
  equal(learningRateAt({ kind: "constant" }, 0.001, progress), 0.001);
});

Deno.test("learningRateAt() rises in equal steps, the first above 0", () => {
  deepEqual(rates(4), [0.0005, 0.001, 0.0015, 0.002]);
});

Deno.test("learningRateAt() falls after the warm-up, is half in the middle, and never 0 in training", () => {
  const falling = rates(12).slice(4);
  falling.slice(1).forEach((rate, k) => ok(rate < falling[k]!));
  ok(Math.abs(falling[4]! - 0.001) < 1e-12);
  ok(falling.at(-1)! > 0);
});

Deno.test("learningRateAt() is 0 beyond the end, and needs no warm-up", () => {
  equal(rates(20).at(-1), 0);
  const progress = { step: 0, stepsPerEpoch: 4, epochs: 3 };
  equal(learningRateAt({ kind: "cosine", warmUp: 0 }, 0.002, progress), 0.002);
});

Deno.test("learningRateAt() refuses a warm-up longer than the training", () => {
  const progress = { step: 0, stepsPerEpoch: 4, epochs: 3 };
  throws(() => learningRateAt({ kind: "cosine", warmUp: 4 }, 1, progress), /4 epochs .* of 3/);
});
