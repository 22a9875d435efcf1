import { deepEqual, equal, ok } from "node:assert/strict";
import type { Pixels } from "@/base/pixels.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { portrait, scene } from "../support/portrait.ts";

/** Networks and function, loaded where native code is allowed. */
async function load() {
  return { ...await import("@/faces/read_faces.ts"), ...await import("@/faces/onnx_networks.ts") };
}

testWith(
  NATIVE,
  "readFaces() finds a synthetic face once, with level eyes, and frees memory",
  async () => {
    const { disposeNetworks, openFaceNetworks, readFaces } = await load();
    const { tf } = await import("@/native/tensorflow.ts");
    const networks = await openFaceNetworks(), photo = portrait(500, 300);
    await readFaces(networks, photo); // an empty tensor is made once for all networks
    const before = tf.memory().numTensors;
    const [face, ...others] = await readFaces(networks, photo);
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

testWith(NATIVE, "readFaces() finds small faces in a large photo, each once", async () => {
  const { disposeNetworks, openFaceNetworks, readFaces } = await load();
  const networks = await openFaceNetworks(), places = [[100, 60], [900, 500], [1400, 990]] as const;
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

testWith(NATIVE, "readFaces() finds eight behind one who fills a third of a photo", async () => {
  const { disposeNetworks, openFaceNetworks, readFaces } = await load();
  const networks = await openFaceNetworks(), small = portrait(130, 130);
  const behind = [0, 1320].flatMap((x) => (
    [20, 320, 620, 920].map((y): [Pixels, number, number] => [small, x, y])
  ));
  const photo = scene(1500, 1125, [[portrait(1100, 1100), 200, 20], ...behind]);
  const widths = (await readFaces(networks, photo)).map(({ box }) => Math.round(box.width / 20));
  deepEqual(widths, [25, ...behind.map(() => 3)]);
  disposeNetworks(networks);
});

testWith(NATIVE, "readFaces() knows which way up a face is in a photo that lies", async () => {
  const { disposeNetworks, openFaceNetworks, readFaces } = await load();
  const { turnPhoto } = await import("@/faces/turn_photo.ts");
  const { tiltOf } = await import("@/faces/align.ts");
  const networks = await openFaceNetworks(), photo = portrait(500, 400);
  const tilts: number[] = [];
  for (const quarters of [0, 1, 2, 3] as const) {
    const faces = await readFaces(networks, turnPhoto(photo, quarters));
    tilts.push(...faces.map(({ eyes }) => (Math.round(tiltOf(eyes) / 15) * 15 + 360) % 360));
  }
  deepEqual(tilts, [0, 270, 180, 90]);
  disposeNetworks(networks);
});

testWith(
  NATIVE,
  "readCuts() brightens the face of a dark photo, and warns where it is too dark",
  async () => {
    const { disposeNetworks, openFaceNetworks, readCuts } = await load();
    const { lightOf } = await import("@/faces/warnings.ts");
    const networks = await openFaceNetworks(), { data, ...size } = portrait(400, 320);
    const results = [];
    for (const share of [1, 0.4, 0.1]) {
      const photo = { ...size, data: data.map((value) => share * value) };
      const [cut] = await readCuts(networks, photo);
      results.push([
        Math.round(lightOf(cut!.crop(96)) / 20),
        cut!.face.warnings.map(({ kind }) => kind),
      ]);
    }
    deepEqual(results, [[6, []], [10, []], [10, ["dark"]]]);
    disposeNetworks(networks);
  },
);

testWith(NATIVE, "readFaces() finds none in a black photo", async () => {
  const { disposeNetworks, openFaceNetworks, readFaces } = await load();
  const networks = await openFaceNetworks();
  deepEqual(await readFaces(networks, { width: 90, height: 60, data: new Uint8Array(16200) }), []);
  disposeNetworks(networks);
});

/** A smiley, and a cartoon of a head. */
const DRAWINGS = [
  `<circle cx="200" cy="200" r="150" fill="#fd3"/><circle cx="150" cy="160" r="18"/>
   <circle cx="250" cy="160" r="18"/><path d="M120 240 q80 90 160 0" stroke="#000" stroke-width="10"/>`,
  `<ellipse cx="200" cy="210" rx="115" ry="150" fill="#f2c9a0"/>
   <path d="M80 220 C60 40 340 40 320 220 C300 110 100 110 80 220" fill="#532"/>
   <circle cx="155" cy="195" r="20" fill="#fff"/><circle cx="245" cy="195" r="20" fill="#fff"/>
   <circle cx="155" cy="195" r="9"/><circle cx="245" cy="195" r="9"/>
   <path d="M130 168 q25 -14 50 0 M220 168 q25 -14 50 0" stroke="#432" stroke-width="7" fill="none"/>
   <path d="M200 195 l-14 60 q14 10 28 0" stroke="#a76" stroke-width="5" fill="none"/>
   <path d="M160 290 q40 30 80 0 q-40 10 -80 0" fill="#b44"/>`,
];

testWith(NATIVE, "readFaces() takes a smiley for no face, and a cartoon for one", async () => {
  const { disposeNetworks, openFaceNetworks, readFaces } = await load();
  const { default: sharp } = await import("sharp");
  const networks = await openFaceNetworks(), counts: number[] = [];
  for (const drawing of DRAWINGS) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">
      <rect width="400" height="400" fill="#cde"/>${drawing}</svg>`;
    const data = await sharp(new TextEncoder().encode(svg)).removeAlpha().raw().toBuffer();
    counts.push((await readFaces(networks, { width: 400, height: 400, data })).length);
  }
  deepEqual(counts, [0, 1], "the limits in docs/faces.md say so");
  disposeNetworks(networks);
});
