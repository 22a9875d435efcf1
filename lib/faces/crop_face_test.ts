import { deepEqual, equal } from "node:assert/strict";
import { wholePhoto } from "./align.ts";
import { cropFrom } from "./crop_face.ts";
import { layersOf } from "./cut_square.ts";

/** A white photo. */
function white(width: number, height: number) {
  return { width, height, data: new Uint8Array(width * height * 3).fill(255) };
}

Deno.test("cropFrom() keeps a photo that is cropped already", () => {
  const photo = white(100, 100);
  const crop = cropFrom(layersOf(photo), { transform: wholePhoto(photo), isWhole: true }, 50);
  deepEqual([crop.width, new Set(crop.data)], [50, new Set([255])]);
});

Deno.test("cropFrom() is black where the crop reaches beyond the photo", () => {
  const transform = { cos: 300, sin: 0, x: -50, y: -50 };
  const crop = cropFrom(layersOf(white(200, 200)), { transform, isWhole: false }, 50);
  deepEqual([crop.data[0], crop.data.at(-1)], [0, 0]);
  equal(crop.data[3 * (25 * 50 + 25)], 255);
});
