import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { display } from "@/base/display.ts";
import { NATIVE, shown, testWith, withFolder } from "@/testing.ts";

/** The module, loaded where native code may be. */
const load = () => import("@/notebook/cells/your_photo.ts");

testWith([...NATIVE, "write"], "openPhotos() opens the first photos of a folder", async () => {
  const { openPhotos } = await load();
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "deep"));
    for (const name of ["a.jpg", "b.jpg", "deep/c.jpg"]) {
      await Deno.writeTextFile(join(folder, name), name);
    }
    const open = async () => await openPhotos(folder, { seed: 7, most: 2 });
    const [message] = await shown(async () => void await open());
    equal(message!.data["text/plain"], "Photos looked at: 2 of 3, the first");
    const { data, photos } = await open();
    deepEqual(photos.map(({ name }) => name), ["a.jpg", "b.jpg"]);
    equal(new TextDecoder().decode(photos[1]!.file), "b.jpg");
    match(data.name, /-[0-9a-f]{8}$/);
  });
});

testWith(
  [...NATIVE, "write"],
  "openPhotos() opens one photo, and says where there is none",
  async () => {
    const { openPhotos } = await load();
    await withFolder(async (folder) => {
      await rejects(openPhotos(folder, { seed: 7 }), /There is no picture in/);
      await rejects(display({}), /cell that chooses the photos has failed/);
      const photo = join(folder, "a.jpg");
      await Deno.writeTextFile(photo, "");
      deepEqual((await openPhotos(photo, { seed: 7 })).photos.length, 1);
    });
  },
);

testWith(NATIVE, "a photo that cannot be decoded has no steps, as one without faces", async () => {
  const { faceSteps } = await load();
  const photo = { name: "a.heic", file: new Uint8Array() },
    answer = { faces: [], fault: "empty file" };
  const model = { card: { input: { side: 96 } } } as Parameters<typeof faceSteps>[2];
  const steps = await faceSteps(photo, answer as unknown as Parameters<typeof faceSteps>[1], model);
  deepEqual(steps, []);
});

testWith(
  NATIVE,
  "openPhotos() draws scenes, which may be shown, where no photo is named",
  async () => {
    const { openPhotos } = await load();
    const { data, photos } = await openPhotos(undefined, { seed: 7 });
    equal(data.name, "sample");
    deepEqual(photos.map(({ name }) => name), ["scene 1", "scene 2", "scene 3"]);
  },
);
