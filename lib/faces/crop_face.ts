/** A face as the networks know faces: upright, cropped as UTKFace's are, in a square. */
import type { Pixels } from "@/base/pixels.ts";
import type { Similarity } from "@/faces/align.ts";
import { brighten } from "@/faces/brighten.ts";
import { cutSquare, type Layers } from "@/faces/cut_square.ts";
import type { Face } from "@/faces/face.ts";
import { resizePlainly } from "@/faces/resize_square.ts";
import { lightOf, SHARPNESS_SIDE } from "@/faces/warnings.ts";

/** Side in pixels of UTKFace's crops: what is cut out of a photo, before it is resized as they are. */
export const CUT_SIDE = 200;

/** The place of a face's crop in its photo. */
type Place = Pick<Face, "transform" | "isWhole">;

/**
 * Crops a face to a square of `side` pixels, turned upright; black beyond the photo's rim, and brightened if there is
 * little light. A photo that is such a crop already is resized alone, to the very square that training would make of it.
 *
 * @param layers the photo that the face was read in
 */
export function cropFrom(layers: Layers, place: Place, side: number): Pixels {
  const crop = cropsFrom(layers, place);
  return brighten(crop(side), lightOf(crop(SHARPNESS_SIDE)));
}

/** The same as light as in the photo, in several sizes: what all of up to {@linkcode CUT_SIDE} pixels are made of is cut out once. */
export function cropsFrom(layers: Layers, { transform, isWhole }: Place): (side: number) => Pixels {
  const cuts = new Map<number, Pixels>();
  return (side) => {
    const size = isWhole ? 0 : Math.max(side, CUT_SIDE);
    const cut = cuts.get(size) ??
      (isWhole ? layers.photos[0]! : cutSquare(layers, magnify(transform, 1 / size), size));
    cuts.set(size, cut);
    return resizePlainly(cut, side);
  };
}

/** The similarity from a square whose unit is `size` times as large. */
function magnify({ cos, sin, x, y }: Similarity, size: number): Similarity {
  return { cos: cos * size, sin: sin * size, x, y };
}
