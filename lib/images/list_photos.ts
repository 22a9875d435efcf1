/** Finding the photos that paths name: files, and folders with all that is in them. */
import { join } from "node:path";
import { imageFormat } from "@/images/image_format.ts";
import { isNamedPicture } from "@/images/picture_name.ts";

/** Bytes that tell the format of a picture. */
const HEAD = 16;

export interface FoundPhotos {
  /** Paths of the photos, each as its file or folder was named. */
  photos: string[];
  /** Files in the folders that are no pictures. */
  others: number;
}

/**
 * Lists the photos that paths name: each file as it is, each folder with the pictures in it and in its
 * folders, in the order of their names. A file in a folder counts as a picture by its first bytes or by its
 * ending; hidden files and folders are passed over, and so is a PNG with an SVG of its name beside it, which is a
 * drawing such as `predict --pictures` makes. What cannot be looked into, such as a locked folder or a link that
 * leads nowhere under a picture's name, is listed, so that whoever reads it names it.
 *
 * @throws {Error} naming all paths where there is nothing
 */
export async function listPhotos(paths: readonly string[]): Promise<FoundPhotos> {
  const kinds = await Promise.all(paths.map((path) => statOf(path)));
  const isThere = await Promise.all(paths.map((path) => Deno.lstat(path).catch(() => null)));
  const missing = paths.filter((_, k) => !isThere[k]);
  if (missing.length > 0) {
    throw new Error(`There is no file or folder ${missing.map((path) => `"${path}"`).join(", ")}.`);
  }
  const found: FoundPhotos = { photos: [], others: 0 };
  for (const [k, path] of paths.entries()) {
    if (kinds[k]?.isDirectory) await gather(path, found);
    else found.photos.push(path);
  }
  return { ...found, photos: [...new Set(found.photos)] };
}

async function gather(folder: string, found: FoundPhotos): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => null);
  if (!entries) return void found.photos.push(folder);
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  const names = new Set(entries.map(({ name }) => name));
  for (const { name } of entries.filter(({ name }) => !name.startsWith("."))) {
    const path = join(folder, name), kind = await statOf(path);
    if (kind?.isDirectory) await gather(path, found);
    else if (isDrawing(name, names)) found.others++;
    else if (kind?.isFile ? isPicture(path) : !kind && isNamedPicture(path)) {
      found.photos.push(path);
    } else found.others++;
  }
}

/** Tells whether a file is a PNG with an SVG of its name beside it. */
function isDrawing(name: string, names: ReadonlySet<string>): boolean {
  return name.endsWith(".png") && names.has(name.replace(/png$/, "svg"));
}

/** Describes what a path leads to; null if it leads nowhere, or into what is locked. */
async function statOf(path: string): Promise<Deno.FileInfo | null> {
  return await Deno.stat(path).catch(() => null);
}

function isPicture(path: string): boolean {
  return isNamedPicture(path) || imageFormat(headOf(path)) !== null;
}

/** The first bytes of a file; none if it cannot be read. */
function headOf(path: string): Uint8Array {
  try {
    const head = new Uint8Array(HEAD);
    using file = Deno.openSync(path);
    return head.subarray(0, file.readSync(head) ?? 0);
  } catch {
    return new Uint8Array();
  }
}
