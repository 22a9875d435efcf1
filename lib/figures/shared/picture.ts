/** Pixels as a picture that a figure can hold. */
import type { Image } from "imagescript";
import type { Pixels } from "@/base/pixels.ts";

/**
 * Writes pixels as the data URL of a PNG; the same pixels give the same text.
 *
 * @throws {RangeError} if the bytes do not match the size
 *
 * @example One red pixel
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const href = await pngHref({ width: 1, height: 1, data: new Uint8Array([255, 0, 0]) });
 * ok(href.startsWith("data:image/png;base64,"));
 * ```
 */
export async function pngHref(pixels: Pixels): Promise<string> {
  // without a time of its own, imagescript writes the time of day into the file
  const png = await (await toImage(pixels)).encode(6, { creationTime: 0 });
  return `data:image/png;base64,${png.toBase64()}`;
}

/**
 * Writes pixels as the data URL of a JPEG: a tenth of the length, for figures of many photos.
 *
 * @throws {RangeError} if the bytes do not match the size
 *
 * @example One red pixel
 * ```ts
 * import { ok } from "node:assert/strict";
 *
 * const href = await jpegHref({ width: 1, height: 1, data: new Uint8Array([255, 0, 0]) });
 * ok(href.startsWith("data:image/jpeg;base64,"));
 * ```
 */
export async function jpegHref(pixels: Pixels): Promise<string> {
  return `data:image/jpeg;base64,${(await (await toImage(pixels)).encodeJPEG(90)).toBase64()}`;
}

/**
 * Writes pixels as a picture that a figure can hold, a JPEG, with its size.
 *
 * @example One red pixel
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const picture = await pictureOf({ width: 1, height: 1, data: new Uint8Array([255, 0, 0]) });
 * deepEqual([picture.width, picture.height], [1, 1]);
 * ```
 */
export async function pictureOf(pixels: Pixels) {
  return { href: await jpegHref(pixels), width: pixels.width, height: pixels.height };
}

async function toImage({ width, height, data }: Pixels): Promise<Image> {
  if (data.length !== width * height * 3) {
    throw new RangeError(
      `Cannot draw ${data.length} bytes as a picture of ${width} by ${height} pixels: ` +
        `it takes ${width * height * 3}, three for each pixel`,
    );
  }
  const { Image } = await import("imagescript"); // reads its machine code, which figures do not need
  const image = new Image(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    image.bitmap.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    image.bitmap[pixel * 4 + 3] = 255;
  }
  return image;
}
