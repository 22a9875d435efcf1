import { equal } from "node:assert/strict";
import { epochLine } from "@/training/epoch_progress.ts";

const SPEC = { id: "IV", epochs: 4 };

/** Epochs of two, four, six, ... seconds. */
const [FIRST, SECOND] = [1, 2].map((epoch) => (
  { epoch, loss: 1.5, accuracy: 0.25, valLoss: 1.25, valAccuracy: 0.5, seconds: 2 * epoch }
));

Deno.test("epochLine() tells losses, accuracies, seconds, and the time left at the pace so far", () => {
  equal(
    epochLine({ spec: SPEC, state: "training", history: [FIRST!, SECOND!] }, 100),
    "IV, epoch 2 of at most 4: loss 1.500, 25.0%; validation 1.250, 50.0%; 4.0 s; at most 6 s left",
  );
});

Deno.test("epochLine() counts to the epoch that the training stops after", () => {
  equal(
    epochLine({ spec: SPEC, state: "training", history: [FIRST!] }, 2),
    "IV, epoch 1 of at most 2: loss 1.500, 25.0%; validation 1.250, 50.0%; 2.0 s; at most 2 s left",
  );
});

Deno.test("epochLine() counts to the end of a refit, whose validation is no judgement", () => {
  const refit = { epochs: 2 };
  equal(
    epochLine({ spec: SPEC, refit, state: "training", history: [FIRST!] }, 4),
    "IV, epoch 1 of at most 2: loss 1.500, 25.0%; validation (trained on) 1.250, 50.0%; 2.0 s; at most 2 s left",
  );
});

Deno.test("epochLine() leaves no time where the training ends", () => {
  const line = "IV, epoch 1 of at most 4: loss 1.500, 25.0%; validation 1.250, 50.0%; 2.0 s";
  equal(epochLine({ spec: SPEC, state: "finished", history: [FIRST!] }, 4), line);
});
