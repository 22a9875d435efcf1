/** What identifies the photos and labels that a network has learned from, whatever their folder and names. */
import { createHash } from "node:crypto";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import type { Examples } from "@/study/batches.ts";
import type { Part } from "@/study/split.ts";

/** A photo of a study: what its file holds, its label, and its part. */
export interface LearnedPhoto extends Pick<Photo, "photo" | "age"> {
  md5: string;
  /** The perceptual hash, 64 hexadecimal digits. */
  hash: string;
  group: AgeGroup;
  part: Part;
  /** The photo's fold; null or left out where photos are not divided into folds. */
  fold?: number | null;
}

/** Most photos that a sentence names as examples. */
const MOST = 3;

/**
 * Lists the photos of a study with their content, labels and parts; those that are neither in training nor in
 * validation are the test's. Null if nobody has inspected them.
 */
export function learnedPhotos({ train, validation }: Record<"train" | "validation", Examples>) {
  const { squares, folds } = train, { contents } = squares;
  if (!contents) return null;
  const parts = new Map<number, Part>([
    ...train.indices.map((index) => [index, "train"] as const),
    ...validation.indices.map((index) => [index, "validation"] as const),
  ]);
  return squares.photos.map(({ photo, age, group }, index): LearnedPhoto => {
    const { md5, hash } = contents[index]!;
    const part = parts.get(index) ?? "test", fold = folds && { fold: folds[index]! };
    return { photo, md5, hash: hash!, age, group: group!, part, ...fold };
  });
}

/** Identifies photos with their labels, parts and folds, as a hash, the same whatever their order and names. */
export function fingerprintOf(photos: Learned | null): string | undefined {
  if (!photos) return undefined;
  const rows = photos.map(({ md5, age, group, part, fold }) => (
    JSON.stringify([md5, age, group, part, ...fold == null ? [] : [fold]])
  ));
  return createHash("sha256").update(rows.sort().join("\n")).digest("hex");
}

type Learned = readonly LearnedPhoto[];

/** Says which photos are new or gone, by their content, and which have another age, age group, part or fold. */
export function changesBetween(before: Learned, now: Learned): string[] {
  const old = new Map(before.map((photo) => [photo.md5, photo]));
  const current = new Set(now.map(({ md5 }) => md5));
  const both = now.flatMap((photo) =>
    old.has(photo.md5) ? [[old.get(photo.md5)!, photo] as const] : []
  );
  const change = (what: string, value: (photo: LearnedPhoto) => string | null, of = both) => {
    const changed = of.filter(([a, b]) => value(a) !== value(b))
      .map(([a, b]) => `${b.photo}: ${value(a)}, now ${value(b)}`);
    return counted(changed, ["photo has", "photos have"], what, "; ");
  };
  const sameGroup = both.filter(([a, b]) => a.group === b.group);
  const names = (photos: Learned, what: string) => (
    counted(photos.map(({ photo }) => photo), ["photo is", "photos are"], what, ", ")
  );
  return [
    change("another age group", ({ group }) => AGE_GROUPS[group].name),
    change("another age", ({ age }) => age, sameGroup),
    change("another part of the split", ({ part }) => part),
    change("another fold", ({ fold }) => String(fold ?? "none")),
    names(now.filter(({ md5 }) => !old.has(md5)), "new"),
    names(before.filter(({ md5 }) => !current.has(md5)), "gone"),
  ].filter((text) => text !== null);
}

/** Counts texts, with the first as examples; null if there are none. */
function counted(texts: string[], [one, several]: [string, string], what: string, mark: string) {
  const { length } = texts, examples = texts.slice(0, MOST).join(mark);
  return length ? `${length} ${length === 1 ? one : several} ${what}, such as ${examples}` : null;
}
