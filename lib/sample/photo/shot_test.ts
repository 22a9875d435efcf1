import { equal, ok } from "node:assert/strict";
import { createRandom } from "@/base/random.ts";
import { createCamera, createLight, createShot } from "@/sample/photo/shot.ts";
import { createPerson } from "@/sample/plan/traits.ts";

const random = createRandom(7, "shots");
const person = createPerson(30, "f", random);
const shots = Array.from(
  { length: 400 },
  (_, i) => createShot(person, [0, 45, -45][i % 3]!, random),
);

Deno.test("createShot() leans by at most 25 degrees and keeps the size within its range", () => {
  ok(shots.every(({ tilt }) => Math.abs(tilt) <= 25));
  ok(shots.every(({ scale }) => 0.75 <= scale && scale <= 1.15));
  ok(Math.max(...shots.map(({ tilt }) => tilt)) > 10);
});

Deno.test("createShot() turns the head to the side that the label tells", () => {
  ok(shots.every(({ yaw }, i) => i % 3 === 0 || Math.sign(yaw) === (i % 3 === 1 ? 1 : -1)));
});

Deno.test("createShot() takes clothes from the person's own wardrobe", () => {
  ok(shots.every(({ clothes }) => person.wardrobe.includes(clothes)));
  equal(new Set(shots.map(({ clothes }) => clothes)).size, person.wardrobe.length);
});

Deno.test("createLight() and createCamera() stay within what a photo bears", () => {
  for (let i = 0; i < 400; i++) {
    const { from, cast } = createLight(random), { exposure, quality, noise } = createCamera(random);
    ok(Math.hypot(...from) < 1.5 && cast.every((gain) => gain > 0.7 && gain < 1.15));
    ok(exposure > 0.6 && exposure < 1.7 && quality >= 60 && quality <= 95 && noise < 10);
  }
});
