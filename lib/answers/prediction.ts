/**
 * The predictions of a trained network.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { predictions } from "@/metrics/metrics.ts";
import { drawBatches, type Examples } from "@/study/batches.ts";
import { buildNetwork, disposeNetwork } from "@/model/network.ts";
import { filesOf, readRun, readTensors, type Run } from "@/training/checkpoint.ts";
import { predictBatch } from "@/training/step.ts";
import type { Spec } from "@/model/spec.ts";

/** Photos a batch. */
const BATCH = 64;

/**
 * Opens the network of a run's best epoch; the caller disposes of it.
 *
 * @throws {Error} if the folder holds no run, or one that has not finished an epoch
 */
export async function openNetwork(folder: string): Promise<{ run: Run; network: tf.LayersModel }> {
  const run = await readRun(folder);
  const path = join(folder, filesOf(run).weights);
  if (!existsSync(path)) {
    throw new Error(`The run in ${folder} has no weights yet: train it for an epoch at least`);
  }
  const network = buildNetwork(run.spec, run);
  const tensors = await readTensors(path, network.weights.map(({ shape }) => shape as number[]));
  network.weights.forEach((weight, k) => weight.write(tensors[k]!));
  tf.dispose(tensors);
  return { run, network };
}

/**
 * Predicts the age groups of photos.
 *
 * @returns five probabilities a photo, photo after photo, `[photos * 5]`
 */
export async function predict(
  network: tf.LayersModel,
  spec: Spec,
  examples: Pick<Examples, "squares" | "indices">,
): Promise<Float32Array> {
  return await inferBatches(
    examples,
    AGE_GROUPS.length,
    (photos) => predictBatch(network, spec, photos),
  );
}

/**
 * What a function makes of photos, batch by batch.
 *
 * @param width numbers a photo
 * @param infer takes photos `[photos, side, side, 3]`, values 0 to 1; returns `[photos, width]`
 * @returns photo after photo, `[photos * width]`
 */
export async function inferBatches(
  { squares, indices }: Pick<Examples, "squares" | "indices">,
  width: number,
  infer: (photos: tf.Tensor4D) => tf.Tensor2D,
): Promise<Float32Array> {
  const all = new Float32Array(indices.length * width);
  let done = 0;
  // nothing asks for the groups: any will do
  for await (
    const batch of drawBatches({ squares, indices, groups: indices.map(() => 0) }, BATCH)
  ) {
    const said = infer(batch.photos);
    all.set(said.dataSync(), done * width);
    done += batch.groups.size;
    tf.dispose([said, batch.photos, batch.groups]);
  }
  return all;
}

/**
 * Predicts the age group of photos with the network of a run's best epoch, one group a photo.
 *
 * @param spec answers as this one does, where it differs from the run's in that alone
 * @throws {Error} as {@linkcode openNetwork}
 */
export async function predictGroups(
  folder: string,
  examples: Pick<Examples, "squares" | "indices">,
  spec?: Spec,
): Promise<AgeGroup[]> {
  const { run, network } = await openNetwork(folder);
  try {
    return predictions(await predict(network, spec ?? run.spec, examples));
  } finally {
    disposeNetwork(network);
  }
}
