/** Labels that look wrong: photos where a network that has not learned from them is sure of another group. */
import { flatRollup, greatest, mean } from "d3";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { type Measure, measure } from "@/metrics/measures.ts";
import { type Groups, predictions, type Probabilities } from "@/metrics/metrics.ts";

export interface SuspiciousLabel {
  index: number;
  label: AgeGroup;
  /** The group that the network is sure of. */
  suggested: AgeGroup;
  /** Probability of the label less that of the suggested group, -1 to 0: the lower, the more suspicious. */
  margin: number;
}

/**
 * Finds photos whose label looks wrong, the most suspicious first: those where the network is at least as
 * sure of another group as it is, on average, of the photos that bear that group's label, and surer of it
 * than of the photo's own. A person has to look at them: some are the network's own errors.
 *
 * Source: C. Northcutt, L. Jiang, I. Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels
 * (Journal of Artificial Intelligence Research 70, 2021).
 *
 * @param rows five probabilities a photo, of networks not trained on that photo, as in cross-validation
 * @throws {RangeError} if there is not one row of probabilities a photo
 */
export function suspiciousLabels(labels: Groups, rows: Probabilities): SuspiciousLabel[] {
  if (rows.length !== labels.length) {
    throw new RangeError(`Cannot check ${labels.length} labels by ${rows.length} predictions`);
  }
  const usual = AGE_GROUPS.map(({ group }) => (
    mean(rows.filter((_, k) => labels[k] === group), (row) => row[group])
  ));
  return rows.flatMap((row, index) => {
    const label = labels[index] as AgeGroup;
    const sure = AGE_GROUPS.filter(({ group }) => row[group]! >= (usual[group] ?? Infinity));
    const suggested = greatest(sure, ({ group }) => row[group]!)?.group;
    if (suggested === undefined || row[suggested]! <= row[label]!) return [];
    return [{ index, label, suggested, margin: row[label]! - row[suggested]! }];
  }).sort((a, b) => a.margin - b.margin);
}

/** Counts suspicious labels by label and suggestion, the most frequent first. */
export function countSuspicions(suspicious: readonly SuspiciousLabel[]) {
  const nameOf = (which: "label" | "suggested") => (row: SuspiciousLabel) =>
    AGE_GROUPS[row[which]].name;
  return flatRollup(suspicious, ({ length }) => length, nameOf("label"), nameOf("suggested"))
    .map(([label, suggested, photos]) => ({ label, "looks like": suggested, photos }))
    .sort((a, b) => b.photos - a.photos);
}

/**
 * Measures predictions on all photos, and on those whose label does not look wrong. The second is no result: the
 * photos that are left out were chosen by the network's contradicting their labels, so it cannot but be better.
 *
 * @throws {RangeError} if there are no photos, none is left, or there is not one row of probabilities a photo
 */
export function withoutSuspicious(
  labels: Groups,
  probabilities: Probabilities,
  subjects: readonly (string | null)[],
  suspicious: readonly Pick<SuspiciousLabel, "index">[],
): { all: Measure[]; rest: Measure[] } {
  const predicted = predictions(probabilities), out = new Set(suspicious.map(({ index }) => index));
  const measured = (indices: number[]) => {
    const some = <T>(all: ArrayLike<T>) => indices.map((k) => all[k]!);
    return measure(some(labels), some(predicted), some(subjects), { seed: 7 });
  };
  const indices = [...predicted.keys()];
  return { all: measured(indices), rest: measured(indices.filter((k) => !out.has(k))) };
}
