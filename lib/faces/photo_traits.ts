/**
 * What kind of photo a photo is, measured from its pixels: how sharp, how bright, how large, how much of its square is
 * padding, how far the face is turned, and what would be warned about.
 */
import type { Pixels } from "@/base/pixels.ts";
import type { PhotoTraits } from "@/metrics/photo_kinds.ts";
import type { FaceCut } from "@/faces/read_faces.ts";
import { resizePlainly } from "@/faces/resize_square.ts";
import { brightnessOf, SHARPNESS_SIDE, sharpnessOf } from "@/faces/warnings.ts";

/**
 * Measures a photo as networks get it, in the square that it is padded to.
 *
 * @param face its largest face; undefined if there is none
 */
export function traitsOf(
  photo: Pixels,
  face: Pick<FaceCut, "turn"> & { face: Pick<FaceCut["face"], "warnings"> } | undefined,
): PhotoTraits {
  const square = resizePlainly(photo, SHARPNESS_SIDE);
  const [shorter, longer] = [photo.width, photo.height].sort((a, b) => a - b);
  return {
    sharpness: sharpnessOf(square),
    brightness: brightnessOf(square),
    size: shorter!,
    padding: 1 - shorter! / longer!,
    turn: face?.turn ?? null,
    warnings: face ? face.face.warnings.map(({ kind }) => kind) : null,
  };
}
