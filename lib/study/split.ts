/** Dividing photos into training, validation and test, before any of them becomes a tensor. */
import { cross, sum } from "d3";
import type { Photo } from "@/dataset/photo.ts";
import { createRandom, type Random, shuffle } from "@/base/random.ts";
import { percent } from "@/base/text.ts";
import { connected, connectedPhotos, copiesByName, countGroups } from "@/study/photo_sets.ts";
import { groupsOf, placeSets, type Splittable } from "@/study/photo_sets.ts";

/** The three parts, in the order of their use. */
export const PARTS = ["train", "validation", "test"] as const;

export type Part = typeof PARTS[number];

/** Shares of the photos, each between 0 and 1; what they leave is the test. */
export type Shares = { train: number; validation: number };

export const ORIGINAL_SHARES: Shares = { train: 0.6, validation: 0.2 };

export interface SplitOptions {
  /**
   * `original`: each group is shuffled and cut, as in the original study, which leaks: near-duplicates and
   * photos of one person may stand in two parts. `photo`: the same, but near-duplicates and copies by name
   * stay in one part. `subject`: no person and no album stands in two parts, either.
   */
  kind: "original" | "photo" | "subject";
  /** The same seed and photos give the same parts, whatever the photos' order. */
  seed: number;
  /** By default those of the original study. */
  shares?: Shares;
  /** Groups of near-duplicates: all but `original` keep each in one part. Absent photos are ignored. */
  nearDuplicates?: Alike;
}

/** A photo with its part. */
export type SplitPhoto<P extends Splittable = Photo> = P & { part: Part };

type Sets = Splittable[][];

/** Groups of the names of photos that are alike. */
export type Alike = readonly (readonly string[])[];

/** The sets of photos that stay whole, of photos and the groups of those that are alike, by the kind of split. */
const WHOLE: Record<SplitOptions["kind"], (photos: Splittable[], alike: Alike) => Sets> = {
  original: () => [],
  photo: (photos, alike) => connected(photos, alike).filter(({ length }) => length > 1),
  subject: (photos, alike) => {
    const sets = connectedPhotos(photos, alike);
    if (sets.length >= PARTS.length) return sets;
    const linked = `${sets.length} set${sets.length === 1 ? "" : "s"}`;
    throw new RangeError(
      `Cannot split ${photos.length} photos by subject (person): linked by persons, albums and near-duplicates, ` +
        `they form only ${linked}, and three parts need three. Split by photo, or add photos of other people`,
    );
  },
};

/**
 * Divides photos into training, validation and test so that every age group keeps its share in each,
 * exactly with `original`, and as closely as whole persons or groups of near-duplicates allow with the others.
 *
 * @throws {RangeError} if a share is not between 0 and 1, a photo has no group or is listed twice,
 * or there is too little to fill three parts
 *
 * @example Sixty, twenty, twenty
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const photos = Array.from({ length: 10 }, (_, number) => (
 *   { photo: `${number}.jpg`, group: 2 as const, subject: null, album: null }
 * ));
 * const parts = split(photos, { kind: "photo", seed: 7 });
 * equal(parts.filter(({ part }) => part === "train").length, 6);
 * equal(parts.filter(({ part }) => part === "test").length, 2);
 * ```
 */
export function split<P extends Splittable>(
  photos: readonly P[],
  { kind, seed, shares: { train, validation } = ORIGINAL_SHARES, nearDuplicates = [] }:
    SplitOptions,
): SplitPhoto<P>[] {
  checkShares(train, validation);
  checkPhotos(photos);
  if (!WHOLE[kind]) {
    throw new RangeError(`Cannot split by "${kind}": known are ${Object.keys(WHOLE).join(", ")}`);
  }
  const shares = [train, validation, 1 - train - validation], ordered = inOrder(photos);
  const sets = WHOLE[kind](ordered, [...nearDuplicates, ...copiesByName(ordered)]);
  // by photo is the original's where no two photos are alike
  const random = createRandom(seed, `split by ${kind === "subject" ? kind : "photo"}`);
  const parts = assignParts(ordered, sets, shares, random);
  checkFilled(parts, shares);
  return photos.map((photo) => ({ ...photo, part: parts.get(photo.photo)! }));
}

/** Sorts photos by their paths, so that their order does not matter. */
export function inOrder<P extends { photo: string }>(photos: readonly P[]): P[] {
  return photos.toSorted((a, b) => a.photo < b.photo ? -1 : 1);
}

/**
 * Like {@linkcode split}, but returns why it is impossible, such as by person where all photos hang together.
 *
 * @example One photo cannot be split
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const photo = { photo: "a.jpg", group: 2 as const, subject: null, album: null };
 * equal(splitIfPossible([photo], { kind: "subject", seed: 7 }).photos, null);
 * ```
 */
export function splitIfPossible<P extends Splittable>(photos: readonly P[], options: SplitOptions) {
  const [made, refusal] = orRefusal(() => split(photos, options));
  return { photos: made, refusal };
}

/** Returns what is made, or why it cannot be; other errors are thrown. */
export function orRefusal<T>(make: () => T): [made: T | null, refusal: string | null] {
  try {
    return [make(), null];
  } catch (error) {
    if (error instanceof RangeError) return [null, error.message];
    throw error;
  }
}

function checkShares(train: number, validation: number): void {
  if (train > 0 && validation > 0 && train + validation < 1) return;
  throw new RangeError(
    `Cannot split with train ${train} and validation ${validation}: ` +
      `both must be above 0, and their sum below 1, so that something is left for the test`,
  );
}

/** Throws a RangeError unless each photo has an age group and is listed once. */
export function checkPhotos(photos: readonly Splittable[]): void {
  const seen = new Set<string>();
  for (const { photo, group } of photos) {
    const refuse = (why: string) => new RangeError(`Cannot split ${photo}: ${why}`);
    if (group === null) throw refuse("it has no age group; leave it out");
    if (seen.has(photo)) throw refuse("it is listed twice");
    seen.add(photo);
  }
}

function checkFilled(parts: ReadonlyMap<string, Part>, shares: readonly number[]): void {
  const filled = new Set(parts.values());
  const empty = PARTS.filter((part) => !filled.has(part)).join(" and ");
  if (!empty) return;
  const named = PARTS.map((part, k) => `${part} (${percent(shares[k]!)})`).join(", ");
  const least = leastPhotos(shares);
  const why = parts.size < least
    ? `. At least ${least} photos are needed, since each part needs one. Add photos`
    : ". Copies and near-duplicates stay in one part. Add other photos";
  throw new RangeError(
    `Cannot split ${parts.size} photos into ${named}: nothing is left for ${empty}${why}`,
  );
}

/** The fewest photos of which every part gets one. */
function leastPhotos(shares: readonly number[]): number {
  let count = PARTS.length;
  while (cutEvenly([count], shares)[0]!.includes(0)) count++;
  return count;
}

/** Assigns the whole sets to the parts, and deals the other photos so that each group has its share. */
function assignParts(photos: Splittable[], sets: Sets, shares: number[], random: Random) {
  const parts = new Map<string, Part>(), groups = groupsOf(photos);
  const assign = (some: Splittable[], part: number) => (
    some.forEach(({ photo }) => parts.set(photo, PARTS[part]!))
  );
  placeSets(sets, photos, shares, random).forEach((part, k) => assign(sets[k]!, part));
  const wanted = cutEvenly(countGroups(photos, groups), shares);
  for (const [row, group] of groups.entries()) {
    const own = photos.filter((photo) => photo.group === group);
    const whole = own.map(({ photo }) => parts.get(photo));
    const taken = PARTS.map((part) => whole.filter((one) => one === part).length);
    const single = shuffle(own.filter((_, k) => !whole[k]), random);
    const left = withoutTaken(wanted[row]!, taken);
    left.forEach((count, part) => assign(single.splice(0, count), part));
  }
  return parts;
}

/** The rest of a group's counts; where whole sets took too much of a part, the others have less left. */
function withoutTaken(counts: readonly number[], taken: readonly number[]): number[] {
  const left = counts.map((count, part) => Math.max(0, count - taken[part]!));
  for (let surplus = sum(left) - (sum(counts) - sum(taken)); surplus > 0; surplus--) {
    left[left.indexOf(Math.max(...left))]!--;
  }
  return left;
}

/** Cuts sizes into whole numbers, by largest remainder: a row adds up to its size, a column is its share of all. */
export function cutEvenly(sizes: readonly number[], shares: readonly number[]): number[][] {
  const [columns] = sizes.length > 1 ? cutEvenly([sum(sizes)], shares) : [undefined];
  const counts = sizes.map((size) => shares.map((share) => Math.floor(size * share)));
  const cells = cross(sizes.keys(), shares.keys());
  const lacksRow = (row: number) => sum(counts[row]!) < sizes[row]!;
  const lacksColumn = (column: number) =>
    !columns || sum(counts, (row) => row[column]) < columns[column]!;
  const remainder = ([r, c]: [number, number]) => sizes[r]! * shares[c]! - counts[r]![c]!;
  for (let left = sum(sizes) - sum(counts.flat()); left > 0; left--) {
    const [row, column] = cells.filter(([r, c]) => lacksRow(r) && lacksColumn(c))
      .reduce((best, cell) => remainder(cell) > remainder(best) + 1e-9 ? cell : best);
    counts[row]![column]!++;
  }
  return counts;
}
