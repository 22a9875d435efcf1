/** From a folder of photos to training, validation and test. */
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { type Examples, examplesOf } from "@/study/batches.ts";
import type { DataSet } from "@/dataset/data_set.ts";
import { inspectPhotos } from "@/images/inspection.ts";
import type { Finding, InspectedPhoto, NearDuplicates } from "@/images/integrity.ts";
import { checkIntegrity, listFindings } from "@/images/integrity.ts";
import { interruptible } from "@/base/interruption.ts";
import { logOnly } from "@/base/progress.ts";
import { openData } from "@/study/open_data.ts";
import type { Photo } from "@/dataset/photo.ts";
import { fingerprintOf, learnedPhotos } from "@/study/fingerprint.ts";
import type { Fold, FoldChoice, SplitKind } from "@/study/folds.ts";
import { assignFolds, splitByFold } from "@/study/folds.ts";
import { orRefusal, type Part, type Shares, split, type SplitPhoto } from "@/study/split.ts";
import { makeSquares, type Squares } from "@/images/square_store.ts";
import { tellSplit } from "@/study/two_sides.ts";
import { nothingUsable, tellUsable } from "@/study/usable.ts";

/** The photos of a study, their size and their split. */
export interface StudyOptions {
  /** The folder of photos; by default the sample. */
  folder?: string;
  /** Width and height of the squares in pixels. */
  side: number;
  split: SplitKind;
  /** The folds, and the one that is the test, if photos are divided into folds; by default the first of five. */
  fold?: FoldChoice;
  /** By default the original study's. */
  shares?: Shares;
  /** The same for all runs to be compared. */
  splitSeed?: number;
  /** True if faces are found first, for whole photos; else each photo is taken as it is. */
  faces?: FaceChoice;
  /** The signal of the work that this is part of, if any. */
  signal?: AbortSignal;
  /** Trains anew, beside the old runs, where photos or labels have changed since. */
  fresh?: boolean;
}

const SPLIT_SEED = 7;

/** The settings of dividing photos that are open already. */
type Division = Omit<StudyOptions, "folder" | "side" | "signal" | "faces">;

/** The treatment of faces: they are found, aligned and cropped as UTKFace's are. */
export type FaceChoice = "find";

/** A data set, ready for training. */
export interface Study extends Pick<StudyOptions, "side" | "split" | "shares" | "fresh"> {
  data: DataSet;
  /** The fold that is the test, if photos are divided into folds. */
  fold?: Fold;
  /** The usable photos, each with its part. */
  photos: SplitPhoto<Photo>[];
  /** Identifies the photos and labels of all parts; left out if nobody inspected the photos. */
  fingerprint?: string;
  /** For how many epochs a network is trained, where training holds validation as well. */
  refit?: { epochs: number };
  train: Examples;
  validation: Examples;
  test: Examples;
}

/**
 * Reads a data set, leaves out unusable photos, makes squares, and splits them. Results of an earlier call are reused.
 *
 * @throws {Error} if the folder is no data set, or holds labels alone
 * @throws {RangeError} if there are too few photos to divide
 * @throws {Interrupted} if it was interrupted
 *
 * @example The sample, by photo
 * ```ts ignore
 * const { train, validation, test } = await prepareStudy({ side: 96, split: "photo" });
 * console.log(train.indices.length, validation.indices.length, test.indices.length);
 * ```
 */
export async function prepareStudy({ folder, side, ...options }: StudyOptions): Promise<Study> {
  const usable = await openUsable(side, folder, options), study = divide(usable, options);
  tellSplit(study, usable.nearDuplicates);
  return study;
}

/**
 * Splits usable photos into training, validation and test.
 *
 * @throws {RangeError} if there are too few, or all are of one age group
 *
 * @example By photo and by person
 * ```ts ignore
 * const usable = await openUsable(96);
 * const byPhoto = divide(usable, { split: "photo" });
 * const byPerson = divide(usable, { split: "subject" });
 * ```
 */
export function divide(
  { data, squares, nearDuplicates }: Usable,
  { split: kind, fold: choice = { test: 0 }, shares, splitSeed = SPLIT_SEED, fresh }: Division,
): Study {
  requireGroups(squares.photos);
  const options = { shares, seed: splitSeed, nearDuplicates };
  const { photos, fold } = kind === "folds"
    ? splitByFold(squares.photos, { ...options, ...choice })
    : { photos: split(squares.photos, { ...options, kind }), fold: undefined };
  const folds = fold && { folds: photos.map(({ fold }) => fold!) };
  const examples = (part: Part) => ({ ...examplesOf(squares, photos, part), ...folds });
  const parts = {
    train: examples("train"),
    validation: examples("validation"),
    test: examples("test"),
  };
  const fingerprint = fingerprintOf(learnedPhotos(parts));
  return {
    ...{ data, side: squares.side, split: kind, photos, ...parts },
    ...(fold && { fold }),
    ...(shares && { shares }),
    ...(fingerprint && { fingerprint }),
    ...(fresh && { fresh }),
  };
}

/** Counts the photos of each part of a study. */
export function photoCounts({ train, validation, test }: Study): Record<Part, number> {
  const count = ({ indices }: Examples) => indices.length;
  return { train: count(train), validation: count(validation), test: count(test) };
}

/** Adds validation to training, for a network that is trained once more on both for so many epochs. */
export function withValidation(study: Study, refit: { epochs: number }): Study {
  const { train, validation } = study;
  return {
    ...study,
    refit,
    train: {
      ...train,
      indices: [...train.indices, ...validation.indices],
      groups: [...train.groups, ...validation.groups],
      ...(train.ages && { ages: [...train.ages, ...validation.ages!] }),
    },
  };
}

/**
 * Divides usable photos into folds, the same for all models: a study for each, whose test it is.
 *
 * @throws {RangeError} if there is too little to fill the folds
 */
export function divideIntoFolds(
  usable: Usable,
  { count, shares, fresh }: Pick<StudyOptions, "shares" | "fresh"> & { count?: number },
): Study[] {
  const { squares: { photos }, nearDuplicates } = usable;
  const { numbers, moved } = assignFolds(photos, { seed: SPLIT_SEED, count, nearDuplicates });
  if (moved.length > 0) {
    const away =
      "Photos that stand in another fold than the data name, with others of their person";
    logOnly(`${away}, album or look: ${moved.length}, such as ${moved[0]}`);
  }
  return numbers.map((test) => {
    const study = divide(usable, { split: "folds", fold: { test, count }, shares, fresh });
    tellSplit(study, nearDuplicates);
    return study;
  });
}

/**
 * Splits as {@linkcode divide} does, but returns why that is impossible, such as by person with a single album.
 *
 * @example By person
 * ```ts ignore
 * const { study, refusal } = divideIfPossible(await openUsable(96), { split: "subject" });
 * console.log(study ? study.test.indices.length : refusal);
 * ```
 */
export function divideIfPossible(usable: Usable, options: Division) {
  const [study, refusal] = orRefusal(() => divide(usable, options));
  return { study, refusal };
}

function requireGroups(photos: readonly Photo[]): void {
  const [first, ...others] = new Set(photos.map(({ group }) => group!));
  if (first === undefined || others.length > 0) return;
  throw new RangeError(
    `All ${photos.length} usable photos are of one age group, ${AGE_GROUPS[first].name}: ` +
      "there is nothing to learn. Add photos of other ages",
  );
}

/** The usable photos of a data set as squares, not split. */
export interface Usable {
  data: DataSet;
  squares: Squares;
  nearDuplicates: NearDuplicates[];
  /** Findings about the photos, a row each; left out by squares that nobody inspected. */
  findings?: Finding[];
}

/**
 * Reads a data set, leaves out unusable photos, and makes squares. Says how many can be used, and if much is lost.
 *
 * @param options.faces whether faces are found first; the data set's name then ends in `-faces`
 * @throws {Error} if the folder is no data set, holds labels alone, or no photo that can be used
 * @throws {Interrupted} if it was interrupted
 *
 * @example The sample
 * ```ts ignore
 * const { data, squares } = await openUsable(96);
 * console.log(`${squares.photos.length} of ${data.photos.length} photos can be used`);
 * ```
 */
export async function openUsable(
  side: number,
  folder?: string,
  { faces, signal }: { faces?: FaceChoice; signal?: AbortSignal } = {},
): Promise<Usable> {
  return await interruptible(async (signal) => {
    const { usable, ...opened } = await openPhotos(folder, { faces, signal });
    return { ...opened, squares: await makeSquares(opened.data, usable, { side, signal }) };
  }, signal);
}

/** Does the same without squares; `usable` are the photos that these are made of. */
export async function openPhotos(
  folder: string | undefined,
  { faces, signal }: { faces?: FaceChoice; signal?: AbortSignal },
): Promise<Omit<Usable, "squares"> & { usable: InspectedPhoto[] }> {
  const data = await openData(folder, { signal });
  const integrity = checkIntegrity(data.photos, await inspectPhotos(data, { signal }));
  const usable = integrity.kept.filter(({ group }) => group !== null);
  if (usable.length === 0) throw nothingUsable(data, integrity);
  tellUsable(data, integrity, usable.length);
  const { nearDuplicates } = integrity;
  if (faces === "find") return await findFaces(data, usable, nearDuplicates, signal);
  requireOneFace(usable);
  return { data, usable, nearDuplicates, findings: listFindings(integrity) };
}

/** Refuses photos, and copies of them, of which several faces are labelled where none are looked for. */
function requireOneFace(photos: readonly InspectedPhoto[]): void {
  const seen = new Set<string>();
  const twice = photos.find(({ md5 }) => seen.size === seen.add(md5).size);
  if (!twice) return;
  throw new Error(
    `Several faces of the photo ${twice.photo} are labelled, and photos are taken as they are: add --faces find`,
  );
}

async function findFaces(
  data: DataSet,
  usable: readonly InspectedPhoto[],
  nearDuplicates: readonly NearDuplicates[],
  signal: AbortSignal | undefined,
) {
  const { cutFaces } = await import("@/faces/cut_faces.ts"); // loads what few need
  const { name, folder, photos, files, remarks } = await cutFaces(data, usable, { signal });
  for (const { what, count, examples } of remarks) {
    console.log(`${what}: ${count} (${examples.join(", ")})`);
  }
  if (photos.length === 0) {
    throw new Error(`Found no face in the ${usable.length} photos of ${data.folder}`);
  }
  const renamed = nearDuplicates.map((group) => group.flatMap((photo) => files.get(photo) ?? []));
  const together = [...renamed, ...files.values()]; // a photo's faces, too
  const cutFrom = new Map([...files].flatMap(([photo, own]) => own.map((file) => [file, photo])));
  return {
    data: { ...data, name, folder, photos, cutFrom, remarks: [...data.remarks, ...remarks] },
    usable: photos,
    nearDuplicates: together.filter(({ length }) => length > 1),
  };
}
