/**
 * A face as the networks know faces: upright, cropped as UTKFace's are, in a square.
 *
 * @module
 */
import type { Pixels } from "@/base/pixels.ts";
import { scaleOf, type Similarity } from "@/faces/align.ts";
import { cutSquare, layersOf } from "@/faces/cut_square.ts";
import type { Face } from "@/faces/face.ts";
import { resizeToSquare } from "@/faces/resize_square.ts";

/** Side in pixels of UTKFace's crops: what is cut out of a photo, before it is resized as they are. */
const CUT_SIDE = 200;

/**
 * Crops a face to a square of `side` pixels, turned upright by its eyes; black beyond the photo's rim. A
 * photo that is such a crop already is only resized, to the very square that training would make of it.
 *
 * @param photo the one that the face was read in
 */
export function cropFace(
  photo: Pixels,
  { transform, isWhole }: Pick<Face, "transform" | "isWhole">,
  side: number,
): Pixels {
  if (isWhole) return resizeToSquare(photo, side);
  const cut = Math.max(side, CUT_SIDE), similarity = magnify(transform, 1 / cut);
  const layers = layersOf(photo, scaleOf(similarity));
  return resizeToSquare(cutSquare(layers, similarity, cut), side);
}

/** The similarity from a square whose unit is `size` times as large. */
function magnify({ cos, sin, x, y }: Similarity, size: number): Similarity {
  return { cos: cos * size, sin: sin * size, x, y };
}
