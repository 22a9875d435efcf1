/**
 * Photos of synthetic people whose faces are known.
 *
 * @module
 */
import { createRandom } from "@/base/random.ts";
import type { Pixels } from "@/base/pixels.ts";
import { drawPortrait } from "@/sample/draw/face.ts";
import { takePhoto } from "@/sample/photo/photo.ts";
import { createCamera, createLight, createShot } from "@/sample/photo/shot.ts";
import { createPerson } from "@/sample/plan/traits.ts";

/** A synthetic person who looks into the camera, on a photo of this size; another one with each age. */
export function portrait(width: number, height: number, age = 35): Pixels {
  const random = createRandom(7, "portrait");
  const shot = {
    ...createShot(createPerson(age, "f", random), 0, random),
    yaw: 0,
    pitch: 0,
    tilt: 0,
  };
  const plain = { ...shot, hat: null, glasses: null, eyes: 1, mouth: 0, offset: [0, 0] as const };
  const person = createPerson(age, "f", createRandom(7, "person")), light = createLight(random);
  const svg = drawPortrait(person, { ...plain, scale: 1 }, light, { width, height }, random);
  const photo = takePhoto(svg, light, { ...createCamera(random), noise: 1, blur: 0 }, random);
  const bytes = new Uint8Array(photo.bitmap.buffer);
  return { width, height, data: bytes.filter((_, i) => i % 4 !== 3) };
}

/** A grey photo with others pasted in, each with its left top corner. */
export function scene(
  width: number,
  height: number,
  photos: [Pixels, x: number, y: number][],
): Pixels {
  const data = new Uint8Array(width * height * 3).fill(120);
  for (const [photo, x, y] of photos) {
    for (let row = 0; row < photo.height; row++) {
      const line = photo.data.subarray(3 * row * photo.width, 3 * (row + 1) * photo.width);
      data.set(line, 3 * ((y + row) * width + x));
    }
  }
  return { width, height, data };
}
