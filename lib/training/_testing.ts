/** What tests train on. */
import { join } from "node:path";
import { range } from "d3";
import { createRandom } from "@/base/random.ts";
import type { AgeGroup } from "@/dataset/age_group.ts";
import { npyHeader } from "@/images/npy.ts";
import type { Photo } from "@/dataset/photo.ts";
import type { Examples } from "@/study/batches.ts";
import type { TrainingData } from "@/training/epoch.ts";

/**
 * Writes squares of noise, a little brighter from group to group, into a folder; the groups follow one another.
 *
 * @param counts how many there are for training and for validation
 */
export async function makeNoise(
  folder: string,
  side: number,
  { train, validation }: { train: number; validation: number },
): Promise<TrainingData> {
  const count = train + validation, size = side * side * 3, path = join(folder, "squares.npy");
  const random = createRandom(7, "noise");
  const bytes = Uint8Array.from({ length: count * size }, (_, k) => (
    120 * random() + 30 * (Math.floor(k / size) % 5)
  ));
  const header = npyHeader([count, side, side, 3]);
  await Deno.writeFile(path, new Uint8Array([...header, ...bytes]));
  const photos = Array<Photo>(count); // their number is that of the squares
  const squares = { side, photos, path, offset: header.length };
  const part = (from: number, to: number): Examples => {
    const indices = range(from, to);
    return { squares, indices, groups: indices.map((k) => k % 5 as AgeGroup) };
  };
  return { train: part(0, train), validation: part(train, count) };
}
