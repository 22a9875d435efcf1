/**
 * A face as the networks know faces: upright, cropped as UTKFace's are, in a square.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { alignEyes, isCropped } from "@/faces/align.ts";
import { cutSquare } from "@/faces/cut_square.ts";
import type { Face } from "@/faces/decode_faces.ts";

/** Pixels that a face is wide, at least, for its age to be told. */
export const SMALLEST_FACE = 24;

/**
 * Crops a face to a square of `side` pixels, turned upright by its eyes; black beyond the photo's rim. A
 * photo that is such a crop already is only scaled.
 */
export function cropFace(photo: Pixels, { eyes }: Face, side: number): Pixels {
  return cutSquare(
    photo,
    isCropped(photo, eyes) ? wholeOf(photo, side) : alignEyes(eyes, side),
    side,
  );
}

/** Tells whether a face is too small for its age to be told. */
export function isTiny({ box }: Face): boolean {
  return Math.min(box.width, box.height) < SMALLEST_FACE;
}

/** The whole photo in the middle of a square of `side` pixels. */
function wholeOf({ width, height }: Pixels, side: number) {
  const longer = Math.max(width, height);
  return { cos: longer / side, sin: 0, x: (width - longer) / 2, y: (height - longer) / 2 };
}
