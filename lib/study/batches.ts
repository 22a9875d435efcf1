/** Photos a batch at a time: read from the squares on disk, normalised as they are drawn. */
import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs";
import { range } from "d3";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { normalizeBytes } from "@/native/kernels.ts";
import { createRandom, shuffle } from "@/base/random.ts";
import type { Part, SplitPhoto } from "@/study/split.ts";
import { readSquares, type Squares } from "@/images/square_store.ts";

/** The photos of one part of a split, by the indices of their squares. */
export interface Examples {
  squares: Squares;
  indices: number[];
  /** In the order of the indices, as ages are. */
  groups: AgeGroup[];
  /** As the labels write them; left out where nobody asks for them. */
  ages?: (string | null)[];
  /** The years 0 to 100 as a teacher predicts them of each photo, in the order of the indices; only for its student. */
  taught?: number[][];
  /** The fold of each photo of the squares, in their order; only where photos are divided into folds. */
  folds?: number[];
}

/** Some photos as tensors; the caller disposes of them. */
export interface Batch {
  /** `[photos, side, side, 3]`, values 0 to 1. */
  photos: tf.Tensor4D;
  /** Age groups 0 to 4, `[photos]`, int32. */
  groups: tf.Tensor1D;
  /** The network's targets, `[photos, groups]` or `[photos, years]`; the groups where left out. */
  targets?: tf.Tensor2D;
  /** The weight of each photo in the loss, `[photos]`; what its group counts where left out. */
  weights?: tf.Tensor1D;
}

/**
 * Gathers the photos of one part of a split.
 *
 * @throws {RangeError} if a photo of the part has no square
 */
export function examplesOf(squares: Squares, photos: readonly SplitPhoto[], part: Part): Examples {
  const indices = new Map(squares.photos.map(({ photo }, index) => [photo, index]));
  const own = photos.filter((photo) => photo.part === part);
  const missing = own.find(({ photo }) => !indices.has(photo));
  if (missing) throw new RangeError(`The photo ${missing.photo} has no square in ${squares.path}`);
  return {
    squares,
    indices: own.map(({ photo }) => indices.get(photo)!),
    groups: own.map(({ group }) => group!),
    ages: own.map(({ age }) => age),
  };
}

/** The order in which an epoch, from 1, draws its photos: another one each epoch, the same for the same seed. */
export function epochOrder(count: number, seed: number, epoch: number): number[] {
  return shuffle(range(count), createRandom(seed, `order of epoch ${epoch}`));
}

/**
 * Draws photos in batches; the last one may be smaller. Between batches the event loop runs.
 *
 * @param order which examples to draw, by their index; by default all, in order
 * @param edit changes the bytes of a batch's squares, given the indices of its examples
 */
export async function* drawBatches(
  { squares, indices, groups }: Examples,
  size: number,
  order: readonly number[] = indices.map((_, k) => k),
  edit?: (bytes: Uint8Array, drawn: number[]) => Promise<Uint8Array>,
): AsyncGenerator<Batch> {
  for (let start = 0; start < order.length; start += size) {
    const drawn = order.slice(start, start + size);
    const bytes = readSquares(squares, drawn.map((k) => indices[k]!));
    yield {
      photos: toPhotos(await edit?.(bytes, drawn) ?? bytes, squares.side),
      groups: tf.tensor1d(drawn.map((k) => groups[k]!), "int32"),
    };
    await setImmediate();
  }
}

/** Makes of the bytes of squares `[photos, side, side, 3]`, values 0 to 1. */
export function toPhotos(bytes: Uint8Array, side: number): tf.Tensor4D {
  return tf.tidy(() => normalizeBytes(bytes).reshape([-1, side, side, 3]));
}
