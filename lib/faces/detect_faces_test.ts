import { deepEqual, equal } from "node:assert/strict";
import type { Pixels } from "@/base/pixels.ts";
import { layersOf } from "./cut_square.ts";
import { detectAround, detectLying } from "./detect_faces.ts";
import { turnPhoto } from "./turn_photo.ts";

/** A photo that is white above and black below. */
const PHOTO = {
  ...{ width: 40, height: 40 },
  data: new Uint8Array(4800).fill(255, 0, 2400),
};

/** A detector that sees a face in the middle, with these logits where it is white above and where it is not. */
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

Deno.test("detectAround() looks at a photo from its other sides and from its corners", async () => {
  const options = { minimumScore: 0.5, tiles: true };
  const seenFrom = async (photo: Pixels) => (
    (await detectAround({ detector: detector(2, -9), layers: layersOf(photo), ...options }))
      .filter(({ faces }) => faces.length > 0).map(({ quarters }) => quarters)
  );
  deepEqual(await seenFrom(turnPhoto(PHOTO, 2)), [2, 1.5, 2.5]);
  deepEqual(await seenFrom(PHOTO), [0.5, 3.5]);
});

Deno.test("detectLying() finds the faces of a photo that is on its head", async () => {
  const options = { minimumScore: 0.5, tiles: false }, layers = layersOf(turnPhoto(PHOTO, 2));
  const [face] = await detectLying({ detector: detector(2, -9), layers, ...options }, 2);
  const [[left], [right]] = face!.eyes;
  equal(left > right, true);
});
