/** The data set that the notebooks and tools work on: the sample, unless another folder is named. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type DataSet, readDataSet } from "@/dataset/data_set.ts";
import { choosing } from "@/base/display.ts";
import { withLock } from "@/base/files.ts";
import { type Tick, withProgress } from "@/base/progress.ts";
import { SAMPLE, WORK } from "@/base/project.ts";
import type { SampleSize } from "@/sample/plan/labels.ts";
import { makeSample, STUDY_SAMPLE } from "@/sample/sample.ts";
import { VARIABLES } from "@/study/defaults.ts";

/**
 * Opens a folder of photos: the given one, or the one in the environment variable HUMAN_AGE_DATA,
 * otherwise the sample, which is made if it is missing.
 *
 * @throws {Error} if the folder cannot be read as a labelled set of photos; see `readDataSet`
 * @throws {Interrupted} if it was interrupted while it made the sample
 *
 * @example The sample
 * ```ts ignore
 * const { name, photos } = await openData();
 * console.log(name, photos.length);
 * ```
 */
export async function openData(
  folder: string | undefined = Deno.env.get(VARIABLES.folder),
  { signal }: { signal?: AbortSignal } = {},
): Promise<DataSet> {
  return await choosing("photos", async () => {
    if (folder) return await readDataSet(folder);
    const sample = join(WORK, SAMPLE);
    await ensureSample(sample, { signal });
    return await readDataSet(sample, { name: SAMPLE });
  });
}

/** Beyond this number, processes take longer to start than they save. */
const MOST_PROCESSES = 8;

/**
 * Makes the sample in a folder, under a progress bar, unless it exists already.
 *
 * @param options.size its size, if not the study's
 * @throws {Interrupted} if it was interrupted
 */
export async function ensureSample(
  folder: string,
  { size = STUDY_SAMPLE, signal: outer }: { size?: SampleSize; signal?: AbortSignal } = {},
): Promise<void> {
  const processes = Math.min(navigator.hardwareConcurrency, MOST_PROCESSES);
  const work = async (onPhotos: Tick, signal: AbortSignal) => {
    if (existsSync(folder)) return;
    await withLock(`${folder}.lock`, `making the sample in ${folder}`, async () => {
      // another process may have made it until now
      if (!existsSync(folder)) await makeSample(folder, { ...size, processes, onPhotos, signal });
    });
  };
  await withProgress("Photos of the sample", size.photos, work, outer);
}
