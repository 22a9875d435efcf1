/** The format of a picture file by its first bytes, whatever its name says. */

export type ReadableFormat = "JPEG" | "PNG" | "GIF" | "BMP" | "WebP";

export type ImageFormat = ReadableFormat | "TIFF" | "HEIC" | "AVIF";

/**
 * The first bytes of each format: text at an offset
 * (https://en.wikipedia.org/wiki/List_of_file_signatures).
 */
const SIGNATURES: [ImageFormat, offset: number, text: string][] = [
  ["JPEG", 0, "\xff\xd8\xff"],
  ["PNG", 0, "\x89PNG\r\n\x1a\n"],
  ["GIF", 0, "GIF8"],
  ["BMP", 0, "BM"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["WebP", 8, "WEBP"],
  ["HEIC", 4, "ftyphei"],
  ["HEIC", 4, "ftypmif1"],
  ["AVIF", 4, "ftypavif"],
];

const READABLE: readonly ImageFormat[] = ["JPEG", "PNG", "GIF", "BMP", "WebP"];

/** Remedies for the others, where more can be said than to save them in another format. */
const REMEDIES: Partial<Record<ImageFormat, string>> = {
  HEIC: "convert it to JPEG, for instance with ImageMagick: magick mogrify -format jpg *.heic",
};

/** Bits per pixel of a readable BMP; with fewer, TensorFlow would take a palette index for a grey. */
const BMP_DEPTHS = [24, 32];

/** Recognises the format of a picture file by its first bytes; null if it is unknown. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  return SIGNATURES.find(([, offset, text]) => start.startsWith(text, offset))?.[0] ?? null;
}

/**
 * Says why a file cannot be a readable picture, judging by its size and first bytes; null if nothing is
 * wrong with those.
 */
export function formatFault(bytes: Uint8Array, readable = READABLE): string | null {
  if (bytes.length === 0) return "empty file";
  const format = imageFormat(bytes);
  if (format === null) return "not an image";
  if (format === "BMP" && !hasColors(bytes)) return "BMP image of too few bits: save it as PNG";
  if (readable.includes(format)) return null;
  return `${format} image: ${REMEDIES[format] ?? "save it as JPEG or PNG"}`;
}

/**
 * Tells whether a BMP's header says that its pixels are colours; a header cut off earlier is left to the
 * decoder.
 */
function hasColors(bytes: Uint8Array): boolean {
  return bytes.length < 30 || BMP_DEPTHS.includes(bytes[28]! + bytes[29]! * 256);
}

/** Says what is wrong with a file that begins like a picture but cannot be decoded. */
export function decodingFault(bytes: Uint8Array): string {
  const format = imageFormat(bytes);
  const complete = format !== "JPEG" || hasEnd(bytes, [0xff, 0xd9]);
  return complete ? `damaged ${format}` : `truncated ${format}`;
}

/** Tells whether the bytes end with the mark, but for the zeros some programs append. */
function hasEnd(bytes: Uint8Array, mark: number[]): boolean {
  const last = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return mark.every((byte, k) => bytes[last - mark.length + k] === byte);
}
