/**
 * Successive halving as arithmetic: all models train for a little, the better ones for longer.
 *
 * After K. Jamieson and A. Talwalkar, Non-stochastic best arm identification and hyperparameter
 * optimization, AISTATS 2016; a third goes on, as is usual since (Hyperband, L. Li et al., 2018).
 *
 * @module
 */
import { max, range, sum } from "d3";
import type { Run } from "@/training/checkpoint.ts";

/** A step of a search: how many models are trained, and up to which epoch. */
export interface Rung {
  models: number;
  until: number;
}

/** How many rungs a search has, and that one model in so many reaches the next. */
const RUNGS = 3, ONE_IN = 3;

/**
 * Shares a number of epochs equally among three rungs: all models, the better third, the best ninth.
 * What a rung cannot share out evenly goes to the next ones.
 *
 * @param count how many models there are
 * @param budget how many epochs may be trained in all
 * @throws {RangeError} if there is no model, or if the budget gives no epoch to one of them
 *
 * @example Nine models
 * ```ts
 * import { planRungs } from "@/search/rungs.ts";
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

/** As much of a run as the ranking needs. */
type Ranked = Pick<Run, "state" | "history">;

/** The highest validation accuracy of a run's first epochs; null where it has none. */
export function bestUntil({ history }: Pick<Run, "history">, until: number): number | null {
  return max(history.slice(0, until), ({ valAccuracy }) => valAccuracy) ?? null;
}

/**
 * Ranks the runs that came through a rung by their best validation accuracy in it, equals in the order
 * given. Left out are those that diverged or failed. Epochs after the rung do not count, so that the
 * ranking is the same when the search is called again later.
 *
 * Runs that have learned nothing yet come last: a network that gives every photo the same answer has
 * the share of a whole age group right, more than many a network that has begun to tell the groups apart.
 *
 * @param shares the share of each age group in the validation photos, 0 to 1
 */
export function rankRuns<R extends Ranked>(
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
