/**
 * The results of `evaluate` on certainty, subgroups and kinds of photo, as texts for the terminal and tables for files.
 */
import { percent } from "@/base/text.ts";
import type { KindRow } from "@/metrics/photo_kinds.ts";
import { abstentionWords, calibrationLabel, ROUNDED } from "@/model/card_page.ts";
import type { PartResults } from "@/metrics/part_results.ts";
import type { Interval } from "@/metrics/interval.ts";
import { textTable } from "@tools/shared/table.ts";

/** Calibration, as the network is, at its temperature and rounded; and how often sets and ranges hold the truth. */
export function certaintyText({ calibration, sets, abstention, years }: PartResults): string {
  const truth = (estimate: Interval) => `hold the truth in ${withInterval(estimate, percent)}`;
  return [
    "",
    "calibration (error over 15 bins of equally many photos):",
    textTable(calibration.map((row) => ({
      probabilities: calibrationLabel(row),
      accuracy: row.accuracy ? withInterval(row.accuracy, percent) : null,
      "calibration error": withInterval(row.calibrationError, percent),
      "Brier score": withInterval(row.brier, decimal),
      "negative log likelihood": withInterval(row.negativeLogLikelihood, decimal),
    }))),
    `(${ROUNDED})`,
    ...sets ? [`sets of ${sets.size.toFixed(2)} groups ${truth(sets.coverage)}`] : [],
    ...abstention ? [abstentionWords(abstention)] : [],
    ...years ? [`ranges of ${years.width.toFixed(1)} years ${truth(years.coverage)}`] : [],
  ].join("\n");
}

/** Writes accuracy by subgroup; empty if the labels define none. */
export function subgroupsText({ subgroups }: PartResults): string {
  if (subgroups.length === 0) return "";
  return "\nby what the labels tell:\n" + textTable(subgroups.map((row) => ({
    by: row.by,
    subgroup: row.subgroup,
    photos: row.photos,
    accuracy: withInterval(row.accuracy, percent),
    "balanced accuracy": withInterval(row.balancedAccuracy, percent),
    bias: withInterval(row.bias, decimal),
    ...row.calibrationError && { "calibration error": withInterval(row.calibrationError, percent) },
    ...row.setCoverage && {
      "sets hold the truth": withInterval(row.setCoverage, percent),
      "groups a set": row.setSize?.toFixed(2),
    },
  })));
}

/** Writes accuracy by kind of photo, and the number of faces that their turn rests on. */
export function kindsText(rows: readonly KindRow[], photos: number): string {
  const faces = rows.filter(({ by }) => by === "turn").reduce((sum, row) => sum + row.photos, 0);
  const table = textTable(rows.map((row) => ({
    by: row.by,
    values: row.values,
    photos: row.photos,
    accuracy: withInterval(row.accuracy, percent),
    "balanced accuracy": withInterval(row.balancedAccuracy, percent),
  })));
  return `\nby kind of photo (turn: of the ${faces} of ${photos} photos in which a face was found):\n${table}`;
}

/**
 * Writes estimates as columns of their own: `accuracy` becomes `accuracy`, `accuracy low` and `accuracy high`.
 *
 * @example One estimate
 * ```ts
 * import { flatRows } from "@tools/shared/evaluation_tables.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(flatRows([{ by: "size", bias: { value: 0, low: -1, high: 1 } }]), [
 *   { by: "size", bias: 0, "bias low": -1, "bias high": 1 },
 * ]);
 * ```
 */
export function flatRows(rows: readonly object[]): Record<string, unknown>[] {
  return rows.map((row) => (
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) => (
        isEstimate(value)
          ? [[name, value.value], [`${name} low`, value.low], [`${name} high`, value.high]]
          : [[name, value]]
      )),
    )
  ));
}

function isEstimate(value: unknown): value is Interval {
  return typeof value === "object" && value !== null && "low" in value && "high" in value;
}

function decimal(value: number): string {
  return value.toFixed(2);
}

function withInterval({ value, low, high }: Interval, write: (value: number) => string): string {
  return `${write(value)} (${write(low)} to ${write(high)})`;
}
