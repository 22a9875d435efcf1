/**
 * Finding the photos that paths name: files, and folders with all that is in them.
 *
 * @module
 */
import { basename, extname, join } from "node:path";
import { imageFormat } from "@/images/image_format.ts";

/** Endings of pictures: such a file counts as a photo, whatever is in it, so that a damaged one is named. */
const ENDINGS = [
  ...[".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp"],
  ...[".webp", ".heic", ".heif", ".avif", ".tif", ".tiff"],
];

/** Bytes that tell the format of a picture. */
const HEAD = 16;

/** Photos that were found. */
export interface FoundPhotos {
  /** Paths of the photos, each as its file or folder was named. */
  photos: string[];
  /** Files in the folders that are no pictures. */
  others: number;
}

/**
 * Lists the photos that paths name: each file as it is, each folder with the pictures in it and in its
 * folders, in the order of their names. A file in a folder counts as a picture by its first bytes or by its
 * ending; hidden files and folders are passed over.
 *
 * @throws {Error} naming all paths where there is nothing
 *
 * @example A folder of two photos and a table
 * ```ts ignore
 * const { photos, others } = await listPhotos(["family"]); // ["family/a.jpg", "family/b.png"], 1
 * ```
 */
export async function listPhotos(paths: readonly string[]): Promise<FoundPhotos> {
  const kinds = await Promise.all(paths.map((path) => Deno.stat(path).catch(() => null)));
  const missing = paths.filter((_, k) => !kinds[k]);
  if (missing.length > 0) {
    throw new Error(`There is no file or folder ${missing.map((path) => `"${path}"`).join(", ")}.`);
  }
  const found: FoundPhotos = { photos: [], others: 0 };
  for (const [k, path] of paths.entries()) {
    if (kinds[k]!.isDirectory) await gather(path, found);
    else found.photos.push(path);
  }
  return { ...found, photos: [...new Set(found.photos)] };
}

async function gather(folder: string, found: FoundPhotos): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name } of entries.filter(({ name }) => !name.startsWith("."))) {
    const path = join(folder, name), { isDirectory, isFile } = await Deno.stat(path);
    if (isDirectory) await gather(path, found);
    else if (isFile && isPicture(path)) found.photos.push(path);
    else found.others++;
  }
}

function isPicture(path: string): boolean {
  return ENDINGS.includes(extname(basename(path)).toLowerCase()) ||
    imageFormat(headOf(path)) !== null;
}

function headOf(path: string): Uint8Array {
  const head = new Uint8Array(HEAD);
  using file = Deno.openSync(path);
  return head.subarray(0, file.readSync(head) ?? 0);
}
