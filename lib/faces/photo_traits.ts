/**
 * What kind of photo a photo is, measured from its pixels: how sharp, how bright, how large, how much of its square is
 * padding, and how far the face is turned.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { type Layers, layersOf } from "@/faces/cut_square.ts";
import { detectFaces } from "@/faces/detect_faces.ts";
import type { FaceNetworks } from "@/faces/face.ts";
import { keepSurest } from "@/faces/keep_surest.ts";
import { placeLandmarks } from "@/faces/place_landmarks.ts";
import { resizeToSquare } from "@/faces/resize_square.ts";
import { brightnessOf, SHARPNESS_SIDE, sharpnessOf, turnOf } from "@/faces/warnings.ts";

/** What is measured of a photo. */
export interface PhotoTraits {
  /** The variance of the Laplacian over that of the brightness, in the middle of the square; 0 where all is one colour. */
  sharpness: number;
  /** Mean brightness in the middle of the square, 0 to 1. */
  brightness: number;
  /** The shorter side of the photo in pixels. */
  size: number;
  /** Share of the square that is black bars, 0 to 1. */
  padding: number;
  /** Where the tip of the nose is between the cheeks, 0 in the middle, 1 at one of them; null if no face is found. */
  turn: number | null;
}

/** How sure the networks are at least that something is a face, 0 to 1. */
const LEAST_CONFIDENCE = 0.5;

/**
 * Measures a photo as networks get it, in the square that it is padded to.
 *
 * @param turn how far its face is turned, as {@linkcode turnOfLargest} tells it
 *
 * @example A grey photo, twice as wide as high
 * ```ts
 * import { traitsOf } from "@/faces/photo_traits.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { size, padding } = traitsOf({ width: 4, height: 2, data: new Uint8Array(24).fill(99) }, null);
 * deepEqual([size, padding], [2, 0.5]);
 * ```
 */
export function traitsOf(photo: Pixels, turn: number | null): PhotoTraits {
  const square = resizeToSquare(photo, SHARPNESS_SIDE);
  const [shorter, longer] = [photo.width, photo.height].sort((a, b) => a - b);
  return {
    sharpness: sharpnessOf(square),
    brightness: brightnessOf(square),
    size: shorter!,
    padding: 1 - shorter! / longer!,
    turn,
  };
}

/**
 * Tells how far the largest face that a look at the whole photo shows is turned to the side, 0 to about 1; null if there
 * is none.
 */
export async function turnOfLargest(
  { detector, mesh }: FaceNetworks,
  photo: Pixels,
): Promise<number | null> {
  const layers: Layers = layersOf(photo);
  const found = await detectFaces(detector, layers, {
    minimumScore: LEAST_CONFIDENCE,
    tiles: false,
  });
  const [largest] = keepSurest(found).sort((a, b) => b.box.width - a.box.width);
  if (!largest) return null;
  const { points, confidence } = await placeLandmarks(mesh, layers, largest);
  return confidence < LEAST_CONFIDENCE ? null : turnOf(points);
}
