/**
 * Where a face lies in a photo, and how it is turned, moved and scaled to where faces lie in the training photos.
 *
 * Places are in pixels of the photo, x to the right and y down, from the top left corner: the middle of
 * the first pixel is (0.5, 0.5).
 *
 * @module
 */

/** A place in a picture: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** The middles of both eyes, the one that is further left in the upright face first. */
export type Eyes = readonly [left: Point, right: Point];

/**
 * A turn, a scale and a shift: the place (x, y) of a crop lies at
 * (`cos` x - `sin` y + `x`, `sin` x + `cos` y + `y`) of the photo.
 */
export interface Similarity {
  /** Scale times the cosine of the angle. */
  cos: number;
  /** Scale times the sine of the angle, clockwise. */
  sin: number;
  x: number;
  y: number;
}

/** Where UTKFace's crops have the eyes, in shares of their side; BlazeFace itself puts them up to 0.02 off. */
export const CROP_EYES: Eyes = [[0.295, 0.295], [0.68, 0.3]];

/** How far, in shares of the side, an eye of a photo that is a crop already may lie from `CROP_EYES`. */
const TOLERANCE = 0.08;

/**
 * Returns the similarity that leads from a square of side 1 to the photo, so that the eyes lie in the square
 * where those of UTKFace's crops do.
 *
 * @throws {RangeError} if both eyes are at one place
 *
 * @example A photo that is such a crop already stays as it is
 * ```ts
 * import { alignEyes } from "@/faces/align.ts";
 * import { equal } from "node:assert/strict";
 *
 * const { cos, x } = alignEyes([[59, 59], [136, 60]]);
 * equal(Math.round(cos), 200);
 * equal(Math.round(x), 0);
 * ```
 */
export function alignEyes([left, right]: Eyes): Similarity {
  const [from, to] = CROP_EYES;
  const dx = to[0] - from[0], dy = to[1] - from[1], length = dx ** 2 + dy ** 2;
  const ex = right[0] - left[0], ey = right[1] - left[1];
  if (ex === 0 && ey === 0) {
    throw new RangeError(`Cannot align a face whose eyes are both at ${left.join(", ")}`);
  }
  const cos = (ex * dx + ey * dy) / length, sin = (ey * dx - ex * dy) / length;
  return {
    cos,
    sin,
    x: left[0] - cos * from[0] + sin * from[1],
    y: left[1] - sin * from[0] - cos * from[1],
  };
}

/** The similarity from a square of side 1 to a photo in the middle of it, between black bars. */
export function wholePhoto({ width, height }: { width: number; height: number }): Similarity {
  const side = Math.max(width, height);
  return { cos: side, sin: 0, x: (width - side) / 2, y: (height - side) / 2 };
}

/** Returns the place in the photo of a place in the crop. */
export function transform({ cos, sin, x, y }: Similarity, [u, v]: Point): Point {
  return [cos * u - sin * v + x, sin * u + cos * v + y];
}

/** Tells how many pixels of the photo a pixel of the crop is wide. */
export function scaleOf({ cos, sin }: Similarity): number {
  return Math.hypot(cos, sin);
}

/** Tells how far a face leans, in degrees clockwise. */
export function tiltOf([left, right]: Eyes): number {
  return Math.atan2(right[1] - left[1], right[0] - left[0]) * 180 / Math.PI;
}

/** Tells whether a photo is cropped as UTKFace's are: square, with the eyes where theirs are. */
export function isCropped(
  { width, height }: { width: number; height: number },
  eyes: Eyes,
): boolean {
  const side = Math.max(width, height);
  if (Math.abs(width - height) > TOLERANCE * side) return false;
  return eyes.every(([x, y], i) => {
    const [u, v] = CROP_EYES[i]!;
    return Math.hypot(x / width - u, y / height - v) <= TOLERANCE;
  });
}
