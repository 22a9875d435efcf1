import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { NATIVE, testWith, withFolder } from "@/testing.ts";

/** The module, loaded where native code may be. */
const load = () => import("@/answers/face_answers.ts");

testWith(NATIVE, "scaleFace() puts a face where it is in a larger photo", async () => {
  const { scaleFace } = await load();
  const face = {
    box: { x: 1, y: 2, width: 3, height: 4 },
    eyes: [[1, 2], [3, 2]] as const,
    transform: { cos: 5, sin: 1, x: -1, y: 0 },
    number: 7,
  };
  const double = scaleFace(face, 2);
  deepEqual(double, {
    box: { x: 2, y: 4, width: 6, height: 8 },
    eyes: [[2, 4], [6, 4]],
    transform: { cos: 10, sin: 2, x: -2, y: 0 },
    number: 7,
  });
  deepEqual(scaleFace(double, 1 / 2), face);
});

testWith(NATIVE, "answerPhotos() tells what is no photo, and goes on", async () => {
  const { answerPhotos } = await load();
  const { decodeSource: decode } = await import("@/images/photo_file.ts");
  const reader = { decode, model: { card: { input: { side: 2 }, output: { width: 5 } } } } as never;
  const answers = await answerPhotos(reader, [
    () => Promise.resolve(new Uint8Array()),
    () => Promise.reject(new Deno.errors.NotFound("x")),
    () => Promise.resolve(new TextEncoder().encode("text")),
  ]);
  deepEqual(answers.map(({ fault }) => fault), ["empty file", "no such file", "not an image"]);
});

testWith(
  NATIVE,
  "answerPhotos() ends between two looks at a photo once it is aborted",
  async () => {
    const { answerPhotos } = await load(), stop = new AbortController();
    let looks = 0;
    const detector = {
      run() {
        looks++;
        stop.abort(new Error("enough"));
        return Promise.resolve([512, 384, 512 * 16, 384 * 16].map((length) => (
          new Float32Array(length).fill(-9)
        )));
      },
    };
    const data = new Uint8Array(12).fill(255, 6), pixels = { width: 2, height: 2, data };
    const decode = () => Promise.resolve({ pixels, reduction: 1, width: 2, height: 2 });
    const reader = { decode, networks: { detector, mesh: detector } } as never;
    await rejects(answerPhotos(reader, ["a"], { signal: stop.signal }), /enough/);
    equal(looks, 1);
  },
);

testWith(
  [...NATIVE, "write"],
  "openReader() answers with groups of one's own where a model has no file for onnxruntime, too",
  async () => {
    const { closeReader, openReader } = await load();
    const shipped = (await import("@/answers/model_folder.ts")).modelFolder("age-groups-2");
    await withFolder(async (folder) => {
      for (const { name } of Deno.readDirSync(shipped)) {
        if (name !== "model.onnx") await Deno.symlink(join(shipped, name), join(folder, name));
      }
      const reader = await openReader(folder, { groups: "0-17,18+" });
      deepEqual(reader.model.card.classes.map(({ name }) => name), ["0-17", "18+"]);
      closeReader(reader);
    });
  },
);
