/** Dividing photos into training, validation and test, before any of them becomes a tensor. */
import { range, sum } from "d3";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import { createRandom, type Random, shuffle } from "@/base/random.ts";
import { percent } from "@/base/text.ts";

/** The three parts, in the order of their use. */
export const PARTS = ["train", "validation", "test"] as const;

/** A part of the photos: training, validation or test. */
export type Part = typeof PARTS[number];

/** Shares of the photos, each between 0 and 1; what they leave is the test. */
export interface Shares {
  train: number;
  validation: number;
}

/** The original study's shares. */
export const ORIGINAL_SHARES: Shares = { train: 0.6, validation: 0.2 };

/** Options of a split. */
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
  nearDuplicates?: readonly (readonly string[])[];
}

/** The facts of a photo that a split needs. */
export type Splittable = Pick<Photo, "photo" | "group" | "subject" | "album">;

/** A photo with its part. */
export type SplitPhoto<P extends Splittable = Photo> = P & { part: Part };

/** Numbers of photos of each group (a row) go to each part (a column). */
type Counts = number[][];

/** A splitter divides photos, given in a fixed order, into parts. */
type Splitter = (
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
  nearDuplicates: readonly (readonly string[])[],
) => [Part, readonly Splittable[]][];

const SPLITTERS: Readonly<Record<SplitOptions["kind"], Splitter>> = {
  original: splitAsOriginal,
  photo: splitByPhoto,
  subject: splitBySubject,
};

/** The purpose of each kind's seed. The first two agree where no two photos are alike. */
const DRAWS: Readonly<Record<SplitOptions["kind"], string>> = {
  original: "split by photo",
  photo: "split by photo",
  subject: "split by subject",
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
 * import { split } from "@/study/split.ts";
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
  const splitter = SPLITTERS[kind];
  if (!splitter) {
    throw new RangeError(
      `Cannot split by "${kind}": known are ${Object.keys(SPLITTERS).join(", ")}`,
    );
  }
  const shares = [train, validation, 1 - train - validation];
  const ordered = [...photos].sort((a, b) => a.photo < b.photo ? -1 : 1);
  const placed = splitter(ordered, shares, createRandom(seed, DRAWS[kind]), nearDuplicates);
  const parts = new Map(placed.flatMap(([part, list]) => list.map(({ photo }) => [photo, part])));
  checkFilled(parts, shares);
  return photos.map((photo) => ({ ...photo, part: parts.get(photo.photo)! }));
}

/**
 * Like {@linkcode split}, but returns why it is impossible, such as by person where all photos hang together.
 *
 * @example One photo cannot be split
 * ```ts
 * import { splitIfPossible } from "@/study/split.ts";
 * import { equal } from "node:assert/strict";
 *
 * const photo = { photo: "a.jpg", group: 2 as const, subject: null, album: null };
 * equal(splitIfPossible([photo], { kind: "subject", seed: 7 }).photos, null);
 * ```
 */
export function splitIfPossible<P extends Splittable>(
  photos: readonly P[],
  options: SplitOptions,
): { photos: SplitPhoto<P>[] | null; refusal: string | null } {
  try {
    return { photos: split(photos, options), refusal: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { photos: null, refusal: error.message };
  }
}

function checkShares(train: number, validation: number): void {
  const fits = train > 0 && validation > 0 && train + validation < 1;
  if (fits) return;
  throw new RangeError(
    `Cannot split with train ${train} and validation ${validation}: ` +
      `both must be above 0, and their sum below 1, so that something is left for the test`,
  );
}

/**
 * Checks that each photo has an age group and is listed once.
 *
 * @throws {RangeError} if not
 */
export function checkPhotos(photos: readonly Splittable[]): void {
  const seen = new Set<string>();
  for (const { photo, group } of photos) {
    if (group === null) {
      throw new RangeError(`Cannot split ${photo}: it has no age group; leave it out`);
    }
    if (seen.has(photo)) throw new RangeError(`Cannot split ${photo}: it is listed twice`);
    seen.add(photo);
  }
}

function checkFilled(parts: ReadonlyMap<string, Part>, shares: readonly number[]): void {
  const filled = new Set(parts.values());
  const empty = PARTS.filter((part) => !filled.has(part));
  if (empty.length === 0) return;
  const named = PARTS.map((part, k) => `${part} (${percent(shares[k]!)})`).join(", ");
  throw new RangeError(
    `Cannot split ${parts.size} photos into ${named}: nothing is left for ${
      empty.join(" and ")
    }. ` +
      `At least ${leastPhotos(shares)} photos are needed, since each part needs one. Add photos`,
  );
}

/** The fewest photos of which every part gets one. */
function leastPhotos(shares: readonly number[]): number {
  let count = PARTS.length;
  while (cutEvenly([count], shares)[0]!.includes(0)) count++;
  return count;
}

// As in the original study

function splitAsOriginal(
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
): [Part, readonly Splittable[]][] {
  const groups = groupsOf(photos).map((group) => photos.filter((photo) => photo.group === group));
  const counts = cutEvenly(groups.map(({ length }) => length), shares);
  return groups.flatMap((group, row) => deal(shuffle(group, random), counts[row]!));
}

/** Assigns the first photos to the first part, and so on. */
function deal(photos: Splittable[], counts: readonly number[]): [Part, Splittable[]][] {
  return PARTS.map((part, column) => {
    const start = sum(counts.slice(0, column));
    return [part, photos.slice(start, start + counts[column]!)];
  });
}

/**
 * Cuts sizes into whole numbers as near to the shares as whole numbers allow, by largest remainder:
 * every row adds up to its size, and every column is the share of all.
 */
export function cutEvenly(sizes: readonly number[], shares: readonly number[]): Counts {
  const [columns] = sizes.length > 1 ? cutEvenly([sum(sizes)], shares) : [undefined];
  const counts = sizes.map((size) => shares.map((share) => Math.floor(size * share)));
  for (let left = sum(sizes) - sum(counts.flat()); left > 0; left--) {
    const [row, column] = largestRemainder(counts, sizes, shares, columns);
    counts[row]![column]!++;
  }
  return counts;
}

/** Finds the cell that lacks most, in a row and a column that still lack something. */
function largestRemainder(
  counts: Counts,
  sizes: readonly number[],
  shares: readonly number[],
  columns?: readonly number[],
): [number, number] {
  const lacksRow = (row: number) => sum(counts[row]!) < sizes[row]!;
  const lacksColumn = (column: number) =>
    !columns || sum(counts, (row) => row[column]) < columns[column]!;
  const cells = counts.flatMap((row, r) => row.map((_, c) => [r, c] as [number, number]));
  const remainder = ([r, c]: [number, number]) => sizes[r]! * shares[c]! - counts[r]![c]!;
  return cells.filter(([r, c]) => lacksRow(r) && lacksColumn(c))
    .reduce((best, cell) => remainder(cell) > remainder(best) + 1e-9 ? cell : best);
}

// By photo, what is alike together

function splitByPhoto(
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
  nearDuplicates: readonly (readonly string[])[],
): [Part, readonly Splittable[]][] {
  const alike = [...nearDuplicates, ...copiesByName(photos)];
  const sets = connected(photos, alike).filter(({ length }) => length > 1);
  const groups = groupsOf(photos), together = new Set(sets.flat());
  const counts = cutEvenly(countGroups(photos, groups), shares);
  const placed = placeWhole(sets, photos, shares, random);
  const left = groups.map((group, row) => {
    const taken = PARTS.map((part) => countOf(placed, part, group));
    return withoutTaken(counts[row]!, taken);
  });
  const single = groups.map((group) =>
    photos.filter((photo) => photo.group === group && !together.has(photo))
  );
  return [...placed, ...single.flatMap((own, row) => deal(shuffle(own, random), left[row]!))];
}

/** Assigns whole sets of photos to the parts. */
function placeWhole(
  sets: readonly Splittable[][],
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
): [Part, readonly Splittable[]][] {
  const parts = placeSets(sets, photos, shares, random);
  return sets.map((set, k) => [PARTS[parts[k]!]!, set]);
}

function countOf(
  placed: readonly [Part, readonly Splittable[]][],
  part: Part,
  group: AgeGroup,
): number {
  const own = placed.filter(([of]) => of === part).flatMap(([, set]) => set);
  return own.filter((photo) => photo.group === group).length;
}

/** The rest of a group's counts; where whole sets took too much of a part, the others have less left. */
function withoutTaken(counts: readonly number[], taken: readonly number[]): number[] {
  const left = counts.map((count, part) => Math.max(0, count - taken[part]!));
  for (let surplus = sum(left) - (sum(counts) - sum(taken)); surplus > 0; surplus--) {
    left[left.indexOf(Math.max(...left))]!--;
  }
  return left;
}

/** The endings of photos; some have two, such as `.jpg.chip.jpg`. */
const ENDINGS = /(\.(jpe?g|jpe|jfif|png|gif|bmp|webp|chip))+$/i;

/**
 * Groups copies by name: the same name in another folder or with another ending, the same age group, person and album.
 */
export function copiesByName(photos: readonly Splittable[]): string[][] {
  const named = Map.groupBy(photos, ({ photo, group, subject, album }) => {
    const name = photo.slice(photo.lastIndexOf("/") + 1).normalize("NFC").toLowerCase();
    return JSON.stringify([name.replace(ENDINGS, ""), group, subject, album]);
  });
  return [...named.values()].map((copies) => copies.map(({ photo }) => photo));
}

// By subject

function splitBySubject(
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
  nearDuplicates: readonly (readonly string[])[],
): [Part, readonly Splittable[]][] {
  const sets = connectedPhotos(photos, [...nearDuplicates, ...copiesByName(photos)]);
  if (sets.length < PARTS.length) throw tooConnected(photos.length, sets.length);
  return placeWhole(sets, photos, shares, random);
}

/**
 * Assigns whole sets of photos to places of these shares, the largest sets first.
 *
 * @returns the place of each set
 */
export function placeSets(
  sets: readonly Splittable[][],
  photos: readonly Splittable[],
  shares: readonly number[],
  random: Random,
): number[] {
  const order = shuffle([...sets.keys()], random)
    .sort((a, b) => sets[b]!.length - sets[a]!.length);
  const groups = groupsOf(photos), counts = order.map((k) => countGroups(sets[k]!, groups));
  const placed = placeCounts(counts, countGroups(photos, groups), shares);
  const places: number[] = Array(sets.length);
  order.forEach((k, at) => places[k] = placed[at]!);
  return places;
}

/**
 * Assigns each set of photos, given by its group counts, to the part that most lacks those groups. It
 * compares shares, not counts, so that a small group weighs as much as a large one.
 */
function placeCounts(
  sets: Counts,
  totals: readonly number[],
  shares: readonly number[],
): number[] {
  const lacking = shares.map((share) => totals.map(() => share));
  const filled = new Set<number>();
  return sets.map((counts, index) => {
    const portions = counts.map((count, group) => count / totals[group]!);
    const open = openParts(shares.length, filled, sets.length - index);
    const need = (part: number) => sum(portions, (portion, g) => portion * lacking[part]![g]!);
    const part = open.reduce((best, part) => need(part) > need(best) ? part : best);
    lacking[part] = lacking[part]!.map((lack, group) => lack - portions[group]!);
    filled.add(part);
    return part;
  });
}

/** Lists the parts that may take the next set: the empty ones alone once no more sets are left than those. */
function openParts(parts: number, filled: ReadonlySet<number>, setsLeft: number): number[] {
  const empty = range(parts).filter((part) => !filled.has(part));
  return empty.length >= setsLeft ? empty : range(parts);
}

/**
 * Groups photos that are connected through persons, albums or near-duplicates: the smallest sets that may
 * go to different parts.
 */
export function connectedPhotos<P extends Pick<Photo, "photo" | "subject" | "album">>(
  photos: readonly P[],
  nearDuplicates: readonly (readonly string[])[] = [],
): P[][] {
  const named = [({ subject }: P) => subject, ({ album }: P) => album].flatMap((key) => (
    groupKnown(photos, key).map((own) => own.map(({ photo }) => photo))
  ));
  return connected(photos, [...named, ...nearDuplicates]);
}

/** Groups what has the same value of a key; what has none is left out. */
function groupKnown<T>(items: readonly T[], key: (item: T) => string | null): T[][] {
  return [...Map.groupBy(items.filter((item) => key(item) !== null), key).values()];
}

/** Groups photos that are in one group, directly or through others, by union and find. */
function connected<P extends { photo: string }>(
  photos: readonly P[],
  groups: readonly (readonly string[])[],
): P[][] {
  const parents = new Map<string, string>();
  const find = (item: string): string => {
    let root = item;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    if (root !== item) parents.set(item, root); // shortens the way for the next
    return root;
  };
  for (const [first, ...others] of groups) {
    for (const other of others) {
      const [root, otherRoot] = [find(first!), find(other)];
      if (root !== otherRoot) parents.set(root, otherRoot);
    }
  }
  return [...Map.groupBy(photos, ({ photo }) => find(photo)).values()];
}

function tooConnected(photos: number, sets: number): RangeError {
  return new RangeError(
    `Cannot split ${photos} photos by subject (person): linked by persons, albums and ` +
      `near-duplicates, they form only ${sets} set${
        sets === 1 ? "" : "s"
      }, and three parts need three. ` +
      `Split by photo, or add photos of other people`,
  );
}

/** The age groups among photos, the youngest first. */
export function groupsOf(photos: readonly Splittable[]): AgeGroup[] {
  return [...new Set(photos.map(({ group }) => group!))].sort((a, b) => a - b);
}

/** Counts the photos of each of these groups. */
export function countGroups(photos: readonly Splittable[], groups: readonly AgeGroup[]): number[] {
  return groups.map((group) => photos.filter((photo) => photo.group === group).length);
}

// What a split comes to

/** A row of {@linkcode groupsByPart}. */
export interface PartGroup {
  part: Part;
  group: AgeGroup;
  photos: number;
  /** Share of the part's photos that are of the group, 0 to 1. */
  share: number;
}

/** Counts the photos of every group in every part, with the group's share of the part. */
export function groupsByPart(photos: readonly SplitPhoto<Splittable>[]): PartGroup[] {
  const groups = groupsOf(photos);
  return PARTS.flatMap((part) => {
    const inPart = photos.filter((photo) => photo.part === part);
    const counts = countGroups(inPart, groups);
    const share = (count: number) => inPart.length === 0 ? 0 : count / inPart.length;
    return groups.map((group, g) => (
      { part, group, photos: counts[g]!, share: share(counts[g]!) }
    ));
  });
}

/** A group's photos in each part, and their share of the part. */
export type PartRow = { group: string } & Record<Part, number> & Record<`share of ${Part}`, string>;

/**
 * Tabulates the photos of each group in each part, one row per group: their number, and their share of
 * the part.
 *
 * @example One group in three parts
 * ```ts
 * import { partTable } from "@/study/split.ts";
 * import { equal } from "node:assert/strict";
 *
 * const nobody = { group: 2 as const, subject: null, album: null };
 * const rows = partTable([{ photo: "a.jpg", part: "train", ...nobody }]);
 * equal(rows[0]?.["share of train"], "100.0%");
 * ```
 */
export function partTable(photos: readonly SplitPhoto<Splittable>[]): PartRow[] {
  const groups = Map.groupBy(groupsByPart(photos), ({ group }) => group);
  return [...groups].map(([group, parts]) => {
    const counts = parts.map(({ part, photos }) => [part, photos]);
    const shares = parts.map(({ part, share }) => [`share of ${part}`, percent(share)]);
    return { group: AGE_GROUPS[group].name, ...Object.fromEntries([...counts, ...shares]) };
  });
}

/** The persons with photos in two parts of a split. */
export interface SharedSubjects {
  /** For each pair of parts, how many persons have photos in both. */
  pairs: { parts: [Part, Part]; subjects: number }[];
  /**
   * Share of the test photos, among those whose person is known, that show a person who is in
   * training too, 0 to 1; null if no person in a test photo is known.
   */
  testShare: number | null;
}

/**
 * Counts the persons with photos in two parts of a split, and the share of test photos that show a person
 * from training: how far the test measures recognising persons.
 *
 * @example One of two test photos shows a person of the training
 * ```ts
 * import { sharedSubjects } from "@/study/split.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(sharedSubjects([
 *   { subject: "anna", part: "train" },
 *   { subject: "anna", part: "test" },
 *   { subject: "bert", part: "test" },
 * ]).testShare, 0.5);
 * ```
 */
export function sharedSubjects(
  photos: readonly { subject: string | null; part: Part }[],
): SharedSubjects {
  const known = photos.filter(({ subject }) => subject !== null);
  const subjectsOf = (part: Part) =>
    new Set(known.filter((photo) => photo.part === part).map(({ subject }) => subject));
  const subjects = {
    train: subjectsOf("train"),
    validation: subjectsOf("validation"),
    test: subjectsOf("test"),
  };
  const tested = known.filter(({ part }) => part === "test");
  const seen = tested.filter(({ subject }) => subjects.train.has(subject));
  return {
    pairs: PAIRS.map(([, [one, other]]) => (
      { parts: [one, other], subjects: subjects[one].intersection(subjects[other]).size }
    )),
    testShare: tested.length === 0 ? null : seen.length / tested.length,
  };
}

/** The things of one kind that stand in two parts of a split: numbers of persons, albums, or sets of photos. */
export type TwoSidesRow =
  & { "on two sides": string; of: number }
  & Record<typeof PAIRS[number][0], number>;

/** The pairs of parts, by their names. */
const PAIRS = [
  ["training and validation", ["train", "validation"]],
  ["training and test", ["train", "test"]],
  ["validation and test", ["validation", "test"]],
] as const;

/**
 * Counts the persons, the groups of near-duplicates and the albums with photos in more than one part of a
 * split: a row for each, with how many there are in all. Near-duplicates are known of every data set, persons
 * and albums only if its labels name them.
 *
 * @param photos the photos with their parts
 * @param nearDuplicates the groups of near-duplicates, by the photos' paths
 *
 * @example One person in training and in test, nobody's album known
 * ```ts
 * import { twoSides } from "@/study/split.ts";
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
export function twoSides(
  photos: readonly SplitPhoto<Splittable>[],
  nearDuplicates: readonly (readonly string[])[],
): TwoSidesRow[] {
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
  const counts = PAIRS.map(([name, pair]) => [
    name,
    sets.filter((set) => pair.every((part) => set.includes(part))).length,
  ]);
  return { "on two sides": what, of: sets.length, ...Object.fromEntries(counts) };
}
