import { least } from "d3";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import { createRandom, shuffle } from "@/base/random.ts";

/**
 * Finds the photo whose ratio of width to height is nearest to the given one; of equals, the first.
 *
 * @throws {RangeError} if there are no photos
 *
 * @example The narrower of two
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const photos = [{ width: 100, height: 100 }, { width: 80, height: 100 }];
 * equal(photoNearestRatio(photos, 0.79).width, 80);
 * ```
 */
export function photoNearestRatio<P extends { width: number | null; height: number | null }>(
  photos: readonly P[],
  ratio: number,
): P {
  const nearest = least(photos, ({ width, height }) => Math.abs(width! / height! - ratio));
  if (!nearest) {
    throw new RangeError(`Cannot find a photo of the ratio ${ratio}: there are no photos`);
  }
  return nearest;
}

/**
 * Draws random photos of each age group, the same ones for the same seed; fewer if a group has fewer.
 *
 * @example One photo of each of two groups
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const photos = [{ photo: "old.jpg", group: 4 as const }, { photo: "young.jpg", group: 0 as const }];
 * deepEqual(chooseExamples(photos, 1, { seed: 7 }).map(({ name }) => name), ["0-6", "60+"]);
 * ```
 */
export function chooseExamples<P extends Pick<Photo, "photo" | "group">>(
  photos: readonly P[],
  count: number,
  { seed }: { seed: number },
): { name: string; photo: P }[] {
  return AGE_GROUPS.flatMap(({ group, name }) => {
    const own = photos.filter((photo) => photo.group === group);
    const drawn = shuffle(own, createRandom(seed, `examples of ${name}`)).slice(0, count);
    return drawn.map((photo) => ({ name, photo }));
  });
}
