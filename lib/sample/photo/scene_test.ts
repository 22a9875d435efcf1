import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { NATIVE, testWith } from "@/testing.ts";

/** The function, loaded where its packages may be. */
const load = async () => (await import("@/sample/photo/scene.ts")).makeScene;

testWith(NATIVE, "makeScene() makes the same bytes from the same seed", async () => {
  const makeScene = await load(), size = { width: 160, height: 120, people: 2 };
  const scene = await makeScene(3, size);
  deepEqual(await makeScene(3, size), scene);
  notDeepEqual((await makeScene(4, size)).file, scene.file);
});

testWith(NATIVE, "makeScene() puts everyone's face on the photo, from left to right", async () => {
  const makeScene = await load(), width = 300, height = 200;
  for (const seed of [1, 2, 3]) {
    const { photo, people } = await makeScene(seed, { width, height, people: 4 });
    deepEqual([photo.width, photo.height, photo.data.length], [width, height, 3 * width * height]);
    equal(people.length, 4);
    for (const [k, { box, age }] of people.entries()) {
      ok(box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height);
      ok(k === 0 || box.x > people[k - 1]!.box.x);
      ok(age >= 1 && age <= 85);
    }
  }
});

testWith(NATIVE, "makeScene() makes an empty place", async () => {
  const { people } = await (await load())(1, { width: 60, height: 40, people: 0 });
  deepEqual(people, []);
});
