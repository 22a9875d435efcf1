import { deepEqual } from "node:assert/strict";
import type { Pixels } from "@/base/pixels.ts";
import { layersOf } from "./cut_square.ts";
import { detectFaces } from "./detect_faces.ts";
import { turnPhoto } from "./turn_photo.ts";

/** A photo that is white above and black below. */
const PHOTO = {
  ...{ width: 40, height: 40 },
  data: new Uint8Array(4800).fill(255, 0, 2400),
};

/** A detector that sees a face in the middle, this surely where it is white above, and so surely where it is not. */
function detector(upright: number, turned: number) {
  const scores = [512, 384].map((length) => new Float32Array(length).fill(-9));
  const places = scores.map(({ length }) => new Float32Array(16 * length));
  places[0]!.set([0, 0, 90, 90, -20, -20, 20, -20], 16 * 272);
  return {
    run: (colors: Float32Array) => {
      const isUpright = colors[3 * (100 * 256 + 128)]! > colors[3 * (156 * 256 + 128)]!;
      scores[0]![272] = isUpright ? upright : turned;
      return Promise.resolve([...scores, ...places]);
    },
    dispose: () => {},
  };
}

/** Whether the left eye is at the left, and whether that is doubtful, of the faces in a photo. */
async function facesIn(photo: Pixels, upright: number, turned: number) {
  const options = { minimumScore: 0.5, tiles: true };
  const faces = await detectFaces(detector(upright, turned), layersOf(photo), options);
  return faces.map(({ eyes: [[left], [right]], isDoubtful = false }) => [left < right, isDoubtful]);
}

Deno.test("detectFaces() answers from the side from which a face is surest", async () => {
  deepEqual((await facesIn(PHOTO, 1.5, 0.5))[0], [true, false]);
  deepEqual((await facesIn(turnPhoto(PHOTO, 2), 1.5, 0.5))[0], [false, false]);
});

Deno.test("detectFaces() doubts where a face is as sure from the opposite side", async () => {
  deepEqual((await facesIn(PHOTO, 1.5, 1.4))[0], [true, true]);
  deepEqual((await facesIn(PHOTO, 3, 3))[0], [true, false], "sure enough for no second look");
});
