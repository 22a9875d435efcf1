/** What a split leaves on two sides, in a sentence. */
import { inNotebook } from "@/base/progress.ts";
import type { Fold, SplitKind } from "@/study/folds.ts";
import { type SplitPhoto, type Splittable, twoSides, type TwoSidesRow } from "@/study/split.ts";

/** A split: its kind, which fold is the test, and the photos with their parts. */
interface Divided {
  split: SplitKind;
  fold?: Fold;
  photos: readonly SplitPhoto<Splittable>[];
}

const NAMES: Readonly<Record<SplitKind, string>> = {
  original: "as the original study did",
  photo: "by photo without near-duplicates",
  subject: "by person",
  folds: "into folds by person",
};

/**
 * Says which persons, near-duplicates and albums stand on two sides of a split, training and test above
 * all; a split as the original study did it is called leaking.
 */
export function splitSentence(
  { split, fold, photos }: Divided,
  nearDuplicates: readonly (readonly string[])[],
): string {
  const leaks = split === "original" ? ", which leaks" : "";
  const rows = twoSides(photos, nearDuplicates).map(countSentence);
  const kind = fold ? foldWords(fold) : NAMES[split];
  return `Split ${kind}${leaks}; in training and in test: ${rows.join(", ")}`;
}

function foldWords({ test, of, named }: Fold): string {
  const whose = named ? "that the data name" : "by person";
  return `into ${of} folds ${whose}, fold ${test} is the test`;
}

function countSentence(row: TwoSidesRow): string {
  const count = row["training and test"], what = row["on two sides"];
  return count === 0 ? `no ${what}` : `${count} of ${row.of} ${what}`;
}

/** Says it on standard error, unless the code runs in a notebook. */
export function tellSplit(divided: Divided, nearDuplicates: readonly (readonly string[])[]): void {
  if (!inNotebook()) console.error(splitSentence(divided, nearDuplicates));
}
