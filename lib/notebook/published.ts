/** Results on real faces that come with the project, for notebooks that run on the sample; no photo is in them. */
import { join } from "node:path";
import { autoType, csvParse } from "d3";
import { unguarded } from "@/base/csv.ts";
import { ROOT } from "@/base/project.ts";
import type { AblationResult } from "@/metrics/ablation.ts";
import type { Measure } from "@/metrics/measures.ts";
import type { LeaderboardRow } from "@/search/leaderboard.ts";

/** The search on UTKFace, and how many epochs in all it could spend; docs/results/study.md has its command. */
const UTKFACE = { data: "UTKFace", side: 96, photos: 4249, budget: 1200 };

/**
 * Reads the search on real faces, made with `deno task search`.
 *
 * @example The best model
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const { rows: [best] } = await publishedSearch();
 * equal(best?.id, "Ia");
 * ```
 */
export async function publishedSearch() {
  return { ...UTKFACE, rows: await readTable<LeaderboardRow>("search", "leaderboard") };
}

/**
 * Reads the ablation on UTKFace, made with `deno task ablation`.
 *
 * @example The model that it starts from
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const [first] = await publishedAblation();
 * equal(first?.id, "ablation-iv");
 * ```
 */
export async function publishedAblation(): Promise<AblationResult[]> {
  return await readTable("ablation", "ablation");
}

/** The folders of the measures; docs/results/study.md has the commands. */
const MEASURES = [
  { folder: "original", side: 256, split: "the original's split" },
  { folder: "subject", side: 256, split: "near-duplicates together" },
  { folder: "96_original", side: 96, split: "the original's split" },
];

/**
 * Reads how good model IV is on real faces, made with `deno task evaluate --figures`.
 *
 * @example The splits
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const splits = new Set((await publishedMeasures()).map(({ split }) => split));
 * deepEqual([...splits], ["the original's split", "near-duplicates together"]);
 * ```
 */
export async function publishedMeasures() {
  const read = await Promise.all(MEASURES.map(async ({ folder, ...of }) => (
    (await readTable<Measure>(folder, "measures")).map((row) => ({ ...of, ...row }))
  )));
  return read.flat();
}

/** Reads a table in `figures/utkface` by its folder there, and its name without the ending. */
async function readTable<Row extends object>(folder: string, name: string): Promise<Row[]> {
  const path = join(ROOT, "figures", "utkface", folder, `${name}.csv`);
  return parseTable(await Deno.readTextFile(path));
}

/** Reads rows from the text of a CSV table: numbers and words, as before they were guarded; an empty field is null. */
export function parseTable<Row extends object>(text: string): Row[] {
  const cells = (row: object) => Object.entries(row).map(([name, text]) => [name, unguarded(text)]);
  return [...csvParse(text, (row) => autoType(Object.fromEntries(cells(row))) as Row)];
}
