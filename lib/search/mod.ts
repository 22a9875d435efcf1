/**
 * Searching for the best model, and cross-validation. The functions for notebooks and programs, in one place.
 *
 * @module
 */
export { crossValidate } from "@/search/cross_validation.ts";
export { ownRuns, toLeaderboardFrame, trainedRows } from "@/search/leaderboard.ts";
export { planRungs } from "@/search/rungs.ts";
export { search } from "@/search/search.ts";
