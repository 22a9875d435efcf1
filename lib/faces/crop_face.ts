/** A face as the networks know faces: upright, cropped as UTKFace's are, in a square. */
import type { Pixels } from "@/base/pixels.ts";
import { scaleOf, type Similarity } from "@/faces/align.ts";
import { brighten } from "@/faces/brighten.ts";
import { cutSquare, type Layers, layersOf } from "@/faces/cut_square.ts";
import type { Face } from "@/faces/face.ts";
import { lightOf, SHARPNESS_SIDE } from "@/faces/warnings.ts";

/** Side in pixels of UTKFace's crops: what is cut out of a photo, before it is resized as they are. */
const CUT_SIDE = 200;

/** The place of a face's crop in its photo. */
type Place = Pick<Face, "transform" | "isWhole">;

/**
 * Crops a face to a square of `side` pixels, turned upright; black beyond the photo's rim, and brightened if there is
 * little light. A photo that is such a crop already is resized alone, to the very square that training would make of it.
 *
 * @param photo the one that the face was read in
 */
export function cropFace(photo: Pixels, face: Place, side: number): Pixels {
  const scale = scaleOf(face.transform) / cutSide(side);
  return cropFrom(layersOf(photo, face.isWhole ? 1 : scale), face, side);
}

/** The same from a photo with its layers. */
export function cropFrom(layers: Layers, place: Place, side: number): Pixels {
  const crop = cropsFrom(layers, place);
  return brighten(crop(side), lightOf(crop(SHARPNESS_SIDE)));
}

/** The same as light as in the photo, in several sizes: what all of up to {@linkcode CUT_SIDE} pixels are made of is cut out once. */
export function cropsFrom(layers: Layers, { transform, isWhole }: Place): (side: number) => Pixels {
  const cuts = new Map<number, Pixels>();
  return (side) => {
    const size = isWhole ? 0 : cutSide(side);
    const cut = cuts.get(size) ??
      (isWhole ? layers.photos[0]! : cutSquare(layers, magnify(transform, 1 / size), size));
    cuts.set(size, cut);
    return layers.cutter.resize(cut, side);
  };
}

/**
 * The face as UTKFace's crops have it, 200 pixels wide, or the whole photo where that is such a crop already: what
 * `cropFace()` resizes.
 */
export function cutFace(photo: Pixels, { transform, isWhole }: Place): Pixels {
  if (isWhole) return photo;
  const similarity = magnify(transform, 1 / CUT_SIDE);
  return cutSquare(layersOf(photo, scaleOf(similarity)), similarity, CUT_SIDE);
}

/** Side in pixels of what is cut out for a square of `side` pixels. */
function cutSide(side: number): number {
  return Math.max(side, CUT_SIDE);
}

/** The similarity from a square whose unit is `size` times as large. */
function magnify({ cos, sin, x, y }: Similarity, size: number): Similarity {
  return { cos: cos * size, sin: sin * size, x, y };
}
