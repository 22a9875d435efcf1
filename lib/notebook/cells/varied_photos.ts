/** Training photos as a model's training varies them, as pictures. */
import * as tf from "@tensorflow/tfjs";
import { pngHref } from "@/figures/shared/picture.ts";
import { readSquares, type Squares } from "@/images/square_store.ts";
import type { Augmentation } from "@/model/recipe.ts";
import { drawVariation, varyPhotos } from "@/training/augmentation.ts";

/** The photos, and how often each is varied. */
export interface VariedOptions {
  augmentation: Augmentation;
  indices: readonly number[];
  epochs: number;
  seed: number;
}

/**
 * Varies some photos as the first epochs of a training would, if these were its first photos.
 *
 * @example Two photos in three epochs
 * ```ts ignore
 * const { train: { squares, indices } } = await prepareStudy({ side: 96, split: "photo" });
 * const augmentation = findSpec("better").recipe!.augmentation!;
 * const options = { augmentation, indices: indices.slice(0, 2), epochs: 3, seed: 7 };
 * const rows = await varyExamples(squares, options);
 * ```
 */
export async function varyExamples(
  squares: Squares,
  { augmentation, indices, epochs, seed }: VariedOptions,
): Promise<{ href: string; varied: string[] }[]> {
  const { side } = squares, bytes = readSquares(squares, [...indices]);
  const photos = tf.tidy(() =>
    tf.tensor(bytes, [indices.length, side, side, 3], "float32").div<tf.Tensor4D>(255)
  );
  const varied: string[][] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const variations = indices.map((_, photo) => (
      drawVariation(augmentation, side, { seed, epoch, photo })
    ));
    varied.push(await picturesOf(tf.tidy(() => varyPhotos(photos, variations).mul(255).round())));
  }
  const originals = await picturesOf(photos.mul(255));
  photos.dispose();
  return originals.map((href, k) => ({ href, varied: varied.map((epoch) => epoch[k]!) }));
}

/** Photos as the data URLs of PNGs; disposes of them. */
async function picturesOf(photos: tf.Tensor): Promise<string[]> {
  const [count, height, width] = photos.shape as [number, number, number, number];
  const bytes = Uint8Array.from(await photos.data()), size = height * width * 3;
  photos.dispose();
  return await Promise.all(Array.from({ length: count }, (_, k) => (
    pngHref({ width, height, data: bytes.subarray(k * size, (k + 1) * size) })
  )));
}
