/**
 * What each part of the better network's recipe gives on real faces, for a notebook that runs on the sample.
 *
 * @module
 */
import { csvParse } from "d3";
import type { AblationResult } from "@/metrics/ablation.ts";
import type { AblationPart } from "@/metrics/ablation.ts";
import { numberOf, publishedTable } from "@/notebook/published_table.ts";

/** Reads the ablation on UTKFace, made with `deno task ablation`; no photo is in it. */
export async function publishedAblation(): Promise<AblationResult[]> {
  return parseAblation(await publishedTable("ablation", "ablation"));
}

/**
 * Reads an ablation from the text of its CSV table; an empty field is null.
 *
 * @example A network that was not trained
 * ```ts
 * import { parseAblation } from "@/notebook/published_ablation.ts";
 * import { equal } from "node:assert/strict";
 *
 * const [row] = parseAblation("id,change,seeds,balancedAccuracy\nablation-iv,model IV,0,\n");
 * equal(row?.change, "model IV");
 * equal(row?.balancedAccuracy, null);
 * ```
 */
export function parseAblation(text: string): AblationResult[] {
  return csvParse(text).map((row) => ({
    id: row.id!,
    part: row.part as AblationPart,
    change: row.change!,
    than: row.than || null,
    seeds: Number(row.seeds),
    photos: Number(row.photos),
    balancedAccuracy: numberOf(row.balancedAccuracy),
    accuracy: numberOf(row.accuracy),
    oneOffAccuracy: numberOf(row.oneOffAccuracy),
    difference: numberOf(row.difference),
    low: numberOf(row.low),
    high: numberOf(row.high),
    over: (row.over || null) as AblationResult["over"],
  }));
}
