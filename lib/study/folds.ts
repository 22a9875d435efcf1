/** Folds: photos in as many parts as there are to be tests, so that every photo is in the test once. */
import { mode, sort } from "d3";
import type { Photo } from "@/dataset/photo.ts";
import { createRandom, type Random } from "@/base/random.ts";
import { connectedPhotos, copiesByName, placeSets, type Splittable } from "@/study/photo_sets.ts";
import type { Part, SplitOptions } from "@/study/split.ts";
import { checkPhotos, inOrder, ORIGINAL_SHARES, PARTS } from "@/study/split.ts";

/** Ways to divide photos: into three parts at once, or into folds, one of which is the test. */
export type SplitKind = SplitOptions["kind"] | "folds";

/** The ways to split photos into three parts at once. */
export const WHOLE_SPLITS = ["photo", "subject", "original"] as const;

/**
 * Reads how photos are to be split into three parts at once.
 *
 * @throws {RangeError} if it is no such way, saying what takes folds
 */
export function readWholeSplit(text: string): SplitOptions["kind"] {
  const kind = WHOLE_SPLITS.find((kind) => kind === text);
  if (kind) return kind;
  const folds =
    "Folds are for one model: `deno task cross-validate MODEL` trains it for all of them, " +
    "`deno task train MODEL --split folds --fold 0` for one. ";
  throw new RangeError(
    `${text === "folds" ? folds : ""}Write original (leaks), photo (near-duplicates together), ` +
      "or subject (persons, too)",
  );
}

/** The number of folds where the data name none, unless told otherwise. */
export const FOLDS = 5;

/** The folds, and the one that is the test. */
export interface FoldChoice {
  /** The number of the test's fold: the data's own, or from 0. */
  test: number;
  /** The number of folds to make; if left out, those that the data name, otherwise five. */
  count?: number;
}

/** The test's fold of a run, and how many there are. */
export interface Fold {
  test: number;
  of: number;
  /** True if the data name them, as Adience's five files do; otherwise they are made from a seed. */
  named: boolean;
}

/** The setting that divides photos as those of a run were. */
export function foldChoice({ test, of, named }: Fold): FoldChoice {
  return { test, ...(!named && { count: of }) };
}

export type Foldable = Splittable & Pick<Photo, "fold">;

type FoldOptions = Pick<FoldChoice, "count"> & Pick<SplitOptions, "seed" | "nearDuplicates">;

/**
 * Divides photos into folds: those that the data name if every photo has one, otherwise new ones. No person, album,
 * near-duplicate or copy by name stands in two. New folds have each age group's share, as nearly as whole sets of
 * photos allow. Of named folds, a set that stands in several goes whole to the one that has most of it.
 *
 * @returns the fold of each photo by its path, the folds' numbers in order, whether the data name them, and the photos
 * that are not in the fold that the data name
 * @throws {RangeError} if some photos name a fold and others do not, or there is too little to fill the folds
 */
export function assignFolds(
  photos: readonly Foldable[],
  { seed, count, nearDuplicates = [] }: FoldOptions,
) {
  checkPhotos(photos);
  const named = count === undefined && areNamed(photos);
  const ordered = inOrder(photos);
  const sets = connectedPhotos(ordered, [...nearDuplicates, ...copiesByName(ordered)]);
  const shares = Array<number>(count ?? FOLDS).fill(1 / (count ?? FOLDS));
  const places = named ? sets.map(namedFold) : place(sets, shares, createRandom(seed, "folds"));
  const folds = new Map(sets.flatMap((set, k) => set.map(({ photo }) => [photo, places[k]!])));
  const numbers = sort(new Set(folds.values()));
  if (numbers.length < 2) {
    throw new RangeError(
      `All ${photos.length} photos are in one fold, and cross-validation needs two: correct the folds that the ` +
        `data name, or make new ones with --folds ${FOLDS}`,
    );
  }
  const moved = ordered.filter(({ photo, fold }) => named && fold !== folds.get(photo));
  return { folds, numbers, named, moved: moved.map(({ photo }) => photo) };
}

/** Tells whether the data name a fold for every photo; some alone is an error. */
function areNamed(photos: readonly Foldable[]): boolean {
  const without = photos.filter(({ fold }) => fold === null);
  if (without.length === 0 || without.length === photos.length) return without.length === 0;
  const example = without[0]!.photo;
  throw new RangeError(
    `Cannot use the folds that the data name: ${without.length} of ${photos.length} photos have none, ` +
      `such as ${example}. Complete their labels, or make new folds with --folds ${FOLDS}`,
  );
}

/** The fold that most photos of a set are in, the first of equals. */
function namedFold(set: readonly Foldable[]): number {
  return mode(sort(set, ({ fold }) => fold), ({ fold }) => fold);
}

/** The place of each set; a RangeError if there are fewer sets than places. */
function place(sets: readonly Foldable[][], shares: readonly number[], random: Random): number[] {
  const photos = sets.flat(), { length } = sets;
  if (length >= shares.length) return placeSets(sets, photos, shares, random);
  const linked = `${length} set${length === 1 ? "" : "s"}`;
  throw new RangeError(
    `Cannot divide ${photos.length} photos into ${shares.length} folds: linked by persons, albums and ` +
      `near-duplicates, they form only ${linked}. Make fewer folds, or add photos of other people`,
  );
}

/**
 * Divides photos for one fold: that one is the test, and of the others, whole sets of photos that hang together are
 * kept for validation, so that each age group has its share there.
 *
 * @param options.shares the ratio of training to validation, by default three to one as in the original study
 * @returns the photos with their part and their fold, and the fold
 * @throws {RangeError} if there is no such fold, or too little for training and validation
 */
export function splitByFold<P extends Foldable>(
  photos: readonly P[],
  { test, shares: { train, validation } = ORIGINAL_SHARES, ...options }:
    & FoldChoice
    & Omit<SplitOptions, "kind">,
): { photos: (P & { part: Part; fold: number })[]; fold: Fold } {
  const { folds, numbers, named } = assignFolds(photos, options);
  if (!numbers.includes(test)) {
    throw new RangeError(`There is no fold ${test}: the folds are ${numbers.join(", ")}`);
  }
  const others = inOrder(photos.filter(({ photo }) => folds.get(photo) !== test));
  const sets = connectedPhotos(others, [...options.nearDuplicates ?? [], ...copiesByName(others)]);
  const ratio = [train, validation].map((share) => share / (train + validation));
  const places = place(sets, ratio, createRandom(options.seed, `validation of fold ${test}`));
  const parts = new Map(
    sets.flatMap((set, k) => set.map(({ photo }) => [photo, PARTS[places[k]!]])),
  );
  return {
    photos: photos.map((photo) => (
      { ...photo, part: parts.get(photo.photo) ?? "test", fold: folds.get(photo.photo)! }
    )),
    fold: { test, of: numbers.length, named },
  };
}
