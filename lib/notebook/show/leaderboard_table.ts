/** A leaderboard as people read it. */
import { percent } from "@/base/text.ts";
import type { LeaderboardRow } from "@/search/leaderboard.ts";

/**
 * Writes rows of a leaderboard for a table: accuracies as percentages, with their intervals.
 *
 * @example A model that was trained
 * ```ts
 * import { leaderboardTable } from "@/notebook/show/leaderboard_table.ts";
 * import { equal } from "node:assert/strict";
 *
 * const spec = { id: "IV", parent: null, technique: "none", parameters: 85_333 } as const;
 * const training = { learningRate: 0.001, batchSize: 64, epochs: 3, bestEpoch: 2, seconds: 60 };
 * const accuracy = { valAccuracy: 0.7, low: 0.66, high: 0.74, overParent: null };
 * const [row] = leaderboardTable([{ ...spec, ...training, ...accuracy, state: "finished" }]);
 * equal(row?.model, "IV");
 * ```
 */
export function leaderboardTable(rows: readonly LeaderboardRow[]) {
  return rows.map(({ id, technique, parameters, epochs, valAccuracy, low, high, state }) => ({
    ...{ model: id, technique, weights: parameters, epochs, accuracy: percent(valAccuracy) },
    "95% interval": low === null ? null : `${percent(low)} to ${percent(high)}`,
    state,
  }));
}
