import { deepEqual, equal, throws } from "node:assert/strict";
import { bestUntil, planRungs, rankRuns } from "@/search/rungs.ts";
import type { Run } from "@/training/checkpoint.ts";

/** A run with these validation accuracies; whatever else there is to a run does not matter here. */
function runOf(id: string, state: Run["state"], ...accuracies: number[]) {
  const epoch = { loss: 1, accuracy: 0, valLoss: 1, seconds: 1 };
  return {
    id,
    state,
    history: accuracies.map((valAccuracy, k) => ({ ...epoch, epoch: k + 1, valAccuracy })),
  };
}

Deno.test("planRungs() shares the epochs among all, a third and a ninth", () => {
  const cases: [count: number, budget: number, rungs: [models: number, until: number][]][] = [
    [9, 90, [[9, 3], [3, 13], [1, 46]]],
    [62, 300, [[62, 1], [21, 6], [7, 25]]],
    [62, 1200, [[62, 6], [21, 25], [7, 86]]],
    [1, 3, [[1, 1], [1, 2], [1, 3]]],
    [4, 12, [[4, 1], [1, 5], [1, 9]]],
    [62, 90, [[62, 1], [21, 2], [7, 3]]],
  ];
  for (const [count, budget, rungs] of cases) {
    deepEqual(planRungs(count, budget), rungs.map(([models, until]) => ({ models, until })));
  }
});

Deno.test("planRungs() never spends more than the budget, and gives each an epoch", () => {
  for (let count = 1; count <= 70; count++) {
    for (let budget = 3 * count; budget < 6 * count; budget++) {
      let spent = 0, before = 0;
      for (const { models, until } of planRungs(count, budget)) {
        equal(models >= 1 && until > before, true);
        spent += models * (until - before);
        before = until;
      }
      equal(spent <= budget, true, `${count} models, ${budget} epochs`);
    }
  }
});

Deno.test("planRungs() says the least budget", () => {
  throws(() => planRungs(62, 89), {
    name: "RangeError",
    message: "Cannot search through 62 models in 89 epochs: the least is 90, one for each model " +
      "in each of the three rungs",
  });
  throws(() => planRungs(62, 99.5), RangeError);
  throws(() => planRungs(62, NaN), RangeError);
  throws(() => planRungs(0, 100), /Cannot search through 0 models: name one at least/);
});

Deno.test("rankRuns() ranks by the best epoch of the rung, equals in their order", () => {
  const runs = [
    runOf("late", "training", 0.1, 0.2, 0.9),
    runOf("first", "training", 0.5, 0.4),
    runOf("second", "training", 0.4, 0.5),
    runOf("best", "training", 0.6, 0.1),
  ];
  deepEqual(rankRuns(runs, 2, []).map(({ id }) => id), ["best", "first", "second", "late"]);
  deepEqual(rankRuns(runs, 3, []).map(({ id }) => id), ["late"]);
});

Deno.test("rankRuns() puts last what predicts one group for all photos", () => {
  const runs = [
    runOf("one answer", "training", 0.5, 0.5),
    runOf("another answer", "training", 0.25, 0.25),
    runOf("learns", "training", 0.3, 0.4),
    runOf("begins to learn", "training", 0.25, 0.26),
    runOf("learns after the rung", "training", 0.5, 0.5, 0.9),
  ];
  deepEqual(
    rankRuns(runs, 2, [0.25, 0.5]).map(({ id }) => id),
    ["learns", "begins to learn", "one answer", "learns after the rung", "another answer"],
  );
});

Deno.test("rankRuns() drops what diverged or failed, and keeps what converged early", () => {
  const runs = [
    runOf("diverged", "diverged", 0.9),
    runOf("failed", "training", 0.9),
    runOf("converged", "finished", 0.3),
    runOf("came through", "training", 0.1, 0.2),
    runOf("diverged later", "diverged", 0.1, 0.1),
  ];
  deepEqual(
    rankRuns(runs, 2, []).map(({ id }) => id),
    ["converged", "came through", "diverged later"],
  );
});

Deno.test("bestUntil() counts the first epochs only", () => {
  equal(bestUntil(runOf("", "training", 0.2, 0.1, 0.3), 2), 0.2);
  equal(bestUntil(runOf("", "training"), 2), null);
});
