/** The format of a picture file by its first bytes, whatever its name says; and names of pictures. */

const READABLE = ["JPEG", "PNG", "GIF", "BMP", "WebP"] as const;

/** How many of a file's first bytes tell the format of a picture. */
export const HEAD = 16;

export type ImageFormat =
  | typeof READABLE[number]
  | "TIFF"
  | "HEIC"
  | "AVIF"
  | "JPEG 2000"
  | "JPEG XL"
  | "camera raw";

/** The first bytes of each format: text at an offset (https://en.wikipedia.org/wiki/List_of_file_signatures). */
const SIGNATURES: [ImageFormat, offset: number, text: string][] = [
  ["JPEG", 0, "\xff\xd8\xff"],
  ["PNG", 0, "\x89PNG\r\n\x1a\n"],
  ["GIF", 0, "GIF8"],
  ["BMP", 0, "BM"],
  ["camera raw", 8, "CR\x02\0"], // Canon, in a TIFF
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["TIFF", 0, "II+\0"],
  ["TIFF", 0, "MM\0+"],
  ["WebP", 8, "WEBP"],
  ["JPEG 2000", 4, "jP  \r\n\x87\n"],
  ["JPEG 2000", 0, "\xff\x4f\xff\x51"],
  ["JPEG XL", 4, "JXL \r\n\x87\n"],
  ["JPEG XL", 0, "\xff\x0a"],
  ["camera raw", 0, "FUJIFILMCCD-RAW"],
  ["camera raw", 0, "IIU\0"], // Panasonic
  ["camera raw", 0, "IIRO"], // Olympus
  ["camera raw", 0, "IIRS"],
  ["camera raw", 0, "MMOR"],
  ["camera raw", 0, "FOVb"], // Sigma
  ["camera raw", 6, "HEAPCCDR"], // Canon, before 2004
];

/** Formats by a brand of a file of boxes: whatever the first one is, any of them may tell. */
const BRANDS: [ImageFormat, brand: RegExp][] = [
  ["AVIF", /^avi[fs]$/],
  ["HEIC", /^(he[iv][cmsx]|mif1|msf1|miaf|heif)$/],
  ["camera raw", /^crx $/],
];

const convert = (ending: string) =>
  `convert it to JPEG, for instance with ImageMagick: magick mogrify -format jpg *.${ending}`;

/** Remedies for the others, where more can be said than to save them in another format. */
const REMEDIES: Partial<Record<ImageFormat, string>> = {
  HEIC: convert("heic"),
  "JPEG 2000": convert("jp2"),
  "JPEG XL": convert("jxl"),
  "camera raw": "export it as JPEG with the program that develops it",
};

const AS_PICTURE = "save it as JPEG or PNG";

/** What else goes by a picture's name, by its first bytes, and what to do. */
const OTHERS: [what: string, start: RegExp, remedy: string][] = [
  ["a Git LFS pointer", /^version https:\/\/git-lfs/, "fetch the file itself: git lfs pull"],
  ["a git-annex pointer", /^\/?annex\/objects\//, "fetch the file itself: git annex get"],
  ["an SVG", /^(\xef\xbb\xbf)?\s*(<\?xml[^]*)?<svg/i, AS_PICTURE],
  [
    "a web page",
    /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)/i,
    "save the photo on it",
  ],
  ["a PDF", /^%PDF-/, "save its page as JPEG or PNG"],
  ["PostScript", /^%!PS|^\xc5\xd0\xd3\xc6/, AS_PICTURE],
  ["a Photoshop file", /^8BPS/, AS_PICTURE],
  ["a GIMP file", /^gimp xcf/, AS_PICTURE],
  ["DICOM", /^[^]{128}DICM/, AS_PICTURE],
  [
    "a video",
    /^[^]{4}(ftyp|moov|mdat|wide)|^RIFF[^]{4}AVI |^[^ -~](E\xdf\xa3|\0[^ -~][\xb3\xba])/,
    "save a frame of it",
  ],
  [
    "an archive or document",
    /^PK[^ -~]{2}|^Rar!|^7z\xbc\xaf|^[^ -~]\x8b/,
    "unpack it, or save the photo in it",
  ],
  ["what macOS keeps about one", /^[^]{8}Mac OS X/, "the photo has the name without ._"],
  ["a Windows shortcut", /^L\0\0\0[^ -~]{2}\0\0/, "take the file that it leads to"],
  ["zeros", /^\0{64}/, "it was not copied whole, so copy it again"],
];

/** Bits per pixel of a readable BMP; with fewer, TensorFlow would take a palette index for a grey. */
const BMP_DEPTHS = [24, 32];

/** Recognises the format of a picture file by its first bytes; null if it is unknown. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const format = SIGNATURES.find(([, offset, text]) => start.startsWith(text, offset))?.[0];
  if (format === "TIFF" && isRaw(bytes)) return "camera raw";
  return format ?? formatOfBoxes(start);
}

/** The format by the brands of a file of boxes, such as HEIC: the first, its version, and others. */
function formatOfBoxes(start: string): ImageFormat | null {
  if (!start.startsWith("ftyp", 4)) return null;
  const brands = start.slice(8, start.charCodeAt(3)).match(/[^]{4}/g) ?? [];
  return BRANDS.find(([, brand]) => brands.some((name) => brand.test(name)))?.[0] ?? null;
}

/** Compressions of TIFF that cameras alone use: Sony, Samsung, Nikon, Pentax. */
const OF_CAMERAS = [32767, 32770, 34713, 65535];

/**
 * Tells whether a TIFF is a camera's: its first picture is a preview, or compressed as cameras do, or it is a DNG.
 * Who reads it as a TIFF gets the preview.
 */
function isRaw(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = bytes[0] === 0x49;
  try {
    const first = view.getUint32(4, isLittle), count = view.getUint16(first, isLittle);
    for (let at = first + 2; at < first + 2 + 12 * count; at += 12) {
      const tag = view.getUint16(at, isLittle), isLong = view.getUint16(at + 2, isLittle) === 4;
      const value = isLong ? view.getUint32(at + 8, isLittle) : view.getUint16(at + 8, isLittle);
      if (tag === 50706 || tag === 254 && value & 1) return true;
      if (tag === 259 && OF_CAMERAS.includes(value)) return true;
    }
  } catch { /* cut off: the decoder will say so */ }
  return false;
}

/** Says why a file cannot be a readable picture, judging by its size and first bytes; null if those are right. */
export function formatFault(
  bytes: Uint8Array,
  readable: readonly ImageFormat[] = READABLE,
): string | null {
  if (bytes.length === 0) return "empty file";
  const format = imageFormat(bytes);
  if (format === null) return otherKind(bytes) ?? "not an image";
  if (format === "BMP" && !hasColors(bytes)) return "BMP image of too few bits: save it as PNG";
  if (readable.includes(format)) return null;
  return `${format} image: ${REMEDIES[format] ?? AS_PICTURE}`;
}

/** Says what a file is that is no picture, and what to do; null if that is unknown. */
function otherKind(bytes: Uint8Array): string | null {
  const start = String.fromCharCode(...bytes.subarray(0, 512));
  const other = OTHERS.find(([, pattern]) => pattern.test(start));
  return other ? `not an image but ${other[0]}: ${other[2]}` : null;
}

/** Tells whether a BMP's header says that its pixels are colours; one cut off earlier is left to the decoder. */
function hasColors(bytes: Uint8Array): boolean {
  return bytes.length < 30 || BMP_DEPTHS.includes(bytes[28]! + bytes[29]! * 256);
}

/** Says what to do with a WebP of several frames, by a flag in its head; null for any other file. */
export function animationFault(bytes: Uint8Array): string | null {
  const isExtended = String.fromCharCode(...bytes.subarray(8, 16)) === "WEBPVP8X";
  return isExtended && bytes[20]! & 2 ? "animated WebP: save a frame of it as JPEG or PNG" : null;
}

/** Says what is wrong with a file that begins like a picture but cannot be decoded. */
export function decodingFault(bytes: Uint8Array): string {
  const format = imageFormat(bytes);
  const last = bytes.findLastIndex((byte) => byte !== 0); // some programs append zeros
  const isComplete = format !== "JPEG" || bytes[last - 1] === 0xff && bytes[last] === 0xd9;
  return `${isComplete ? "damaged" : "truncated"} ${format}`;
}
