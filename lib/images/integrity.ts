/** The photos that a study can use: readable, without exact duplicates, and labelled consistently. */
import type { Inspection } from "@/images/inspection.ts";
import { findCloseGroups } from "@/images/perceptual_hash.ts";
import type { Photo } from "@/dataset/photo.ts";

/** A labelled photo with the inspection of its file. */
export type InspectedPhoto = Photo & Inspection;

/** Agreement of the labels of exact duplicates on the age. */
type Agreement = "same age" | "other age, same group" | "other group";

/** Exact duplicates: photos whose files are equal byte for byte. */
interface DuplicateGroup {
  md5: string;
  agreement: Agreement;
  photos: InspectedPhoto[];
}

/** The paths of different files that show nearly the same picture. */
export type NearDuplicates = string[];

/** The photos of a data set: those that a study can use, and the findings about the others. */
export interface Integrity {
  /** Readable photos, one of each file, and none whose copies are labelled with two age groups. */
  kept: InspectedPhoto[];
  /** Unreadable photos; `fault` says why. */
  unreadable: InspectedPhoto[];
  /** The groups of equal files, by their first photo. */
  exactDuplicates: DuplicateGroup[];
  /** The groups of near-duplicates among the kept photos; they stay, but belong in one part of a split. */
  nearDuplicates: NearDuplicates[];
  /** One picture under many labels, of three age groups or more, of which none is kept. */
  placeholders: InspectedPhoto[][];
}

/** The most of the 256 bits of their hashes that may differ between near-duplicates. */
export const NEAR_DUPLICATE_DISTANCE = 20;

/** The same between copies of one picture, whatever their size: strangers cut out on white come as near as 12. */
const SAME_PICTURE_DISTANCE = 8;

/** The age groups that nobody's picture can have: two may be a mistake; more is one such as "no longer available". */
const MANY_GROUPS = 3;

const MOST_NAMES = 3;

/**
 * Checks the photos of a data set: drops unreadable ones and exact duplicates, and notes near-duplicates.
 *
 * Of equal files the first with an age group stays, otherwise the first; none if the copies are labelled with two age
 * groups. Near-duplicates stay, but none of one picture whose labels name three age groups or more: it shows nobody. A
 * photo with several labels shows as many faces, each in its box.
 *
 * @param inspections the inspection of each file, in the same order
 * @throws {RangeError} if an inspection is of another photo
 *
 * @example An empty file
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const known = { age: "26", group: 2, gender: "f", subject: null, album: null, fold: null } as const;
 * const file = { photo: "a.jpg", bytes: 0, modified: 0, md5: "", fault: "the file is empty" };
 * const unknown = { format: null, width: null, height: null, hash: null };
 * const { kept, unreadable } = checkIntegrity([{ ...file, ...known }], [{ ...file, ...unknown }]);
 * equal(kept.length, 0);
 * equal(unreadable[0]?.fault, "the file is empty");
 * ```
 */
export function checkIntegrity(
  photos: readonly Photo[],
  inspections: readonly Inspection[],
): Integrity {
  const inspected = photos.map((photo, k) => join(photo, inspections[k]));
  const readable = inspected.filter(({ fault }) => fault === null);
  const files = Map.groupBy(readable, ({ md5, box }) => JSON.stringify([md5, box]));
  const exactDuplicates = [...files.values()].filter((copies) => copies.length > 1)
    .map((photos) => ({ md5: photos[0]!.md5, agreement: compareLabels(photos), photos }));
  const chosen = new Set([...files.values()].flatMap((copies) => chooseCopy(copies) ?? []));
  const unlike = readable.filter((photo) => chosen.has(photo));
  const alike = findAlike(unlike, NEAR_DUPLICATE_DISTANCE);
  const placeholders = alike.filter(isPlaceholder) // copies of one picture are near-duplicates as well
    .flatMap((photos) => findAlike(photos, SAME_PICTURE_DISTANCE)).filter(isPlaceholder);
  const nobody = new Set(placeholders.flatMap(namesOf));
  const kept = unlike.filter((photo) => !nobody.has(photo.photo));
  return {
    kept,
    unreadable: inspected.filter(({ fault }) => fault !== null),
    exactDuplicates,
    nearDuplicates: (nobody.size > 0 ? findAlike(kept, NEAR_DUPLICATE_DISTANCE) : alike).map(
      namesOf,
    ),
    placeholders,
  };
}

function isPlaceholder(photos: readonly InspectedPhoto[]): boolean {
  const whole = photos.filter(({ box, group }) => !box && group !== null); // a box names a face
  const groups = new Set(whole.map(({ group }) => group));
  return groups.size >= MANY_GROUPS;
}

function namesOf(photos: readonly InspectedPhoto[]): string[] {
  return photos.map(({ photo }) => photo);
}

function join(photo: Photo, inspection: Inspection | undefined): InspectedPhoto {
  if (inspection?.photo === photo.photo) return { ...photo, ...inspection };
  throw new RangeError(
    `Cannot check the photo ${photo.photo}: the inspection at its place is of ` +
      `${inspection?.photo ?? "none"}. Inspect the same photos in the same order`,
  );
}

function compareLabels(copies: InspectedPhoto[]): Agreement {
  const known = copies.filter(({ group }) => group !== null);
  if (new Set(known.map(({ group }) => group)).size > 1) return "other group";
  return new Set(known.map(({ age }) => age)).size > 1 ? "other age, same group" : "same age";
}

function chooseCopy(copies: InspectedPhoto[]): InspectedPhoto | null {
  if (compareLabels(copies) === "other group") return null;
  return copies.find(({ group }) => group !== null) ?? copies[0]!;
}

function findAlike(labelled: readonly InspectedPhoto[], distance: number): InspectedPhoto[][] {
  const photos = [...new Map(labelled.map((photo) => [photo.photo, photo])).values()];
  const hashes = photos.map(({ hash }) => parseHash(hash!));
  return findCloseGroups(hashes, distance).map((positions) => positions.map((k) => photos[k]!));
}

/** Reads a perceptual hash from its hexadecimal digits. */
export function parseHash(hash: string): Uint32Array {
  return new Uint32Array(Uint8Array.fromHex(hash).buffer);
}

interface IntegrityRow {
  finding: string;
  /** Number of photos, or of groups of equal files. */
  count: number;
  consequence: string;
  examples: string[];
}

/**
 * Summarises the integrity of a data set, one row per finding.
 *
 * @example An empty data set has nothing to report but its size
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(integrityReport(checkIntegrity([], [])).at(-1)!.count, 0);
 * ```
 */
export function integrityReport(integrity: Integrity): IntegrityRow[] {
  const { kept, unreadable, exactDuplicates, nearDuplicates, placeholders } = integrity;
  const faults = Map.groupBy(unreadable, ({ fault }) => fault!);
  const stay = new Set(exactDuplicates.map(({ photos }) => chooseCopy(photos) ?? photos[0]));
  const all = exactDuplicates.flatMap(({ photos }) => photos);
  const dropped = all.filter((photo) => !stay.has(photo));
  const groups = exactDuplicates.length, near = nearDuplicates.length;
  const disagreeing = (agreement: Agreement) =>
    exactDuplicates.filter((group) => group.agreement === agreement)
      .map(({ photos }) => listed(photos.map(({ photo, age }) => `${photo} (${age})`), " = "));
  const age = disagreeing("other age, same group"), group = disagreeing("other group");
  return [
    ...[...faults].sort()
      .map(([fault, photos]) => row(`unreadable: ${fault}`, "dropped", namesOf(photos))),
    row(`exact duplicates, in ${groups} groups of equal files`, "dropped", namesOf(dropped)),
    row("groups of equal files that disagree on age", "see the next two rows", [...age, ...group]),
    row("- on the age, within one age group", "the first stays", age),
    row("- on the age group", "all dropped", group),
    row(
      `near-duplicates, in ${near} groups`,
      "kept; the original's split may part them",
      nearDuplicates,
    ),
    row(
      "one picture under the labels of three age groups or more",
      "all dropped",
      placeholders.map(namesOf),
    ),
    row("photos kept", "used where they have an age group", namesOf(kept)),
  ];
}

/** A row about photos, or about groups of photos, all of which count. */
function row(finding: string, consequence: string, found: (string | string[])[]): IntegrityRow {
  const examples = found.slice(0, 3).map((one) => Array.isArray(one) ? listed(one, " ~ ") : one);
  return { finding, count: found.flat().length, consequence, examples };
}

/** Joins the first few of some names, and tells how many more there are. */
function listed(names: readonly string[], mark: string, count = names.length): string {
  const first = names.slice(0, MOST_NAMES), more = count - first.length;
  return first.join(mark) + (more > 0 ? ` and ${more} more` : "");
}

export interface Finding {
  finding: "unreadable" | "exact duplicate" | "near-duplicate" | "many labels";
  photo: string;
  age: string | null;
  /** The reason why it cannot be read, or the first photos that it is a duplicate of. */
  of: string;
  consequence: "dropped" | "stays";
}

/**
 * Lists every photo with a finding, one row per finding: the details behind {@linkcode integrityReport}.
 *
 * @example Nothing was found about no photos
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(listFindings(checkIntegrity([], [])), []);
 * ```
 */
export function listFindings(
  { kept, unreadable, exactDuplicates, nearDuplicates, placeholders }: Integrity,
): Finding[] {
  const known = new Map(kept.map((photo) => [photo.photo, photo]));
  return [
    ...unreadable.map(({ photo, age, fault }): Finding => (
      { finding: "unreadable", photo, age, of: fault!, consequence: "dropped" }
    )),
    ...exactDuplicates.flatMap(({ photos }) => alikeRows("exact duplicate", photos)),
    ...nearDuplicates.flatMap((names) => (
      alikeRows("near-duplicate", names.map((name) => known.get(name)!))
    )),
    ...placeholders.flatMap((photos) => alikeRows("many labels", photos)),
  ];

  /** A row for each of some photos that are alike: the first few others that it is like, and how many more. */
  function alikeRows(finding: Finding["finding"], photos: readonly InspectedPhoto[]): Finding[] {
    const first = photos.slice(0, MOST_NAMES + 1);
    return photos.map(({ photo, age }, own) => {
      const of = listed(namesOf(first.filter((_, k) => k !== own)), ", ", photos.length - 1);
      return { finding, photo, age, of, consequence: known.has(photo) ? "stays" : "dropped" };
    });
  }
}
