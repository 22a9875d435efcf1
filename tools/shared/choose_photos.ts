/**
 * The photos of a data set that a network may be evaluated on: those that it has not learned from, and was not
 * chosen by, known by their content.
 */
import type { OpenModel } from "@/answers/open_model.ts";
import { type SeenPhotos, seenPhotos } from "@/answers/seen.ts";
import { cropOf } from "@/answers/ship.ts";
import { isOfFaces } from "@/dataset/data_set.ts";
import { NEAR_DUPLICATE_DISTANCE, parseHash } from "@/images/integrity.ts";
import { findCloseGroups } from "@/images/perceptual_hash.ts";
import type { PhotoContent } from "@/images/square_store.ts";
import { changesBetween, type LearnedPhoto, learnedPhotos } from "@/study/fingerprint.ts";
import type { Usable } from "@/study/study.ts";
import { readLearned } from "@/training/learned.ts";
import { protocolOf, type Run } from "@/training/run.ts";
import { divideAs } from "@/training/run_study.ts";

/** The photos to evaluate on, as indices of their squares. */
export interface Choice {
  indices: number[];
  /** Photos that it has learned from or was chosen by. */
  seen: number[];
  /** Words about the choice, behind the number of photos. */
  remark: string;
}

/** The way in which a photo is known to a network: not at all, as the same file, or as a near-duplicate. */
export type Seen = "no" | "same file" | "near-duplicate";

/**
 * Chooses the photos of a data set that a network has not seen, in whatever folder, under whatever name. Of a
 * run's own data set, unchanged, that is the test part.
 *
 * A run split as the original study did it keeps its whole test part, which leaks. An earlier run, without a
 * fingerprint, is known by the name of its data set alone.
 *
 * @throws {Error} if no photo is left
 */
export function choosePhotos(
  usable: Usable,
  model: Pick<OpenModel, "card" | "folder" | "run" | "seen">,
): Choice {
  const choice = model.run
    ? chooseForRun(usable, model.run, readLearned(model.folder))
    : chooseForShipped(usable, model.seen);
  if (choice.indices.length > 0) {
    return { ...choice, remark: choice.remark + cropWords(usable, model) };
  }
  throw new Error(
    `${model.card.name} was trained on or chosen by all ${choice.seen.length} photos of ` +
      `${usable.data.name}, or near-duplicates of them: name others`,
  );
}

/** Words on photos that were not cropped for a network of crops: on whole photos, its answers say nothing. */
function cropWords({ data }: Usable, { card, run }: Pick<OpenModel, "card" | "run">): string {
  const isOfCrops = run ? isOfFaces(run.data) : card.input.crop;
  if (!isOfCrops || cropOf(data)) return "";
  return ". The model takes cropped faces, and these photos are taken as they are: if they show more, add --faces find";
}

function chooseForShipped(usable: Usable, shipped: SeenPhotos): Choice {
  const choice = withoutSeen(usable, findSeen(usable.squares.contents!, shipped));
  return shipped.hashes ? choice : { ...choice, remark: choice.remark + UNKNOWN_LOOK };
}

const UNKNOWN_LOOK =
  ". The model does not tell what its photos look like: near-duplicates of them are not known";

function chooseForRun(usable: Usable, run: Run, learned: readonly LearnedPhoto[] | null): Choice {
  const isOwn = usable.data.name === run.data;
  if (!learned && isOwn) return ownTest(usable, run, UNKNOWN_OWN);
  if (!learned) return { indices: indicesOf(usable), seen: [], remark: UNKNOWN };
  const study = isOwn ? divideAs(usable, run) : null;
  const isSame = study !== null && study.fingerprint === run.fingerprint;
  const before = seenPhotos(learned.filter(({ part }) => part !== "test"));
  const seen = findSeen(usable.squares.contents!, before);
  const isLeaky = isSame && protocolOf(run) === "original";
  if (isLeaky) return ownTest(usable, run, leakRemark(usable, run, seen));
  const choice = withoutSeen(usable, seen);
  if (isSame) return { ...choice, remark: ", the test part" };
  const changes = study ? changesBetween(learned, learnedPhotos(study)!) : [];
  const changed = changes.length > 0 ? `. Since the training: ${changes.join("; ")}` : "";
  return { ...choice, remark: choice.remark + changed };
}

const UNKNOWN_OWN =
  ", the test part. The run has no fingerprint: nobody can tell whether photos or " +
  "labels have changed since";
const UNKNOWN = ". The run has no fingerprint: nobody can tell which of them it has learned from";

/** The test part of a run's own data set, as its split makes it. */
function ownTest(usable: Usable, run: Run, remark: string): Choice {
  const { indices } = divideAs(usable, run).test, test = new Set(indices);
  return { indices, seen: indicesOf(usable).filter((index) => !test.has(index)), remark };
}

function leakRemark(usable: Usable, run: Run, seen: readonly Seen[]): string {
  const alike = divideAs(usable, run).test.indices.filter((index) => seen[index] !== "no").length;
  return `, the test part of the original study's split, which leaks: ${alike} of them look like photos ` +
    "that it was trained on or chosen by, and persons stand on both sides";
}

function withoutSeen(usable: Usable, known: readonly Seen[]): Choice {
  const indices = indicesOf(usable);
  const seen = indices.filter((index) => known[index] !== "no");
  const alike = seen.filter((index) => known[index] === "near-duplicate").length;
  const near = alike > 0 ? `, ${alike} of them near-duplicates` : "";
  const words = `; left out are ${seen.length} that it was trained on or chosen by${near}`;
  const unseen = indices.filter((index) => known[index] === "no");
  return { indices: unseen, seen, remark: seen.length === 0 ? "" : words };
}

function indicesOf({ squares }: Usable): number[] {
  return [...squares.photos.keys()];
}

/** Finds the photos that are among those seen, as the same file or a near-duplicate, directly or through others. */
export function findSeen(photos: readonly PhotoContent[], { isFile, hashes }: SeenPhotos): Seen[] {
  const known = hashes ?? [];
  const all = [...known, ...photos.map(({ hash }) => parseHash(hash!))];
  const groups = findCloseGroups(all, NEAR_DUPLICATE_DISTANCE);
  const alike = new Set(groups.filter(([first]) => first! < known.length).flat());
  return photos.map(({ md5 }, k) => {
    if (isFile(md5)) return "same file";
    return alike.has(known.length + k) ? "near-duplicate" : "no";
  });
}
