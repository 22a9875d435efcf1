/** The labels by which the first figures count ages: eight ranges, eight decades, or five groups. */
import { AGE_GROUPS, ageSpan } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";

/** The eight labels of Adience, from the youngest to the oldest. */
export const ADIENCE_LABELS: readonly string[] = [
  ...["(0, 2)", "(4, 6)", "(8, 12)", "(15, 20)"],
  ...["(25, 32)", "(38, 43)", "(48, 53)", "(60, 100)"],
];

/** The eight decades of life, from the youngest to the oldest. */
export const DECADES: readonly string[] = [
  ...["0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70+"],
];

/** The label of a photo without an age; it comes last. */
const NO_LABEL = "none";

/** The facts of a photo that the choice of a label needs. */
type Aged = Pick<Photo, "age" | "group">;

/** A span of years, both ends included. */
type Span = { from: number; to: number };

/** A set of labels in order, and a function that returns a photo's label, or null if it has none. */
interface Labelling {
  labels: readonly string[];
  labelOf(photo: Aged): string | null;
}

const ADIENCE_SPANS = ADIENCE_LABELS.map((label) => ({ label, ...ageSpan(label)! }));
const GROUP_NAMES: readonly string[] = AGE_GROUPS.map(({ name }) => name);

const BY_RANGE: Labelling = { labels: ADIENCE_LABELS, labelOf: ofSpan(nearestLabel) };
const BY_DECADE: Labelling = { labels: DECADES, labelOf: ofSpan(decade) };
const BY_GROUP: Labelling = {
  labels: GROUP_NAMES,
  labelOf: ({ group }) => group === null ? null : GROUP_NAMES[group]!,
};

/**
 * Adds to every photo the label by which figures 1 to 4 count it.
 *
 * If most ages are ranges, labels are Adience's eight; if most are single years, decades; if only age
 * groups are known, the groups' names. Photos without an age get `none`.
 *
 * @throws {RangeError} if an age cannot be read; see {@linkcode ageSpan}
 *
 * @example A single year among ranges joins the nearest range
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const group = null;
 * const photos = [{ age: "(25, 32)", group }, { age: "(4, 6)", group }, { age: "35", group }];
 * const labels = withAgeLabels(photos).map(({ label }) => label);
 * deepEqual(labels, ["(25, 32)", "(4, 6)", "(25, 32)"]);
 * ```
 */
export function withAgeLabels<P extends Aged>(photos: readonly P[]): (P & { label: string })[] {
  const { labelOf } = labellingOf(photos);
  return photos.map((photo) => ({ ...photo, label: labelOf(photo) ?? NO_LABEL }));
}

/**
 * Lists, from the youngest to the oldest, the labels that {@linkcode withAgeLabels} may give these
 * photos, and `none` last if some photo has no age: the order of a figure's axis.
 *
 * @throws {RangeError} if an age cannot be read; see {@linkcode ageSpan}
 *
 * @example Photos of which only the groups are known, and one of nothing
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const labels = ageLabels([{ age: null, group: 2 }, { age: null, group: null }]);
 * deepEqual(labels, ["0-6", "7-20", "21-37", "38-59", "60+", "none"]);
 * ```
 */
export function ageLabels(photos: readonly Aged[]): string[] {
  const { labels, labelOf } = labellingOf(photos);
  const unlabelled = photos.some((photo) => labelOf(photo) === null);
  return unlabelled ? [...labels, NO_LABEL] : [...labels];
}

/** Chooses the set of labels that fits most ages. */
function labellingOf(photos: readonly Aged[]): Labelling {
  const spans = photos.map(({ age }) => ageSpan(age)).filter((span) => span !== null);
  if (spans.length === 0) return BY_GROUP;
  const ranges = spans.filter(({ from, to }) => from < to).length;
  return ranges > spans.length / 2 ? BY_RANGE : BY_DECADE;
}

/**
 * Finds the nearest Adience label; of two equally near ones, the younger.
 * Distances to the middles would not do: they send 35 to (38, 43), 3 years off as well as (25, 32).
 */
function nearestLabel({ from, to }: Span): string {
  const gaps = ADIENCE_SPANS.map((label) => Math.max(0, label.from - to, from - label.to));
  return ADIENCE_LABELS[gaps.indexOf(Math.min(...gaps))]!;
}

/** Finds the decade that holds an age, a range by its middle. */
function decade({ from, to }: Span): string {
  return DECADES[Math.min(Math.floor((from + to) / 2 / 10), DECADES.length - 1)]!;
}

function ofSpan(labelOf: (span: Span) => string): Labelling["labelOf"] {
  return ({ age }) => {
    const span = ageSpan(age);
    return span && labelOf(span);
  };
}
