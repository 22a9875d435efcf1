/** The study of a run: its photos, divided as they were when it was trained. */
import { facesName } from "@/dataset/data_set.ts";
import type { Spec } from "@/model/spec.ts";
import { foldChoice } from "@/study/folds.ts";
import { divide, type Study, type Usable } from "@/study/study.ts";
import { openRun, runOf } from "@/training/checkpoint.ts";
import { changedPhotos } from "@/training/same_setting.ts";
import { protocolOf, type Run } from "@/training/run.ts";

/** Divides photos as those of a run were. */
export function divideAs(usable: Usable, run: Run): Study {
  const { shares, fold } = run, choice = fold && foldChoice(fold);
  return divide(usable, { split: protocolOf(run), shares, fold: choice });
}

/**
 * The study of the run in a folder: the same photos and labels, in the same parts.
 *
 * @throws {Error} if the photos are another data set's, or have changed since, saying how
 */
export function studyOfRun(usable: Usable, folder: string, run: Run): Study {
  const { name } = usable.data;
  if (name !== run.data) {
    throw new Error(
      `The run was trained on ${run.data}, not on ${name}: ${remedy(run.data, name)}`,
    );
  }
  const study = divideAs(usable, run);
  if (run.fingerprint === undefined || run.fingerprint === study.fingerprint) return study;
  throw changedPhotos(folder, study);
}

/** What makes a data set that of a run, by the names of both. */
function remedy(own: string, given: string): string {
  if (own === facesName(given)) return "add --faces find";
  return given === facesName(own) ? "leave out --faces find" : "name its photos with --data";
}

/**
 * Finds the run whose validation scores stand in for its refit's: of the same photos, model and seed, but trained
 * without validation.
 *
 * @throws {Error} if there is none that is finished
 */
export async function runBeforeRefit(
  study: Study,
  spec: Spec,
  seed: number,
): Promise<{ folder: string; run: Run }> {
  const { folder, setting } = runOf(study, spec, seed);
  const run = await openRun(folder, setting, study);
  if (run.state === "finished") return { folder, run };
  throw new Error(
    `There is no finished run in ${folder}: train it to its end without --refit first, since validation cannot evaluate a ` +
      "network that has learned from it",
  );
}
