/** Files that are pictures by their names. */

/** Such a file counts as a photo, whatever is in it, so that a damaged one is named. */
const PICTURE = /.\.(jpe?g|jpe|jfif|png|gif|bmp|webp|hei[cf]|jp2|jxl|avif|tiff?)$/i;

/** Tells whether a file has the ending of a picture. */
export function isNamedPicture(path: string): boolean {
  return PICTURE.test(path);
}
