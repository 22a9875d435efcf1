/** Photos that lie on their side or stand on their head. */
import type { Pixels, Size } from "@/base/pixels.ts";
import { type Similarity, transform } from "@/faces/align.ts";
import type { Detection } from "@/faces/decode_detections.ts";

/** Quarters of a turn clockwise. */
export type Quarters = 0 | 1 | 2 | 3;

/** Cosines of the eighths of a turn. */
const COSINES = [1, Math.SQRT1_2, 0, -Math.SQRT1_2, -1, -Math.SQRT1_2, 0, Math.SQRT1_2];

/** Leads from a photo that was turned back by these quarters to the photo. A square may be turned by half a quarter, too. */
export function turnOfPhoto({ width, height }: Size, quarters: number): Similarity {
  const cos = COSINES[2 * quarters]!, sin = COSINES[(2 * quarters + 6) % 8]!;
  const [across, down] = quarters % 2 === 1 ? [height, width] : [width, height];
  const x = (width - cos * across + sin * down) / 2, y = (height - sin * across - cos * down) / 2;
  return { cos, sin, x, y };
}

/** A photo turned back by these quarters: one whose faces lie so stands upright then. */
export function turnPhoto(photo: Pixels, quarters: Quarters): Pixels {
  const { cos, sin, ...start } = turnOfPhoto(photo, quarters);
  const [width, height] = sin === 0 ? [photo.width, photo.height] : [photo.height, photo.width];
  const data = new Uint8Array(photo.data.length), right = 3 * (cos + sin * photo.width);
  const down = 3 * (cos * photo.width - sin);
  const first = 3 * ((start.y && photo.height - 1) * photo.width + (start.x && photo.width - 1));
  for (let v = 0, k = 0; v < height; v++) {
    for (let u = 0, at = first + v * down; u < width; u++, at += right, k += 3) {
      data[k] = photo.data[at]!;
      data[k + 1] = photo.data[at + 1]!;
      data[k + 2] = photo.data[at + 2]!;
    }
  }
  return { width, height, data };
}

/** A face in a turned photo as a face in the photo, where a similarity leads from the one to the other. */
export function turnDetection({ box, eyes, score }: Detection, turn: Similarity): Detection {
  const [x, y] = transform(turn, [box.x + box.width / 2, box.y + box.height / 2]);
  const [width, height] = turn.sin === 0 ? [box.width, box.height] : [box.height, box.width];
  const [left, right] = eyes;
  return {
    box: { x: x - width / 2, y: y - height / 2, width, height },
    eyes: [transform(turn, left), transform(turn, right)],
    score,
  };
}
