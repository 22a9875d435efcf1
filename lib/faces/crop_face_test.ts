import { deepEqual, equal } from "node:assert/strict";
import type { Face } from "./decode_faces.ts";
import type { Eyes } from "./align.ts";
import { cropFace, isTiny } from "./crop_face.ts";

/** A face of this width with eyes at these places. */
function face(eyes: Eyes, width = 100): Face {
  return { box: { x: 0, y: 0, width, height: width }, eyes, nose: [0, 0], mouth: [0, 0], score: 1 };
}

/** A white photo. */
function white(width: number, height: number) {
  return { width, height, data: new Uint8Array(width * height * 3).fill(255) };
}

Deno.test("cropFace() keeps a photo that is cropped already, though its eyes are a little off", () => {
  const crop = cropFace(white(100, 100), face([[32, 31], [66, 29]]), 50);
  deepEqual(new Set(crop.data), new Set([255]));
});

Deno.test("cropFace() is black where the crop reaches beyond the photo", () => {
  const crop = cropFace(white(200, 200), face([[5, 5], [160, 7]]), 50);
  deepEqual([crop.data[0], crop.data.at(-1)], [0, 0]);
  equal(crop.data[3 * (25 * 50 + 25)], 255);
});

Deno.test("isTiny() warns of faces below 24 pixels", () => {
  equal(isTiny(face([[0, 0], [1, 0]], 23)), true);
  equal(isTiny(face([[0, 0], [1, 0]], 24)), false);
});
