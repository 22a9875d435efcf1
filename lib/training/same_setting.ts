/** Refuses to resume a run that was begun with another setting, or on other photos. */
import { changesBetween, learnedPhotos } from "@/study/fingerprint.ts";
import { readLearned } from "@/training/learned.ts";
import { protocolOf, type Run, type RunSetting } from "@/training/run.ts";

/** What a spec says about its model, which nothing of a training follows from. */
const WORDS = /^spec\.(parent|technique|repeats|original|question)$/;

/** The photos of a run as they are now. */
export type PhotosNow = Parameters<typeof learnedPhotos>[0];

/**
 * Requires that a run was begun with this setting.
 *
 * @param folder the run's, for the error
 * @param now its photos, if the error is to say which have changed
 * @throws {Error} if anything differs but words about the model; it names every field with both values, or tells of
 * changed photos or labels if nothing else does
 */
export function requireSame(folder: string, run: Run, setting: RunSetting, now?: PhotosNow): void {
  // what was asked for, and what follows from the photos
  const { fingerprint, photos, fold, ...asked } = { ...setting, split: protocolOf(setting) };
  const before = flatten({ ...run, split: protocolOf(run) }), current = flatten(asked);
  const had = [...before.keys()].filter((key) => key.startsWith("spec.")); // perhaps it does without now
  const others = differencesOf(before, current, [...current.keys(), ...had]);
  const isChanged = run.fingerprint && fingerprint && run.fingerprint !== fingerprint;
  if (others.length === 0 && isChanged) throw changedPhotos(folder, now);
  const differences = [
    ...others,
    ...differencesOf(before, flatten({ photos, ...fold && { fold } })),
  ];
  if (differences.length === 0) return;
  throw new Error(
    `The run in ${folder} was begun with another setting: ${differences.join("; ")}. Use ` +
      "the old setting, choose another seed, or remove the folder to train anew",
  );
}

/** The error for photos or labels that have changed since a run was begun, which says what has changed, if that is known. */
export function changedPhotos(folder: string, now?: PhotosNow): Error {
  const current = now ? learnedPhotos(now) : null, before = current && readLearned(folder);
  const changes = before ? changesBetween(before, current!) : [];
  return new Error(
    `The run in ${folder} has learned from other photos or labels than there are now` +
      (changes.length > 0 ? `: ${changes.join("; ")}` : "") +
      ". Train anew beside it (the commands that train take --fresh), or restore the photos and labels",
  );
}

/** Says of which fields the values differ, those of `now` if no others are named; one that is not there is null. */
function differencesOf(
  before: Map<string, string>,
  now: Map<string, string>,
  keys: Iterable<string> = now.keys(),
): string[] {
  const told = [...new Set(keys)].filter((key) => !WORDS.test(key))
    .map((key) => [key, before.get(key) ?? "null", now.get(key) ?? "null"] as const);
  return told.filter(([, old, current]) => old !== current)
    .map(([key, old, current]) => `${key} was ${old}, is ${current}`);
}

/** The values of a record of records by their paths, such as `spec.learningRate`. */
function flatten(record: object, path = ""): Map<string, string> {
  const entries = Object.entries(record).flatMap(([key, value]): [string, string][] => {
    const isRecord = value !== null && typeof value === "object" && !Array.isArray(value);
    return isRecord
      ? [...flatten(value, `${path}${key}.`)]
      : [[`${path}${key}`, JSON.stringify(value ?? null)]];
  });
  return new Map(entries);
}
