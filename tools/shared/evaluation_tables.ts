/**
 * The results of `evaluate` on certainty, subgroups and kinds of photo, as texts for the terminal and tables for files.
 */
import { sum } from "d3";
import { percent } from "@/base/text.ts";
import type { KindRow } from "@/metrics/photo_kinds.ts";
import { abstentionWords, calibrationRow, damagedRow } from "@/model/card_page.ts";
import { ROUNDED, share, subgroupRow } from "@/model/card_page.ts";
import type { DamagedResult, PartResults } from "@/metrics/part_results.ts";
import type { Measure } from "@/metrics/measures.ts";
import type { Interval } from "@/metrics/interval.ts";
import { textTable } from "@tools/shared/table.ts";

export function measureLine({ measure, value, low, high }: Measure): string {
  return `${measure}: ${percent(value)} (95%: ${percent(low)} to ${percent(high)})`;
}

/** Calibration, before and at its temperature and rounded; and how often sets and ranges hold the truth. */
export function certaintyText({ calibration, sets, abstention, years }: PartResults): string {
  const truth = (estimate: Interval) => `hold the truth in ${share(estimate)}`;
  return [
    "",
    "calibration (error over 15 bins of equally many photos):",
    textTable(calibration.map(calibrationRow)),
    `(${ROUNDED})`,
    ...sets ? [`sets of ${sets.size.toFixed(2)} groups ${truth(sets.coverage)}`] : [],
    ...abstention ? [abstentionWords(abstention)] : [],
    ...years ? [`ranges of ${years.width.toFixed(1)} years ${truth(years.coverage)}`] : [],
  ].join("\n");
}

/** Writes accuracy by subgroup; empty if the labels define none. */
export function subgroupsText({ subgroups }: PartResults): string {
  if (subgroups.length === 0) return "";
  return "\nby what the labels tell:\n" + textTable(subgroups.map(subgroupRow));
}

/** Writes accuracy by kind of photo, and the number of faces that their turn rests on. */
export function kindsText(rows: readonly KindRow[], photos: number): string {
  const faces = sum(rows, ({ by, photos }) => by === "turn" ? photos : 0);
  const table = textTable(rows.map(({ by, values, photos, accuracy, balancedAccuracy }) => ({
    ...{ by, values, photos, accuracy: share(accuracy) },
    "balanced accuracy": share(balancedAccuracy),
  })));
  return `\nby kind of photo (turn: of the ${faces} of ${photos} photos in which a face was found):\n${table}`;
}

export function damagedText(results: readonly DamagedResult[]): string {
  return "\ndamaged on purpose:\n" + textTable(results.map(damagedRow));
}

/** Writes estimates as columns of their own: `accuracy` becomes `accuracy`, `accuracy low` and `accuracy high`. */
export function flatRows(rows: readonly object[]): Record<string, unknown>[] {
  const columns = ([name, cell]: [string, unknown]) => {
    if (!isEstimate(cell)) return [[name, cell]];
    return [[name, cell.value], [`${name} low`, cell.low], [`${name} high`, cell.high]];
  };
  return rows.map((row) => Object.fromEntries(Object.entries(row).flatMap(columns)));
}

function isEstimate(value: unknown): value is Interval {
  return typeof value === "object" && value !== null && "low" in value && "high" in value;
}
