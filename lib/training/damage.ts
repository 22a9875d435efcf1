/**
 * Damage that photos on the web have: blur and lossy compression, drawn by chance, the same for the same seed, epoch
 * and photo.
 */
import { createRandom } from "@/base/random.ts";
import type { Augmentation } from "@/model/recipe.ts";

/** How one photo is damaged. */
export interface Damage {
  /** The standard deviation of the blur in pixels; JPEG's quality. */
  blur: number;
  quality: number;
}

/** The least blur that sharp computes. */
const LEAST_BLUR = 0.3;

/**
 * Draws how a photo is damaged in an epoch; null for not at all.
 *
 * @param photo its place among the training photos
 */
export function drawDamage(
  { probability, blur, quality }: NonNullable<Augmentation["damage"]>,
  { seed, epoch, photo }: { seed: number; epoch: number; photo: number },
): Damage | null {
  const random = createRandom(seed, `damage of epoch ${epoch}, photo ${photo}`);
  if (random() >= probability) return null;
  return { blur: blur * random(), quality: Math.round(quality + (95 - quality) * random()) };
}

/**
 * Damages squares, each in its own way; bytes of those that are not damaged stay as they are.
 *
 * @param bytes the squares one after the other, RGB
 */
export async function damageSquares(
  bytes: Uint8Array,
  side: number,
  damages: readonly (Damage | null)[],
): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp"); // which few trainings need
  const raw = { width: side, height: side, channels: 3 } as const;
  const made = Uint8Array.from(bytes), size = side * side * 3;
  await Promise.all(damages.map(async (damage, k) => {
    if (!damage) return;
    const { blur, quality } = damage, at = k * size;
    const photo = sharp(bytes.subarray(at, at + size), { raw });
    const blurred = blur < LEAST_BLUR ? photo : photo.blur(blur);
    const damaged = sharp(await blurred.jpeg({ quality }).toBuffer());
    made.set(await damaged.raw().toBuffer(), at);
  }));
  return made;
}
