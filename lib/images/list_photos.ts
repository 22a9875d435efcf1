/** Finding the photos that paths name: files, and folders with all that is in them. */
import { orElse } from "@/base/or_else.ts";
import { kindOf, take, walkFolder } from "@/base/walk.ts";
import { HEAD, imageFormat } from "@/images/image_format.ts";
import { companions, isNamedPicture } from "@/images/picture_name.ts";

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
    const kind = kindOf(path);
    if (kind?.isDirectory) await gather(path, found, { all, seen });
    else if (kind?.isCharDevice || kind?.isBlockDevice) found.others++; // which may never end
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
  const kind = companions(files);
  const {
    photos = [],
    raws = [],
    others = [],
  } = Object.groupBy(files, (path) => kind(path) ?? (isPicture(path) ? "photos" : "others"));
  const named = broken.filter(isNamedPicture);
  const listed = [...photos, ...named, ...closed.map(({ path }) => path)].sort();
  for (const path of listed) found.photos.push(path); // no call takes as many as a folder may have
  found.raws += raws.length;
  found.others += others.length + broken.length - named.length;
  found.kept += kept.length;
}

function isPicture(path: string): boolean {
  return isNamedPicture(path) || imageFormat(headOf(path)) !== null;
}

/** The first bytes of a file; none if it cannot be read. */
function headOf(path: string): Uint8Array {
  return orElse(() => {
    const head = new Uint8Array(HEAD);
    using file = Deno.openSync(path);
    return head.subarray(0, file.readSync(head) ?? 0);
  }, new Uint8Array());
}
