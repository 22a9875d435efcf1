/**
 * From a photo's file, or a frame of the camera, to its pixels: upright and in three colours.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";

/** Options of the browser's decoder: turned by EXIF as on the command line, colours as the file has them. */
const AS_STORED: ImageBitmapOptions = {
  imageOrientation: "from-image",
  premultiplyAlpha: "none",
  colorSpaceConversion: "none",
};

/** Pixels that a picture may have; phones make no larger canvas. A larger photo is shrunk first. */
const MOST = 16_000_000;

/**
 * Decodes a photo's file: whatever the browser knows, so JPEG, PNG, GIF, BMP, WebP and perhaps more.
 *
 * @throws {Error} saying what is wrong with the file
 */
export async function decodeFile(file: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(file, AS_STORED).catch(() => null);
  if (!bitmap) throw new Error(await faultOf(file));
  return decodeBitmap(bitmap);
}

/** Takes the pixels of a picture, and closes it. */
export function decodeBitmap(bitmap: ImageBitmap): Pixels {
  const scale = Math.min(1, Math.sqrt(MOST / (bitmap.width * bitmap.height)));
  const width = Math.round(bitmap.width * scale), height = Math.round(bitmap.height * scale);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { width, height, data: withoutAlpha(context.getImageData(0, 0, width, height).data) };
}

/** Leaves out the fourth value of each pixel. */
function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const data = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    data[to++] = rgba[from]!;
    data[to++] = rgba[from + 1]!;
    data[to++] = rgba[from + 2]!;
  }
  return data;
}

/** Says what is wrong with a file that the browser cannot decode. */
async function faultOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return formatFault(bytes) ?? (imageFormat(bytes) ? decodingFault(bytes) : "not an image");
}
