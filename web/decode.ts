/** From a photo's file, or a frame of the camera, to its pixels: upright and in three colours. */
import type { Pixels } from "@/base/pixels.ts";
import { fromRgba } from "@/images/photo_source.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { decodingFault, formatFault, imageFormat } from "@/images/image_format.ts";

/** Options of the browser's decoder: turned by EXIF and in the colours of sRGB, as on the command line. */
const OPTIONS: ImageBitmapOptions = { imageOrientation: "from-image", premultiplyAlpha: "none" };

/** Pixels that a picture may have; phones make no larger canvas. A larger photo is shrunk first. */
const MOST = 16_000_000;

/** Pixels of a picture that is only looked at. */
const SHOWN = 2_000_000;

/** Opens a photo's file as a picture, if the browser knows its format; throws `UnreadablePhoto`, saying what is wrong with the file. */
export async function openBitmap(file: Blob): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(file, OPTIONS).catch(() => null);
  if (!bitmap) throw new UnreadablePhoto(await faultOf(file));
  return bitmap;
}

/** Takes the pixels of a picture, and closes it. */
export function decodeBitmap(bitmap: ImageBitmap): Pixels {
  const context = draw(bitmap, MOST), { width, height } = context.canvas;
  bitmap.close();
  return fromRgba(context.getImageData(0, 0, width, height)).pixels;
}

/** Makes a small file of a picture, to look at. */
export async function shownPicture(bitmap: ImageBitmap): Promise<Blob> {
  return await draw(bitmap, SHOWN).canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}

/** Draws a picture, smaller if it has more pixels than `most`. */
function draw(bitmap: ImageBitmap, most: number): OffscreenCanvasRenderingContext2D {
  const scale = Math.min(1, Math.sqrt(most / (bitmap.width * bitmap.height)));
  const width = Math.round(bitmap.width * scale), height = Math.round(bitmap.height * scale);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return context;
}

/** Says what is wrong with a file that the browser cannot decode. */
async function faultOf(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return formatFault(bytes) ?? (imageFormat(bytes) ? decodingFault(bytes) : "not an image");
}
