import { blackPixels, type Pixels, type Size } from "@/base/pixels.ts";

/** A photo: its file, or its pixels. */
export type PhotoSource =
  /** The path of a file, or a `file:` URL; in a browser, an address that is fetched. */
  | string
  | URL
  /** The bytes of a file. */
  | Uint8Array
  | ArrayBuffer
  | Blob
  /** Reads the bytes of a file when the photo's turn comes. */
  | (() => Promise<Uint8Array>)
  /** Pixels, such as `ImageData`. */
  | RgbaPixels
  /** A `<video>`: the frame that it shows. In a browser alone. */
  | VideoFrameSource;

/** Upright pixels with their opacity, which is ignored; `ImageData` of a canvas is such. */
export interface RgbaPixels extends Size {
  /** Red, green, blue and opacity of each pixel, row by row: `width * height * 4` values, 0 to 255. */
  data: Uint8ClampedArray | Uint8Array;
}

/** The part of a `<video>` that tells it from other sources. */
export interface VideoFrameSource {
  readonly videoWidth: number;
  readonly videoHeight: number;
}

/** A photo decoded to fewer pixels than its file has; width and height are those of all its pixels, upright. */
export interface ReducedPhoto extends Size {
  pixels: Pixels;
  /** The number of pixels of the file that are one, along each side. */
  reduction: number;
}

/** Tells whether a source is pixels. */
export function isRgba(source: PhotoSource): source is RgbaPixels {
  return typeof source === "object" && "data" in source;
}

/** Takes pixels as a photo, without their opacity. */
export function fromRgba({ width, height, data: rgba }: RgbaPixels): ReducedPhoto {
  const pixels = blackPixels(width, height), { data } = pixels;
  for (let from = 0, to = 0; to < data.length; from += 4) {
    data[to++] = rgba[from]!;
    data[to++] = rgba[from + 1]!;
    data[to++] = rgba[from + 2]!;
  }
  return { pixels, reduction: 1, width, height };
}
