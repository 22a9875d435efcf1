/** What a split comes to: its groups, and what it leaves on two sides. */
import { sum } from "d3";
import { inNotebook } from "@/base/progress.ts";
import { percent } from "@/base/text.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import type { Fold, SplitKind } from "@/study/folds.ts";
import { countGroups, groupKnown, groupsOf, type Splittable } from "@/study/photo_sets.ts";
import { type Alike, type Part, PARTS, type SplitPhoto } from "@/study/split.ts";

type Parted = readonly SplitPhoto<Splittable>[];

/** Counts the photos of every group in every part, with the group's share of the part, 0 to 1. */
export function groupsByPart(photos: Parted) {
  const groups = groupsOf(photos);
  return PARTS.flatMap((part) => {
    const inPart = photos.filter((photo) => photo.part === part), all = inPart.length || 1;
    const counts = countGroups(inPart, groups);
    return groups.map((group, g) => (
      { part, group, photos: counts[g]!, share: counts[g]! / all }
    ));
  });
}

/**
 * Tabulates the photos of each group in each part, one row per group: their number, and their share of the part.
 *
 * @example One group in three parts
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const nobody = { group: 2 as const, subject: null, album: null };
 * const rows = partTable([{ photo: "a.jpg", part: "train", ...nobody }]);
 * equal(rows[0]?.["share of train"], "100.0%");
 * ```
 */
export function partTable(
  photos: Parted,
): ({ group: string } & Record<Part, number> & Record<`share of ${Part}`, string>)[] {
  const groups = Map.groupBy(groupsByPart(photos), ({ group }) => group);
  return [...groups].map(([group, parts]) => {
    const counts = parts.map(({ part, photos }) => [part, photos]);
    const shares = parts.map(({ part, share }) => [`share of ${part}`, percent(share)]);
    return { group: AGE_GROUPS[group].name, ...Object.fromEntries([...counts, ...shares]) };
  });
}

/**
 * Counts the persons with photos in both parts of each pair, and computes the share of the test photos whose person is
 * known that show one from training, 0 to 1; null if none is known.
 *
 * @example One of two test photos shows a person of the training
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(sharedSubjects([
 *   { subject: "anna", part: "train" },
 *   { subject: "anna", part: "test" },
 *   { subject: "bert", part: "test" },
 * ]).testShare, 0.5);
 * ```
 */
export function sharedSubjects(photos: readonly { subject: string | null; part: Part }[]) {
  const persons = groupKnown(photos, ({ subject }) => subject)
    .map((own) => own.map(({ part }) => part));
  const tested = (parts: Part[]) => parts.filter((part) => part === "test").length;
  const all = sum(persons, tested), seen = persons.filter((parts) => parts.includes("train"));
  return {
    pairs: PAIRS.map(([, parts]) => ({ parts, subjects: countInBoth(persons, parts) })),
    testShare: all === 0 ? null : sum(seen, tested) / all,
  };
}

/** The numbers of persons, albums or sets of photos that stand in two parts of a split. */
type TwoSidesRow =
  & { "on two sides": string; of: number }
  & Record<typeof PAIRS[number][0], number>;

const PAIRS = [
  ["training and validation", ["train", "validation"]],
  ["training and test", ["train", "test"]],
  ["validation and test", ["validation", "test"]],
] as const;

/**
 * Counts the persons, the groups of near-duplicates and the albums with photos in more than one part of a split, and in
 * all, a row each. Persons and albums are left out if no label names them.
 *
 * @example One person in training and in test, nobody's album known
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const anna = { group: 2 as const, subject: "anna", album: null };
 * const [persons] = twoSides([
 *   { photo: "a.jpg", part: "train", ...anna },
 *   { photo: "b.jpg", part: "test", ...anna },
 * ], []);
 * equal(persons!["training and test"], 1);
 * ```
 */
export function twoSides(photos: Parted, nearDuplicates: Alike): TwoSidesRow[] {
  const parts = new Map(photos.map(({ photo, part }) => [photo, part]));
  const alike = nearDuplicates.map((group) => group.map((photo) => parts.get(photo)));
  const partsBy = (key: (photo: Splittable) => string | null) => (
    groupKnown(photos, key).map((own) => own.map(({ part }) => part))
  );
  const persons = partsBy(({ subject }) => subject), albums = partsBy(({ album }) => album);
  return [
    ...persons.length ? [twoSidesRow("persons", persons)] : [],
    twoSidesRow("groups of near-duplicates", alike),
    ...albums.length ? [twoSidesRow("albums", albums)] : [],
  ];
}

function twoSidesRow(what: string, sets: readonly (Part | undefined)[][]): TwoSidesRow {
  const counts = PAIRS.map(([name, pair]) => [name, countInBoth(sets, pair)]);
  return { "on two sides": what, of: sets.length, ...Object.fromEntries(counts) };
}

function countInBoth(sets: readonly (Part | undefined)[][], pair: readonly Part[]): number {
  return sets.filter((set) => pair.every((part) => set.includes(part))).length;
}

interface Divided {
  split: SplitKind;
  fold?: Fold;
  photos: Parted;
}

const NAMES: Readonly<Record<SplitKind, string>> = {
  original: "as the original study did",
  photo: "by photo without near-duplicates",
  subject: "by person",
  folds: "into folds by person",
};

/** Says how many persons, near-duplicates and albums are in training and test, and that the original's split leaks. */
export function splitSentence({ split, fold, photos }: Divided, nearDuplicates: Alike): string {
  const leaks = split === "original" ? ", which leaks" : "";
  const rows = twoSides(photos, nearDuplicates).map((row) => {
    const count = row["training and test"], what = row["on two sides"];
    return count === 0 ? `no ${what}` : `${count} of ${row.of} ${what}`;
  });
  const whose = fold?.named ? "that the data name" : "by person";
  const kind = fold
    ? `into ${fold.of} folds ${whose}, fold ${fold.test} is the test`
    : NAMES[split];
  return `Split ${kind}${leaks}; in training and in test: ${rows.join(", ")}`;
}

/** Says it on standard error, unless the code runs in a notebook. */
export function tellSplit(divided: Divided, nearDuplicates: Alike): void {
  if (!inNotebook()) console.error(splitSentence(divided, nearDuplicates));
}
