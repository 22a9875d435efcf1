/**
 * The photos of a run in its folder, `photos.parquet`: by their content, so that they are known again in
 * whatever folder, under whatever name.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import pl from "nodejs-polars";
import { writeParquet } from "@/dataset/frame.ts";
import type { LearnedPhoto } from "@/study/fingerprint.ts";

const PHOTOS = "photos.parquet";

const SCHEMA = {
  photo: pl.Utf8,
  md5: pl.Utf8,
  hash: pl.Utf8,
  age: pl.Utf8,
  group: pl.Int32,
  part: pl.Utf8,
} satisfies Record<Exclude<keyof LearnedPhoto, "fold">, pl.DataType>;

/** The column that only runs with folds have. */
const FOLD = { fold: pl.Int32 };

/** Writes the photos of a run into its folder. */
export async function writeLearned(
  folder: string,
  photos: readonly LearnedPhoto[],
): Promise<void> {
  const schema = photos[0]?.fold == null ? SCHEMA : { ...SCHEMA, ...FOLD };
  const frame = pl.DataFrame(photos.map((photo) => ({ ...photo })), { schema });
  await writeParquet(join(folder, PHOTOS), frame);
}

/** Reads the photos of the run in a folder; null if it has none, as earlier runs. */
export function readLearned(folder: string): LearnedPhoto[] | null {
  const path = join(folder, PHOTOS);
  if (!existsSync(path)) return null;
  return pl.readParquet(path).toRecords() as unknown as LearnedPhoto[];
}
