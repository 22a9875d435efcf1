import { deepEqual, equal, ok } from "node:assert/strict";
import { createRandom } from "@/base/random.ts";
import type { Pixels } from "@/base/pixels.ts";
import { drawPortrait } from "@/sample/face.ts";
import { takePhoto } from "@/sample/photo.ts";
import { createCamera, createLight, createShot } from "@/sample/shot.ts";
import { createPerson } from "@/sample/traits.ts";
import { NATIVE, testWith } from "@/testing.ts";

/** Networks and function, loaded where native code is allowed. */
async function load() {
  return { ...await import("@/faces/read_faces.ts"), ...await import("@/faces/load_networks.ts") };
}

/** A synthetic person who looks into the camera, on a photo of this size. */
function portrait(width: number, height: number): Pixels {
  const random = createRandom(7, "portrait");
  const shot = {
    ...createShot(createPerson(35, "f", random), 0, random),
    yaw: 0,
    pitch: 0,
    tilt: 0,
  };
  const plain = { ...shot, hat: null, glasses: null, eyes: 1, mouth: 0, offset: [0, 0] as const };
  const person = createPerson(35, "f", createRandom(7, "person")), light = createLight(random);
  const svg = drawPortrait(person, { ...plain, scale: 1 }, light, { width, height }, random);
  const photo = takePhoto(svg, light, { ...createCamera(random), noise: 1, blur: 0 }, random);
  const bytes = new Uint8Array(photo.bitmap.buffer);
  return { width, height, data: bytes.filter((_, i) => i % 4 !== 3) };
}

testWith(
  NATIVE,
  "readFaces() finds a synthetic face once, with level eyes, and frees memory",
  async () => {
    const { disposeNetworks, loadFaceNetworks, readFaces } = await load();
    const { tf } = await import("@/native/tensorflow.ts");
    const networks = await loadFaceNetworks(), before = tf.memory().numTensors;
    const photo = portrait(500, 300), [face, ...others] = await readFaces(networks, photo);
    equal(others.length, 0);
    ok(face, "no face found");
    const [[left, y], [right, z]] = face.eyes;
    ok(
      150 < left && left < 250 && 250 < right && right < 350 && Math.abs(y - z) < 12,
      `${face.eyes}`,
    );
    equal(tf.memory().numTensors, before);
    disposeNetworks(networks);
  },
);

/** A grey photo with others pasted in, each with its left top corner. */
function scene(width: number, height: number, photos: [Pixels, x: number, y: number][]): Pixels {
  const data = new Uint8Array(width * height * 3).fill(120);
  for (const [photo, x, y] of photos) {
    for (let row = 0; row < photo.height; row++) {
      const line = photo.data.subarray(3 * row * photo.width, 3 * (row + 1) * photo.width);
      data.set(line, 3 * ((y + row) * width + x));
    }
  }
  return { width, height, data };
}

testWith(NATIVE, "readFaces() finds small faces in a large photo, each once", async () => {
  const { disposeNetworks, loadFaceNetworks, readFaces } = await load();
  const networks = await loadFaceNetworks(), places = [[100, 60], [900, 500], [1400, 990]] as const;
  const photo = scene(1600, 1200, places.map(([x, y]) => [portrait(90, 90), x, y]));
  const faces = await readFaces(networks, photo);
  const found = faces.map(({ box }) => [
    Math.floor((box.x + box.width / 2) / 200),
    Math.floor((box.y + box.height / 2) / 200),
  ]);
  deepEqual(found.sort(), [[0, 0], [4, 2], [7, 5]]);
  deepEqual(faces.map(({ number }) => number), [1, 2, 3]);
  const few = await readFaces(networks, photo, { tiles: false });
  ok(few.length < 3, "found without tiles");
  disposeNetworks(networks);
});

testWith(NATIVE, "readFaces() finds none in a black photo", async () => {
  const { disposeNetworks, loadFaceNetworks, readFaces } = await load();
  const networks = await loadFaceNetworks();
  deepEqual(await readFaces(networks, { width: 90, height: 60, data: new Uint8Array(16200) }), []);
  disposeNetworks(networks);
});
