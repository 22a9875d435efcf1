/** Augmentation: training photos varied by chance, the same for the same seed, epoch and photo, whatever the batch. */
import * as tf from "@tensorflow/tfjs";
import { createRandom, type Random } from "@/base/random.ts";
import type { Augmentation } from "@/model/recipe.ts";
import { hasOps } from "@/native/pinned.ts";
import { type Plan, transformPhotos, varyAtOnce } from "@/native/variation.ts";

/** The variation of one photo. */
export interface Variation extends Plan {
  /** The factors of red, green and blue before all else; left out for ones. */
  colours?: number[];
}

/**
 * Draws how a photo is varied in an epoch.
 *
 * @param photo its place among the training photos
 */
export function drawVariation(
  augmentation: Augmentation,
  side: number,
  { seed, epoch, photo }: { seed: number; epoch: number; photo: number },
): Variation {
  const random = createRandom(seed, `augmentation of epoch ${epoch}, photo ${photo}`);
  const { brightness, contrast, erasing, colour } = augmentation;
  const transform = drawTransform(augmentation, side, random);
  const gain = 1 + upTo(contrast, random);
  const offset = 0.5 * (1 - gain) + upTo(brightness, random);
  const erases = erasing !== null && random() < erasing.probability;
  return {
    transform,
    gain,
    offset,
    erased: erases ? drawRectangle(erasing.area, side, random) : null,
    ...colour && { colours: Array.from({ length: 3 }, () => 1 + upTo(colour, random)) },
  };
}

/**
 * Varies photos. Values stay between 0 and 1.
 *
 * @param photos `[photos, side, side, 3]`, values 0 to 1; they stay the caller's
 * @param variations one a photo
 */
export function varyPhotos(photos: tf.Tensor4D, variations: readonly Variation[]): tf.Tensor4D {
  const vary = hasOps() ? varyAtOnce : varyInSteps;
  return tf.tidy(() => vary(withColours(photos, variations), variations));
}

/** Multiplies the colours of each photo by its own factors. */
function withColours(photos: tf.Tensor4D, variations: readonly Variation[]): tf.Tensor4D {
  if (variations.every(({ colours }) => !colours)) return photos;
  const factors = variations.map(({ colours = [1, 1, 1] }) => [[colours]]);
  return photos.mul(tf.tensor4d(factors));
}

/** The same in steps: one op moves the pixels, one multiplication and one addition do colour and erasing. */
export function varyInSteps(photos: tf.Tensor4D, variations: readonly Variation[]): tf.Tensor4D {
  return tf.tidy(() => {
    const transforms = tf.tensor2d(variations.map(({ transform }) => [...transform]));
    const moved = transformPhotos(photos, transforms);
    const [gains, offsets] = colourMaps(variations, photos.shape[1]);
    return moved.mul(gains!).add(offsets!).clipByValue(0, 1) as tf.Tensor4D;
  });
}

/** Mirrors, turns and scales about the middle of the photo, and shifts. */
function drawTransform(augmentation: Augmentation, side: number, random: Random): number[] {
  const { flip, rotation, shift, zoom } = augmentation;
  const mirror = flip && random() < 0.5 ? -1 : 1;
  const angle = 2 * Math.PI * upTo(rotation, random), scale = 1 / (1 + upTo(zoom, random));
  const [right, down] = [upTo(shift, random) * side, upTo(shift, random) * side];
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const middle = (side - 1) / 2, a = [mirror * cos, -mirror * sin], b = [sin, cos];
  const start = (row: number[], by: number) => middle - (row[0]! + row[1]!) * middle + by;
  return [...a, start(a, right), ...b, start(b, down), 0, 0];
}

/** A rectangle within the photo, of up to so much of its area, at most thrice as long as wide. */
function drawRectangle(most: number, side: number, random: Random): Plan["erased"] {
  const area = most * (0.1 + 0.9 * random()) * side * side;
  const ratio = 3 ** (2 * random() - 1); // as often tall as wide
  const width = Math.min(side, Math.round(Math.sqrt(area * ratio)));
  const height = Math.min(side, Math.round(Math.sqrt(area / ratio)));
  const left = Math.floor(random() * (side - width + 1));
  const top = Math.floor(random() * (side - height + 1));
  return { left, top, right: left + width, bottom: top + height, grey: random() };
}

/** The factor of each pixel and the number added, `[photos, side, side, 1]`. */
function colourMaps(variations: readonly Variation[], side: number): tf.Tensor4D[] {
  const size = side * side, gains = new Float32Array(variations.length * size);
  const offsets = gains.slice();
  variations.forEach(({ gain, offset, erased }, photo) => {
    const start = photo * size;
    gains.fill(gain, start, start + size);
    offsets.fill(offset, start, start + size);
    for (let y = erased?.top ?? 0; y < (erased?.bottom ?? 0); y++) {
      const row = start + y * side;
      gains.fill(0, row + erased!.left, row + erased!.right);
      offsets.fill(erased!.grey, row + erased!.left, row + erased!.right);
    }
  });
  return [gains, offsets].map((map) => tf.tensor4d(map, [variations.length, side, side, 1]));
}

/** A number from -most to most. */
function upTo(most: number, random: Random): number {
  return most * (2 * random() - 1);
}
