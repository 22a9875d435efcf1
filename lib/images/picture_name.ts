/** Files that are pictures by their names, and files that only accompany one. */

/** Such a file counts as a photo, whatever is in it, so that a damaged one is named. */
const PICTURE = /.\.(jpe?g|jpe|jfif|png|gif|bmp|webp|hei[cf]|jp2|jxl|avif|tiff?)$/i;

/** Endings of cameras' raw files. */
const RAW = /\.(3fr|arw|cr[23w]|dng|iiq|nef|nrw|orf|pef|raf|rw2|rwl|sr[2fw]|x3f)$/i;

/** Tells whether a file has the ending of a picture. */
export function isNamedPicture(path: string): boolean {
  return PICTURE.test(path);
}

/**
 * Makes a test for files that only accompany a picture among some files: `raws`, a camera's raw file beside a picture
 * of its name; `others`, a PNG beside an SVG of its name, which is a drawing such as `predict --pictures` makes.
 */
export function companions(paths: readonly string[]): (path: string) => "raws" | "others" | null {
  const all = new Set(paths), stems = new Set(paths.filter(isNamedPicture).map(stemOf));
  return (path) => {
    if (RAW.test(path) && stems.has(stemOf(path))) return "raws";
    return path.endsWith(".png") && all.has(path.replace(/png$/, "svg")) ? "others" : null;
  };
}

/** A path without its ending, in small letters. */
function stemOf(path: string): string {
  return path.replace(/\.[^./\\]*$/, "").toLowerCase();
}
