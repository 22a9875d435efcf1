/**
 * Successive halving: all models train for a few epochs, the better ones for more.
 *
 * After K. Jamieson and A. Talwalkar, Non-stochastic best arm identification and hyperparameter
 * optimization, AISTATS 2016; a third goes on, as is usual since (Hyperband, L. Li et al., 2018).
 */
import { max, range, sum } from "d3";
import type { Run } from "@/training/checkpoint.ts";

/** A step of a search: how many models are trained, and up to which epoch. */
export interface Rung {
  models: number;
  until: number;
}

/** The number of rungs; one model in `ONE_IN` reaches the next. */
const RUNGS = 3, ONE_IN = 3;

/**
 * Divides a number of epochs equally among three rungs: all models, the better third, the best ninth.
 * Epochs that do not divide evenly go to the next rungs.
 *
 * @param count how many models there are
 * @param budget how many epochs may be trained in all
 * @throws {RangeError} if there is no model, or if the budget gives no epoch to one of them
 *
 * @example Nine models
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(planRungs(9, 90), [
 *   { models: 9, until: 3 },
 *   { models: 3, until: 13 },
 *   { models: 1, until: 46 },
 * ]);
 * ```
 */
export function planRungs(count: number, budget: number): Rung[] {
  const sizes = range(RUNGS).map((k) => Math.max(1, Math.round(count / ONE_IN ** k)));
  requireEpochs(count, budget, sum(sizes));
  let left = budget, until = 0;
  return sizes.map((models, k) => {
    const epochs = Math.max(1, Math.floor(left / (RUNGS - k) / models));
    left -= epochs * models;
    until += epochs;
    return { models, until };
  });
}

function requireEpochs(count: number, budget: number, least: number): void {
  if (!(Number.isInteger(count) && count > 0)) {
    throw new RangeError(
      `Cannot search through ${count} models: name one at least that takes such photos`,
    );
  }
  if (Number.isInteger(budget) && budget >= least) return;
  throw new RangeError(
    `Cannot search through ${count} models in ${budget} epochs: the least is ${least}, one for ` +
      "each model in each of the three rungs",
  );
}

/** Returns the highest validation accuracy in a run's first epochs; null if it has none. */
export function bestUntil({ history }: Pick<Run, "history">, until: number): number | null {
  return max(history.slice(0, until), ({ valAccuracy }) => valAccuracy) ?? null;
}

/**
 * Ranks the runs of a rung by their best validation accuracy, equals in the order given, without those
 * that diverged or failed. Epochs after the rung do not count, so that a later search ranks the same.
 *
 * Runs that have learned nothing yet come last. A network that predicts one group for all photos can
 * score higher than one that has begun to tell the groups apart.
 *
 * @param shares the share of each age group in the validation photos, 0 to 1
 */
export function rankRuns<R extends Pick<Run, "state" | "history">>(
  runs: readonly R[],
  until: number,
  shares: readonly number[],
): R[] {
  const learned = ({ history }: R) =>
    Number(history.slice(0, until).some(({ valAccuracy }) => !shares.includes(valAccuracy)));
  return runs
    .filter(({ state, history }) => state === "finished" || history.length >= until)
    .toSorted((a, b) => learned(b) - learned(a) || bestUntil(b, until)! - bestUntil(a, until)!);
}
