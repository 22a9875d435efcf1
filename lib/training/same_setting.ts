/** Refuses to resume a run that was begun with another setting, or on other photos. */
import { changesBetween, type LearnedPhoto } from "@/study/fingerprint.ts";
import { readLearned } from "@/training/learned.ts";
import { protocolOf, type Run, type RunSetting } from "@/training/run.ts";

/**
 * Requires that a run was begun with this setting.
 *
 * @param folder the run's, for the error
 * @throws {Changed} if nothing but the photos or labels differs
 * @throws {Error} if anything else differs; it names every field with both values
 */
export function requireSame(folder: string, run: Run, setting: RunSetting): void {
  // what was asked for, and what follows from the photos
  const { fingerprint, photos, fold, ...asked } = { ...setting, split: protocolOf(setting) };
  const before = flatten({ ...run, split: protocolOf(run) });
  const others = differencesOf(before, flatten(asked));
  const isChanged = run.fingerprint && fingerprint && run.fingerprint !== fingerprint;
  if (others.length === 0 && isChanged) throw new Changed(folder);
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

/** Thrown if the photos or labels of a run have changed since it was begun. */
export class Changed extends Error {
  constructor(folder: string, changes: readonly string[] = []) {
    super(
      `The run in ${folder} has learned from other photos or labels than there are now` +
        (changes.length > 0 ? `: ${changes.join("; ")}` : "") +
        ". Train anew beside it with `deno task train --fresh`, or restore the photos and labels",
    );
  }
}

/** Adds to the error for changed photos or labels what has changed; other errors stay as they are. */
export function explainChange(
  error: unknown,
  folder: string,
  now: readonly LearnedPhoto[] | null,
): unknown {
  const before = error instanceof Changed && now ? readLearned(folder) : null;
  return before ? new Changed(folder, changesBetween(before, now!)) : error;
}

function differencesOf(before: Map<string, string>, now: Map<string, string>): string[] {
  return [...now].filter(([key, value]) => before.get(key) !== value)
    .map(([key, value]) => `${key} was ${before.get(key)}, is ${value}`);
}

/** The values of a record of records by their paths, such as `spec.learningRate`. */
function flatten(record: object, path = ""): Map<string, string> {
  const entries = Object.entries(record).flatMap(([key, value]): [string, string][] => {
    const isRecord = value !== null && typeof value === "object" && !Array.isArray(value);
    return isRecord
      ? [...flatten(value, `${path}${key}.`)]
      : [[`${path}${key}`, JSON.stringify(value)]];
  });
  return new Map(entries);
}
