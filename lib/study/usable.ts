/** How many labels and photos a data set has, how many of them a study can use, and where the others are lost. */
import { sum } from "d3";
import type { DataSet } from "@/dataset/data_set.ts";
import type { Remark } from "@/dataset/readers/reader.ts";
import { inNotebook } from "@/base/progress.ts";
import { percent, sentence } from "@/base/text.ts";
import { type Integrity, integrityReport } from "@/images/integrity.ts";

/** Above this share of lost labels or photos, a loud warning is due. */
const MUCH = 0.1;

/** Most reasons that a sentence lists, and examples of each. */
const MOST_REASONS = 6, MOST_EXAMPLES = 3;

type Told = Pick<DataSet, "folder" | "found" | "remarks">;

/**
 * Says in one line how many labels and photos a data set has and how many photos can be used; a second line
 * warns if a tenth or more of the labels or of the photos is lost, and says where.
 *
 * @param usable how many photos can be used: readable, each once, with an age group
 */
export function usableLines(set: Told, integrity: Integrity, usable: number): string[] {
  const { labels, photos } = set.found, lost = lostOf(set, integrity);
  const what = usable > photos ? "faces" : "photos";
  const line = sentence`Labels: ${labels}, photos: ${photos}, usable ${what}: ${usable}`;
  const shares = [[labels, "labels"], [photos, "photos"]] as const;
  const worst = shares.toSorted(([a], [b]) => b - a).find(([all]) => all - usable >= MUCH * all);
  if (!worst || usable >= worst[0]) return [line];
  const [all, of] = worst, gone = all - usable;
  const head = sentence`${gone} of ${all} ${of} ${gone === 1 ? "is" : "are"} lost`;
  return [line, `WARNING: ${head} (${percent(gone / all)}): ${reasons(lost)}`];
}

/** Says it on standard error, unless the code runs in a notebook, where the first notebook tells it. */
export function tellUsable(set: Told, integrity: Integrity, usable: number): void {
  if (inNotebook()) return;
  for (const line of usableLines(set, integrity, usable)) console.error(line);
}

/** Makes the error for a data set of which nothing can be used, saying why and what to do. */
export function nothingUsable(set: Told, integrity: Integrity): Error {
  const ageless = set.remarks.find(({ what }) => what === "label without age")?.count ?? 0;
  const hint = ageless > 0
    ? ". `deno task predict` predicts the ages of people in photos without an age"
    : "";
  return new Error(
    `None of the ${set.found.photos} photos in ${set.folder} can be used: ` +
      reasons(lostOf(set, integrity)) + hint,
  );
}

function lostOf({ remarks }: Told, integrity: Integrity): Remark[] {
  const left = remarks.filter(({ what }) => /left out|without age/.test(what));
  const dropped = integrityReport(integrity)
    .filter(({ consequence, count }) => /dropped/.test(consequence) && count > 0)
    .map(({ finding, count, examples }) => ({ what: finding, count, examples }));
  return [...left, ...dropped].sort((a, b) => b.count - a.count);
}

function reasons(lost: readonly Remark[]): string {
  const listed = lost.slice(0, MOST_REASONS), rest = sum(lost.slice(MOST_REASONS), (l) => l.count);
  const texts = listed.map(({ what, count, examples }) =>
    sentence`${what}: ${count} (${examples.slice(0, MOST_EXAMPLES)})`
  );
  return [...texts, ...(rest > 0 ? [`others: ${rest}`] : [])].join("; ");
}
