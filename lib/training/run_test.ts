import { deepEqual, equal } from "node:assert/strict";
import { RECIPE } from "@/model/_testing.ts";
import { TESTING } from "@/model/zoo.ts";
import { type Epoch, isOver, refitEpochs, type Run, updateBestEpoch } from "@/training/run.ts";

/** A run of a model that may train for five epochs, and waits for two. */
const BEGUN: Run = {
  spec: { ...TESTING, epochs: 5, patience: 2 },
  data: "noise",
  side: 16,
  split: "photo",
  seed: 7,
  photos: { train: 30, validation: 10, test: 0 },
  state: "training",
  history: [],
  bestEpoch: 0,
  versions: {},
};

/** An epoch with these results on the validation photos. */
function epochOf(epoch: number, valLoss: number, valAccuracy: number): Epoch {
  return { epoch, loss: 1, accuracy: 0.5, valLoss, valAccuracy, seconds: 1 };
}

/** The run after epochs with these losses and accuracies on the validation photos. */
function after(...results: [valLoss: number, valAccuracy: number][]): Run {
  return results.reduce((run, result, k) => updateBestEpoch(run, epochOf(k + 1, ...result)), BEGUN);
}

Deno.test("isOver() recognises runs that need no more training", () => {
  equal(isOver(after([1, 0.1]), 2), false);
  equal(isOver(after([1, 0.1], [1, 0.2]), 2), true);
  equal(isOver({ ...BEGUN, state: "finished" }, 2), true);
  equal(isOver({ ...BEGUN, state: "diverged" }, 2), true);
});

Deno.test("updateBestEpoch() takes the highest validation accuracy, the first of equals", () => {
  deepEqual(after([3, 0.2], [2, 0.4], [1, 0.4]).bestEpoch, 2);
});

Deno.test("updateBestEpoch() finishes a run whose validation loss has not fallen for long", () => {
  equal(after([1, 0.2], [2, 0.4]).state, "training");
  equal(after([1, 0.2], [2, 0.4], [3, 0.5]).state, "finished");
});

Deno.test("updateBestEpoch() trains a refit to its last epoch, and takes that one", () => {
  const refit: Run = { ...BEGUN, refit: { epochs: 4 } };
  const add = (run: Run, k: number) => updateBestEpoch(run, epochOf(k, k, 1 / k));
  equal([1, 2, 3].reduce(add, refit).state, "training"); // though the loss has risen for long
  const run = [1, 2, 3, 4].reduce(add, refit);
  equal(run.bestEpoch, 4);
  equal(run.state, "finished");
});

Deno.test("refitEpochs() goes to the end of a cosine, and else to the best epoch", () => {
  const run = after([3, 0.2], [2, 0.4], [2.5, 0.3]);
  equal(refitEpochs(run), 2);
  equal(refitEpochs({ ...run, spec: { ...run.spec, recipe: RECIPE } }), 5);
});

Deno.test("updateBestEpoch() finishes a run after the model's last epoch", () => {
  equal(after([5, 0], [4, 0], [3, 0], [2, 0]).state, "training");
  equal(after([5, 0], [4, 0], [3, 0], [2, 0], [1, 0]).state, "finished");
});
