/** Finding the photos that paths name: files, and folders with all that is in them. */
import { kindOf, take, walkFolder } from "@/base/walk.ts";
import { HEAD, imageFormat, isNamedPicture } from "@/images/image_format.ts";

/** Endings of cameras' raw files. */
const RAW = /\.(3fr|arw|cr[23w]|dng|iiq|nef|nrw|orf|pef|raf|rw2|rwl|sr[2fw]|x3f)$/i;

interface FoundPhotos {
  /** Paths of the photos, each as its file or folder was named. */
  photos: string[];
  /** Files in the folders that are no pictures. */
  others: number;
  /** Cameras' raw files beside a picture of the same name. */
  raws: number;
  /** Files in folders that programs keep for previews, trash and the like. */
  kept: number;
}

/**
 * Lists the photos that paths name, each file once: each file as it is, each folder with the pictures in it and in its
 * folders, by their first bytes or endings, in the order of their paths. Passed over are hidden files and folders, folders
 * that programs keep, a raw file beside a picture of its name, and a PNG with an SVG of its name beside it, such as
 * `predict --pictures` makes. What cannot be looked into is listed, so that whoever reads it names it.
 *
 * @param options.all passes over neither what is hidden nor what programs keep
 * @throws {Error} naming all paths where there is nothing
 */
export async function listPhotos(
  paths: readonly string[],
  { all = false }: { all?: boolean } = {},
): Promise<FoundPhotos> {
  const isThere = await Promise.all(paths.map((path) => Deno.lstat(path).catch(() => null)));
  const missing = paths.filter((_, k) => !isThere[k]);
  if (missing.length > 0) {
    throw new Error(`There is no file or folder ${missing.map((path) => `"${path}"`).join(", ")}.`);
  }
  const found: FoundPhotos = { photos: [], others: 0, raws: 0, kept: 0 };
  const seen = new Map<string, string>();
  for (const path of paths) {
    if (kindOf(path)?.isDirectory) await gather(path, found, { all, seen });
    else if (take(path, seen) === null) found.photos.push(path);
  }
  return found;
}

async function gather(
  folder: string,
  found: FoundPhotos,
  options: { all: boolean; seen: Map<string, string> },
): Promise<void> {
  const { files, broken, closed, kept } = await walkFolder(folder, options);
  const all = new Set(files), stems = new Set(files.filter(isNamedPicture).map(stemOf));
  const isTwin = (path: string) => RAW.test(path) && stems.has(stemOf(path));
  const candidates = files.filter((path) => !isTwin(path));
  const isPicture = (path: string) => isNamedPicture(path) || imageFormat(headOf(path)) !== null;
  const pictures = candidates.filter((path) => !isDrawing(path, all) && isPicture(path));
  const named = broken.filter(isNamedPicture);
  found.photos.push(...[...pictures, ...named, ...closed.map(({ path }) => path)].sort());
  found.raws += files.length - candidates.length;
  found.others += candidates.length - pictures.length + broken.length - named.length;
  found.kept += kept.length;
}

/** A path without its ending, in small letters. */
function stemOf(path: string): string {
  return path.replace(/\.[^./\\]*$/, "").toLowerCase();
}

/** Tells whether a file is a PNG with an SVG of its name beside it. */
function isDrawing(path: string, all: ReadonlySet<string>): boolean {
  return path.endsWith(".png") && all.has(path.replace(/png$/, "svg"));
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
