/** Inspects every photo's file: whether it can be read, its size, and hashes that find duplicates. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import pl from "nodejs-polars";
import { orElse } from "@/base/or_else.ts";
import { writeParquet } from "@/dataset/frame.ts";
import { imageFormat } from "@/images/image_format.ts";
import { reductionOf } from "@/images/image_size.ts";
import { perceptualHash } from "@/images/perceptual_hash.ts";
import type { Photo } from "@/dataset/photo.ts";
import { decodePhoto } from "@/images/decode_photo.ts";
import { readFault, UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { type Tick, withProgress } from "@/base/progress.ts";
import { WORK } from "@/base/project.ts";

export interface Inspection {
  photo: string;
  /** Size of the file in bytes, and when it was last changed, in milliseconds since 1970. */
  bytes: number;
  modified: number;
  /** MD5 of the file, in hexadecimal digits: equal for equal files; empty if the system did not let it be read. */
  md5: string;
  /** Format by the first bytes, whatever the name says; null if it is unknown. */
  format: string | null;
  /** Width and height in pixels, upright; null if the photo cannot be read. */
  width: number | null;
  height: number | null;
  /** The reason why the photo cannot be read; null if it can. */
  fault: string | null;
  /** The perceptual hash, 64 hexadecimal digits; null if the photo cannot be read. */
  hash: string | null;
}

/** The version of inspections: raised when the same file would give another result than before. */
const VERSION = 4;

const SCHEMA = {
  ...{ photo: pl.Utf8, bytes: pl.Float64, modified: pl.Float64, md5: pl.Utf8, format: pl.Utf8 },
  ...{ width: pl.Int32, height: pl.Int32, fault: pl.Utf8, hash: pl.Utf8 },
};

/**
 * Inspects the files of all photos in one pass, under a progress bar. Files that have not changed since
 * the last inspection are not read again, nor those that an interrupted inspection has read.
 *
 * @returns one inspection a photo, in the photos' order
 * @throws {Error} if the data set has labels alone, or a photo is gone
 * @throws {Interrupted} if it was interrupted
 *
 * @example Photos of the sample that cannot be read
 * ```ts ignore
 * const inspections = await inspectPhotos(await openData());
 * console.log(inspections.filter(({ fault }) => fault !== null));
 * ```
 */
export async function inspectPhotos(
  data: { name: string; folder: string; photos: readonly Photo[]; hasPhotos: boolean },
  { signal }: { signal?: AbortSignal } = {},
): Promise<Inspection[]> {
  if (!data.hasPhotos) {
    throw new Error(
      `The data set in ${data.folder} has labels alone, no photos. Figures 1 to 4 need no more; for the ` +
        "rest put the photos beside the labels, as data/README.md tells",
    );
  }
  const path = join(WORK, "inspections", `${data.name}-v${VERSION}.parquet`);
  const before: unknown[] = orElse(() => pl.readParquet(path).toRecords(), []); // or damaged
  const known = new Map((before as Inspection[]).map(byPhoto));
  const rows: Inspection[] = [];
  const work = async (tick: Tick) => {
    for (const { photo } of data.photos) {
      const last = rows.at(-1), same = last?.photo === photo ? last : known.get(photo);
      const row = inspectOnce(data.folder, photo, same); // rows of one photo follow each other
      rows.push(await row.catch((error) => Promise.reject(readError(data.folder, photo, error))));
      await tick(rows.length);
    }
  };
  try {
    await withProgress("Photos inspected", data.photos.length, work, signal);
  } finally {
    if (rows.some((row) => known.get(row.photo) !== row)) {
      const all = [...new Map([...known, ...rows.map(byPhoto)]).values()];
      await writeParquet(path, pl.DataFrame(all, { schema: SCHEMA }));
    }
  }
  return rows;
}

/** Says which photo is gone since the labels were read. */
function readError(folder: string, photo: string, cause: unknown): unknown {
  if (!(cause instanceof Deno.errors.NotFound)) return cause;
  return new Error(
    `The photo ${photo} in ${folder} cannot be read any more: ${cause.message}. Restore it, or take ` +
      "it out of the labels, then run it again: the photos before it are not read anew.",
    { cause },
  );
}

function byPhoto(row: Inspection): [string, Inspection] {
  return [row.photo, row];
}

async function inspectOnce(folder: string, photo: string, known?: Inspection): Promise<Inspection> {
  const { size, mtime } = Deno.statSync(join(folder, photo));
  const modified = mtime?.getTime() ?? 0;
  // a file that was locked may be open now, and looks the same
  if (known?.bytes === size && known.modified === modified && known.md5 !== "") return known;
  return { photo, bytes: size, modified, ...await inspectFile(join(folder, photo)) };
}

async function inspectFile(
  path: string,
): Promise<Omit<Inspection, "photo" | "bytes" | "modified">> {
  // each row lists its fields in the order of the schema, as a stored one does
  const faulty = (fault: string) => ({ width: null, height: null, fault, hash: null });
  const bytes = readOrFault(path);
  if (typeof bytes === "string") return { md5: "", format: null, ...faulty(bytes) };
  const md5 = createHash("md5").update(bytes).digest("hex"), format = imageFormat(bytes);
  try {
    const pixels = await decodePhoto(bytes), scale = reductionOf(bytes);
    const hash = Buffer.from(perceptualHash(pixels).buffer).toString("hex");
    const [width, height] = [scale * pixels.width, scale * pixels.height];
    return { md5, format, width, height, fault: null, hash };
  } catch (error) {
    if (!(error instanceof UnreadablePhoto)) throw error;
    return { md5, format, ...faulty(error.message) };
  }
}

/** The bytes of a file, or why the system does not let it be read. */
function readOrFault(path: string): Uint8Array | string {
  try {
    // not readFile: handing so small a file to another thread and back takes longer than reading it
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    return readFault(error);
  }
}
