/** The size of a picture by its header, and what of it can be read at once. */
import { orElse } from "@/base/or_else.ts";
import type { Size } from "@/base/pixels.ts";
import { type ImageFormat, imageFormat } from "@/images/image_format.ts";

/** The most pixels that TensorFlow decodes: three colours of them are just below 2^29 bytes. */
const MOST_PIXELS = Math.floor(2 ** 29 / 3);

/** The most pixels of a picture that is shrunk while it is decoded: a progressive JPEG takes six bytes for each of them. */
const MOST_SHRUNK = 400e6;

/** Marks of JPEG that begin a frame: SOF0 to SOF15, without DHT, JPG and DAC. */
const isFrame = (mark: number) =>
  mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark);

/** A WebP has 16,383 by 16,383 pixels at most; the decoder tells. */
const READERS: Partial<Record<ImageFormat, (view: DataView) => Size | null>> = {
  JPEG: jpegSize,
  PNG: (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  GIF: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  BMP: (view) => ({ width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }),
};

/** Reads the size of a picture from its header, not turned upright; null if the header does not tell. */
export function imageSize(bytes: Uint8Array): Size | null {
  const format = imageFormat(bytes), read = format && READERS[format];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return orElse(() => read?.(view) ?? null, null); // it throws where the header is cut off
}

function jpegSize(view: DataView): Size | null {
  for (let at = 2; view.getUint8(at) === 0xff;) {
    const mark = view.getUint8(at + 1);
    if (isFrame(mark)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += mark === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

/** Returns the factor by which a JPEG has to be shrunk while it is decoded: 1, 2, 4 or 8. Others cannot be shrunk. */
export function reductionOf(bytes: Uint8Array): number {
  const size = imageFormat(bytes) === "JPEG" ? imageSize(bytes) : null;
  return size ? reductionTo(MOST_PIXELS, size) : 1;
}

/** The factor by which decoders of JPEG shrink a picture, so that it has no more than `most` pixels. */
export function reductionTo(most: number, { width, height }: Size): number {
  return [1, 2, 4].find((by) => width * height / by ** 2 <= most) ?? 8;
}

/** Says that a picture is too large to be read; null if it is not. */
export function sizeFault(bytes: Uint8Array): string | null {
  const size = imageSize(bytes), isJpeg = imageFormat(bytes) === "JPEG";
  if (!size) return null;
  return isJpeg ? excessFault(size) : excessFault(size, MOST_PIXELS, ", or as JPEG");
}

/** Says that a picture has more pixels than can be read; null if it has not. */
export function excessFault(
  { width, height }: Size,
  most = MOST_SHRUNK,
  remedy = "",
): string | null {
  if (width * height <= most) return null;
  return `too large: more than ${Math.floor(most / 1e6)} megapixels. Save it smaller${remedy}`;
}
