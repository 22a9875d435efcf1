/**
 * What identifies the photos and labels that a network has learned from: their content, age groups, and
 * parts, whatever their folder and names.
 */
import { createHash } from "node:crypto";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import type { Examples } from "@/study/batches.ts";
import type { Part } from "@/study/split.ts";

/** A photo of a study: what its file holds, its label, and its part. */
export interface LearnedPhoto {
  photo: string;
  md5: string;
  /** The perceptual hash, 64 hexadecimal digits. */
  hash: string;
  age: string | null;
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
export function learnedPhotos(
  { train, validation }: { train: Examples; validation: Examples },
): LearnedPhoto[] | null {
  const { squares, folds } = train, { contents } = squares;
  if (!contents) return null;
  const parts = new Map<number, Part>([
    ...train.indices.map((index) => [index, "train"] as const),
    ...validation.indices.map((index) => [index, "validation"] as const),
  ]);
  return squares.photos.map(({ photo, age, group }, index) => {
    const { md5, hash } = contents[index]!;
    const part = parts.get(index) ?? "test", fold = folds && { fold: folds[index]! };
    return { photo, md5, hash: hash!, age, group: group!, part, ...fold };
  });
}

/**
 * Identifies photos with their labels, parts and folds, as a hash: the same whatever their order and names.
 * Undefined without photos.
 */
export function fingerprintOf(photos: readonly LearnedPhoto[] | null): string | undefined {
  if (!photos) return undefined;
  const rows = photos.map(({ md5, age, group, part, fold }) => (
    JSON.stringify([md5, age, group, part, ...fold == null ? [] : [fold]])
  ));
  return createHash("sha256").update(rows.sort().join("\n")).digest("hex");
}

/**
 * Says what has changed between two states of photos and labels: photos that are new or gone, by their
 * content, and those of another age, age group, part or fold.
 */
export function changesBetween(
  before: readonly LearnedPhoto[],
  now: readonly LearnedPhoto[],
): string[] {
  const old = new Map(before.map((photo) => [photo.md5, photo]));
  const current = new Set(now.map(({ md5 }) => md5));
  const both = now.flatMap((photo) => old.has(photo.md5) ? [[old.get(photo.md5)!, photo]] : []) as [
    LearnedPhoto,
    LearnedPhoto,
  ][];
  const regrouped = both.filter(([a, b]) => a.group !== b.group);
  const aged = both.filter(([a, b]) => a.group === b.group && a.age !== b.age);
  const moved = both.filter(([a, b]) => a.part !== b.part);
  const refolded = both.filter(([a, b]) => (a.fold ?? null) !== (b.fold ?? null));
  const name = ({ group }: LearnedPhoto) => AGE_GROUPS[group].name;
  return [
    change(regrouped, "another age group", ([a, b]) => `${b.photo}: ${name(a)}, now ${name(b)}`),
    change(aged, "another age", ([a, b]) => `${b.photo}: ${a.age}, now ${b.age}`),
    change(moved, "another part of the split", ([a, b]) => `${b.photo}: ${a.part}, now ${b.part}`),
    change(refolded, "another fold", ([a, b]) => `${b.photo}: ${foldOf(a)}, now ${foldOf(b)}`),
    counted(now.filter(({ md5 }) => !old.has(md5)), "new"),
    counted(before.filter(({ md5 }) => !current.has(md5)), "gone"),
  ].filter((text) => text !== null);
}

function foldOf({ fold }: LearnedPhoto): string {
  return String(fold ?? "none");
}

function change<T>(
  changed: readonly T[],
  what: string,
  describe: (one: T) => string,
): string | null {
  if (changed.length === 0) return null;
  const examples = changed.slice(0, MOST).map(describe).join("; ");
  const photos = changed.length === 1 ? "1 photo has" : `${changed.length} photos have`;
  return `${photos} ${what}, such as ${examples}`;
}

function counted(photos: readonly LearnedPhoto[], what: string): string | null {
  if (photos.length === 0) return null;
  const examples = photos.slice(0, MOST).map(({ photo }) => photo).join(", ");
  return `${photos.length} ${
    photos.length === 1 ? "photo is" : "photos are"
  } ${what}, such as ${examples}`;
}
