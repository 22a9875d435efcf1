/**
 * Results on real faces that come with the project, for notebooks that run on the sample.
 *
 * @module
 */
import { csvParse } from "d3";
import { numberOf, publishedTable } from "@/notebook/published_table.ts";
import type { LeaderboardRow, Outcome } from "@/search/leaderboard.ts";
import type { Technique } from "@/model/spec.ts";

/** The search through all models on UTKFace: what it was given, and the rows of its leaderboard. */
export interface PublishedSearch {
  /** The data set's name for people. */
  data: string;
  /** Width and height of the squares in pixels. */
  side: number;
  /** Photos of the validation part. */
  photos: number;
  /** Epochs in all that the search could spend. */
  budget: number;
  rows: LeaderboardRow[];
}

/** The search on UTKFace; docs/results/study.md has its command. */
const UTKFACE = { data: "UTKFace", side: 96, photos: 4249, budget: 1200 };

/** Reads the search on real faces, made with `deno task search`; no photo is in it. */
export async function publishedSearch(): Promise<PublishedSearch> {
  return { ...UTKFACE, rows: parseLeaderboard(await publishedTable("search", "leaderboard")) };
}

/**
 * Reads a leaderboard from the text of its CSV table; an empty field is null.
 *
 * @example A model that was not trained
 * ```ts
 * import { parseLeaderboard } from "@/notebook/published.ts";
 * import { equal } from "node:assert/strict";
 *
 * const [row] = parseLeaderboard("id,parent,epochs,valAccuracy\nV,,0,\n");
 * equal(row?.epochs, 0);
 * equal(row?.valAccuracy, null);
 * ```
 */
export function parseLeaderboard(text: string): LeaderboardRow[] {
  return csvParse(text).map((row) => ({
    id: row.id!,
    parent: row.parent || null,
    technique: row.technique as Technique,
    parameters: numberOf(row.parameters),
    learningRate: Number(row.learningRate),
    batchSize: Number(row.batchSize),
    epochs: Number(row.epochs),
    bestEpoch: numberOf(row.bestEpoch),
    valAccuracy: numberOf(row.valAccuracy),
    low: numberOf(row.low),
    high: numberOf(row.high),
    overParent: numberOf(row.overParent),
    seconds: Number(row.seconds),
    state: row.state as Outcome,
  }));
}
