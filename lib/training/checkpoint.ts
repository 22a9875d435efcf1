/**
 * The folder of a run, from which a training can be resumed at any moment, and which anyone can read.
 *
 * - `run.json` is the record: model, data, seed, history, best epoch. It names the files that belong to it,
 *   and is written after them, so that they are always there.
 * - `weights-<epoch>.bin` holds the weights of the best epoch; with `model.json`, which a finished run has,
 *   it is a standard TensorFlow.js model.
 * - `state-<epoch>.bin` holds what training resumes from: weights and optimizer after the last epoch.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { writeFully, writeLasting, writeText } from "@/base/files.ts";
import { WORK } from "@/base/project.ts";
import type { Spec } from "@/model/spec.ts";
import { photoCounts, type Study } from "@/study/study.ts";
import type { Run, RunSetting } from "@/training/run.ts";
import { type PhotosNow, requireSame } from "@/training/same_setting.ts";

export type { Epoch, Run, RunSetting, RunState } from "@/training/run.ts";

const RECORD = "run.json";

/**
 * Opens the run in a folder, or begins one there.
 *
 * @param now its photos, if the error is to say which have changed
 * @throws {Error} if the folder holds a run of another setting; it says how they differ
 */
export async function openRun(
  folder: string,
  setting: RunSetting,
  now?: PhotosNow,
): Promise<Run> {
  if (!existsSync(join(folder, RECORD))) {
    const versions = { "tfjs-core": tf.version_core };
    return { ...setting, state: "training", history: [], bestEpoch: 0, versions };
  }
  const run = await readRun(folder);
  requireSame(folder, run, setting, now);
  return run;
}

/**
 * Reads the record of the run in a folder.
 *
 * @throws {Error} if there is none, or if it cannot be read
 */
export async function readRun(folder: string): Promise<Run> {
  const path = join(folder, RECORD);
  try {
    return withCurrentKeys(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (!existsSync(path)) {
      throw new Error(
        `There is no run in ${folder}: name the folder of a run, which holds a ${RECORD}`,
      );
    }
    throw new Error(
      `Cannot read the run in ${folder}: ${(error as Error).message}. Name the folder of a run, ` +
        `which holds a ${RECORD}, or remove it to train anew`,
    );
  }
}

/**
 * Reads a run and the weights of its best epoch as one: again where a training has replaced them meanwhile. Null are the
 * weights of a run without any.
 *
 * @throws {Error} if there is no run, or if it cannot be read
 */
export async function readRunWithWeights(
  folder: string,
): Promise<{ run: Run; weights: Uint8Array | null }> {
  const run = await readRun(folder);
  try {
    return { run, weights: await Deno.readFile(join(folder, filesOf(run).weights)) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const isGone = (await readRun(folder)).bestEpoch === run.bestEpoch;
    return isGone ? { run, weights: null } : await readRunWithWeights(folder);
  }
}

/** A run as it is written today: earlier ones call their spec's `horizontalFlip` `mirror`. */
function withCurrentKeys(run: Run & { spec: { mirror?: boolean } }): Run {
  const { mirror, ...spec } = run.spec;
  return mirror === undefined ? run : { ...run, spec: { ...spec, horizontalFlip: mirror } };
}

/** The folder of a run: runs of one data set, side and kind of split lie together. */
export function runFolder(
  runs: string,
  { spec, data, side, split, fold, shares, refit, seed }: RunSetting,
): string {
  const parts = shares
    ? `-${Math.round(100 * shares.train)}-${Math.round(100 * shares.validation)}`
    : "";
  const [folds, own] = fold ? [fold.named ? "" : `-${fold.of}`, `-fold-${fold.test}`] : ["", ""];
  const id = `${spec.id}-${seed}${own}${refit ? "-refit" : ""}`;
  return join(runs, `${data}-${side}-${split}${folds}${parts}`, id);
}

/**
 * The setting of a model's run in a study, and its folder. A run of other photos or labels stays where it is;
 * the new one lies beside it if the study is to be trained afresh, or once was.
 *
 * @example Model IV in a study
 * ```ts ignore
 * const study = await prepareStudy({ side: 96, split: "photo" });
 * const { folder, setting } = runOf(study, findSpec("IV"), 7);
 * ```
 */
export function runOf(
  study: Study,
  spec: Spec,
  seed: number,
): { folder: string; setting: RunSetting } {
  const { data, side, split, fold, shares, refit, fingerprint, fresh } = study;
  const setting = {
    ...{ spec, data: data.name, side, split, seed, photos: photoCounts(study) },
    ...(fold && { fold }),
    ...(shares && { shares }),
    ...(refit && { refit }),
    ...(fingerprint && { fingerprint }),
  };
  return { folder: ownFolder(join(WORK, "runs"), setting, fresh), setting };
}

/** The folder that a run belongs to, given those that are there. */
function ownFolder(runs: string, setting: RunSetting, fresh = false): string {
  const { fingerprint, split } = setting, folder = runFolder(runs, setting);
  const earlier = runFolder(runs, { ...setting, split: "photo" });
  const begun = begunIn(folder);
  if (split === "original" && begun === undefined && begunIn(earlier) === null) return earlier;
  if (!fingerprint || begun === undefined || begun === fingerprint) return folder;
  const beside = `${folder}-${fingerprint.slice(0, 8)}`;
  const isOther = begun === null && split === "photo"; // an earlier run, split as the original did
  return fresh || isOther || existsSync(join(beside, RECORD)) ? beside : folder;
}

/** The fingerprint of the run in a folder; null if it has none, undefined if there is no run. */
function begunIn(folder: string): string | null | undefined {
  const path = join(folder, RECORD);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(Deno.readTextFileSync(path)).fingerprint ?? null;
  } catch {
    return undefined; // opening it will tell what is wrong
  }
}

/** The files of a run: the weights of its best epoch, and the state after its last one. */
export function filesOf({ history, bestEpoch }: Run): { weights: string; state: string } {
  return { weights: `weights-${bestEpoch}.bin`, state: `state-${history.length}.bin` };
}

/**
 * Saves a run after an epoch: writes the new files, then the record that names them, then removes the old ones.
 *
 * @param files the new files: name to tensors, in their order
 */
export async function keepRun(
  folder: string,
  run: Run,
  files: Record<string, tf.Tensor[]>,
): Promise<void> {
  for (const [name, tensors] of Object.entries(files)) {
    await writeLasting(join(folder, name), (part) => writeTensors(part, tensors));
  }
  await writeText(join(folder, RECORD), JSON.stringify(run, null, 2) + "\n", writeLasting);
  await removeOld(folder, Object.values(filesOf(run)));
}

async function removeOld(folder: string, current: string[]): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const belongs = /^(weights|state)-\d+\.bin/.test(name) && !current.includes(name);
    if (belongs) await Deno.remove(join(folder, name));
  }
}

/** Writes the values of tensors one after the other, as 32-bit floats. */
async function writeTensors(path: string, tensors: readonly tf.Tensor[]): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (const tensor of tensors) {
    const { buffer, byteOffset, byteLength } = await tensor.data<"float32">();
    writeFully(file, new Uint8Array(buffer, byteOffset, byteLength));
  }
}

/**
 * Makes tensors of these shapes, in their order, of what `keepRun` wrote; the caller disposes of them.
 *
 * @param path the file, for the message
 * @throws {Error} if the file holds more or less than they need
 */
export function toTensors(
  path: string,
  bytes: Uint8Array,
  shapes: readonly number[][],
): tf.Tensor[] {
  const sizes = shapes.map((shape) => 4 * tf.util.sizeFromShape(shape));
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== wanted) {
    throw new Error(
      `${path} holds ${bytes.length} bytes, not ${wanted}: remove its run to train anew`,
    );
  }
  let start = 0;
  return shapes.map((shape, k) => {
    const values = new Float32Array(bytes.buffer, start, sizes[k]! / 4);
    start += sizes[k]!;
    return tf.tensor(values.slice(), shape);
  });
}
