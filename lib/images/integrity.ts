/**
 * Which photos a study can use: readable, without exact duplicates, and labelled consistently.
 *
 * @module
 */
import type { Inspection } from "@/images/inspection.ts";
import { findClosePairs } from "@/images/perceptual_hash.ts";
import type { Photo } from "@/dataset/photo.ts";

/** A labelled photo with the inspection of its file. */
export type InspectedPhoto = Photo & Inspection;

/** Whether the labels of exact duplicates agree on the age. */
export type Agreement = "same age" | "other age, same group" | "other group";

/** Exact duplicates: photos whose files are equal byte for byte. */
export interface DuplicateGroup {
  md5: string;
  agreement: Agreement;
  photos: InspectedPhoto[];
}

/** Near-duplicates: two different files that show nearly the same picture. */
export type NearDuplicates = [string, string];

/** The photos of a data set: those that a study can use, and the findings about the others. */
export interface Integrity {
  /** Readable photos, one of each file, and none whose copies are labelled with two age groups. */
  kept: InspectedPhoto[];
  /** Unreadable photos; `fault` says why. */
  unreadable: InspectedPhoto[];
  /** The groups of equal files, by their first photo. */
  exactDuplicates: DuplicateGroup[];
  /** Pairs of near-duplicates among the kept photos; they stay, but belong in one part of a split. */
  nearDuplicates: NearDuplicates[];
}

/** How many of the 256 bits of their hashes may differ between near-duplicates. */
const NEAR_DUPLICATE_DISTANCE = 20;

/**
 * Checks the photos of a data set: drops unreadable ones and exact duplicates, and notes near-duplicates.
 *
 * Of equal files the first with an age group stays, otherwise the first. If the copies are labelled with
 * two age groups none stays, because nobody knows which label is correct.
 *
 * @param photos the labelled photos
 * @param inspections the inspection of each file, in the same order
 * @throws {RangeError} if an inspection is of another photo
 */
export function checkIntegrity(
  photos: readonly Photo[],
  inspections: readonly Inspection[],
): Integrity {
  const inspected = photos.map((photo, k) => join(photo, inspections[k]));
  const readable = inspected.filter(({ fault }) => fault === null);
  const files = Map.groupBy(readable, ({ md5 }) => md5);
  const exactDuplicates = [...files.values()].filter((copies) => copies.length > 1).map(
    toDuplicateGroup,
  );
  const chosen = new Set([...files.values()].flatMap((copies) => chooseCopy(copies) ?? []));
  const kept = readable.filter((photo) => chosen.has(photo));
  return {
    kept,
    unreadable: inspected.filter(({ fault }) => fault !== null),
    exactDuplicates,
    nearDuplicates: findNearDuplicates(kept),
  };
}

function join(photo: Photo, inspection: Inspection | undefined): InspectedPhoto {
  if (inspection?.photo === photo.photo) return { ...photo, ...inspection };
  throw new RangeError(
    `Cannot check the photo ${photo.photo}: the inspection at its place is of ` +
      `${inspection?.photo ?? "none"}. Inspect the same photos in the same order`,
  );
}

function toDuplicateGroup(photos: InspectedPhoto[]): DuplicateGroup {
  return { md5: photos[0]!.md5, agreement: compareLabels(photos), photos };
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

function findNearDuplicates(photos: InspectedPhoto[]): NearDuplicates[] {
  const hashes = photos.map(({ hash }) => parseHash(hash!));
  return findClosePairs(hashes, NEAR_DUPLICATE_DISTANCE)
    .map(([a, b]) => [photos[a]!.photo, photos[b]!.photo]);
}

function parseHash(hash: string): Uint32Array {
  const bytes = hash.match(/../g)!.map((digits) => parseInt(digits, 16));
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

/** A row of the report: what was found, in how many photos, the consequence, and examples. */
export interface IntegrityRow {
  finding: string;
  /** Number of photos, or of pairs or groups of photos. */
  count: number;
  consequence: string;
  examples: string[];
}

/**
 * Summarises the integrity of a data set, one row per finding.
 *
 * @example An empty data set has nothing to report but its size
 * ```ts
 * import { integrityReport, checkIntegrity } from "@/images/integrity.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(integrityReport(checkIntegrity([], [])).at(-1)!.count, 0);
 * ```
 */
export function integrityReport(integrity: Integrity): IntegrityRow[] {
  const { kept, unreadable, exactDuplicates, nearDuplicates } = integrity;
  const faults = Map.groupBy(unreadable, ({ fault }) => fault!);
  const stay = new Set(exactDuplicates.map(({ photos }) => chooseCopy(photos) ?? photos[0]));
  const dropped = exactDuplicates.flatMap(({ photos }) =>
    photos.filter((photo) => !stay.has(photo))
  );
  const disagreeing = (agreement: Agreement) =>
    exactDuplicates.filter((group) => group.agreement === agreement);
  const age = disagreeing("other age, same group"), group = disagreeing("other group");
  return [
    ...[...faults].sort().map(([fault, photos]) => row(`unreadable: ${fault}`, "dropped", photos)),
    row(`exact duplicates, in ${exactDuplicates.length} groups of equal files`, "dropped", dropped),
    row("groups of equal files that disagree on age", "see the next two", [...age, ...group]),
    row("- on the age, within one age group", "the first stays", age),
    row("- on the age group", "all dropped", group),
    row("pairs of near-duplicates", "stay, on one side of a split", nearDuplicates),
    row("photos kept", "used where they have an age group", kept),
  ];
}

/** A photo with a finding. */
export interface Finding {
  finding: "unreadable" | "exact duplicate" | "near-duplicate";
  photo: string;
  age: string | null;
  /** Why it cannot be read, or the photos that it is a duplicate of. */
  of: string;
  consequence: "dropped" | "stays";
}

/**
 * Lists every photo with a finding, one row per finding: the details behind {@linkcode integrityReport}.
 *
 * @example Nothing was found about no photos
 * ```ts
 * import { checkIntegrity, listFindings } from "@/images/integrity.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(listFindings(checkIntegrity([], [])), []);
 * ```
 */
export function listFindings(
  { kept, unreadable, exactDuplicates, nearDuplicates }: Integrity,
): Finding[] {
  const known = new Map(kept.map((photo) => [photo.photo, photo]));
  const copies = exactDuplicates.flatMap(({ photos }) =>
    photos.map((photo) => ({ photo, copies: photos }))
  );
  return [
    ...unreadable.map(({ photo, age, fault }): Finding => (
      { finding: "unreadable", photo, age, of: fault!, consequence: "dropped" }
    )),
    ...copies.map(({ photo: { photo, age }, copies }): Finding => ({
      finding: "exact duplicate",
      photo,
      age,
      of: copies.filter((other) => other.photo !== photo).map(({ photo }) => photo).join(", "),
      consequence: known.has(photo) ? "stays" : "dropped",
    })),
    ...nearDuplicates.map(([photo, of]): Finding => (
      { finding: "near-duplicate", photo, age: known.get(photo)!.age, of, consequence: "stays" }
    )),
  ];
}

type Found = InspectedPhoto | DuplicateGroup | NearDuplicates;

function row(finding: string, consequence: string, found: Found[]): IntegrityRow {
  return { finding, count: found.length, consequence, examples: found.slice(0, 3).map(describe) };
}

function describe(found: Found): string {
  if (Array.isArray(found)) return found.join(" ~ ");
  if ("photos" in found) {
    return found.photos.map(({ photo, age }) => `${photo} (${age})`).join(" = ");
  }
  return found.photo;
}
