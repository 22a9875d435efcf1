/**
 * Photos as people have them, decoded by sharp: upright, on their canvas, the first frame alone, in the colours of
 * sRGB, on black where they are transparent, and smaller where they are large.
 */
import { readFile } from "node:fs/promises";
import sharp, { type Metadata, type Sharp } from "sharp";
import type { Size } from "@/base/pixels.ts";
import { decodeBmp } from "@/images/bmp.ts";
import { decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";
import { excessFault, reductionTo } from "@/images/image_size.ts";
import {
  fromRgba,
  isRgba,
  type PhotoSource,
  type ReducedPhoto,
  type RgbaPixels,
} from "@/images/photo_source.ts";
import { readFault, UnreadablePhoto } from "@/images/unreadable_photo.ts";

/** Pixels above which a photo is shrunk while it is decoded. */
const MANY_PIXELS = 25e6;

const READABLE = ["JPEG", "PNG", "GIF", "BMP", "WebP", "TIFF", "AVIF"] as const;

// a process reads one photo at a time, and none of them twice
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes a photo, whatever it is given as.
 *
 * @throws {UnreadablePhoto} saying why it is no readable photo
 */
export async function decodeSource(photo: PhotoSource): Promise<ReducedPhoto> {
  return isRgba(photo) ? fromRgba(photo) : await decodeFile(await readBytes(photo));
}

/** The bytes of a file; whatever the system says against reading it is that photo's fault alone. */
async function readBytes(photo: Exclude<PhotoSource, RgbaPixels>): Promise<Uint8Array> {
  if (photo instanceof Uint8Array) return photo;
  if (photo instanceof ArrayBuffer) return new Uint8Array(photo);
  try {
    if (typeof photo === "string" || photo instanceof URL) return await readFile(photo);
    if (typeof photo === "function") return await photo();
    if (photo instanceof Blob) return new Uint8Array(await photo.arrayBuffer());
  } catch (error) {
    throw new UnreadablePhoto(readFault(error));
  }
  throw new TypeError(
    "A photo is a path, bytes, a Blob or pixels; a video is read in a browser alone",
  );
}

/**
 * Decodes a photo's file. The pixels of a JPEG of at most `most` pixels are Pillow's, to the last bit, unless a profile or
 * printing colours are turned into sRGB.
 *
 * @param most the number of pixels above which it is shrunk to a half, a quarter or an eighth of its width and height
 * @throws {UnreadablePhoto} saying why the file is no readable photo
 */
export async function decodeFile(bytes: Uint8Array, most = MANY_PIXELS): Promise<ReducedPhoto> {
  return await withImage(bytes, async (image) => {
    const metadata = await image.metadata();
    // sharp would give 16 bits with a profile in the colours of P3
    if (metadata.space === "rgb16") image.pipelineColourspace("srgb");
    return await decodeReduced(image, uprightSize(metadata), most);
  });
}

/**
 * Returns the EXIF orientation of a photo's file, 1 to 8.
 *
 * @throws {UnreadablePhoto} saying why the file is no readable photo
 */
export async function orientationOf(bytes: Uint8Array): Promise<number> {
  return await withImage(bytes, async (image) => (await image.metadata()).orientation ?? 1);
}

/** Opens a file and reads something of it; whatever goes wrong there is that photo's fault. */
async function withImage<T>(bytes: Uint8Array, read: (image: Sharp) => Promise<T>): Promise<T> {
  const fault = formatFault(bytes, READABLE);
  if (fault) throw new UnreadablePhoto(fault);
  try {
    return await read(open(bytes));
  } catch (error) {
    throw error instanceof UnreadablePhoto ? error : new UnreadablePhoto(decodingFault(bytes));
  }
}

/** Opens a file for decoding; sharp reads no BMP. */
function open(bytes: Uint8Array): Sharp {
  if (imageFormat(bytes) !== "BMP") return sharp(bytes, OPTIONS);
  const { width, height, data } = decodeBmp(bytes);
  return sharp(data, { ...OPTIONS, raw: { width, height, channels: 3 } });
}

const OPTIONS = { failOn: "truncated", limitInputPixels: false } as const;

/** The kinds of value that are brightness whatever the picture; others have no known white. */
const DEPTHS: readonly (string | undefined)[] = ["uchar", "ushort"];

function uprightSize(metadata: Metadata): Size {
  const { depth, autoOrient: { width, height } } = metadata;
  const fault = excessFault(metadata) ??
    (DEPTHS.includes(depth) ? null : `picture of ${depth} values: save it as JPEG or PNG`);
  if (fault) throw new UnreadablePhoto(fault);
  return { width, height };
}

async function decodeReduced(image: Sharp, size: Size, most: number): Promise<ReducedPhoto> {
  const reduction = reductionTo(most, size), upright = image.autoOrient();
  const [columns, rows] = [size.width, size.height].map((side) => Math.ceil(side / reduction));
  const reduced = reduction === 1 ? upright : upright.resize(columns, rows, { fit: "fill" });
  const { data, info } = await reduced.flatten({ background: "black" }).toColourspace("srgb")
    .raw().toBuffer({ resolveWithObject: true });
  const view = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { pixels: { width: info.width, height: info.height, data: view }, reduction, ...size };
}
