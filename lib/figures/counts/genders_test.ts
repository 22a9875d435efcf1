import { deepEqual, ok } from "node:assert/strict";
import { HUE } from "@/figures/shared/style.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { gendersFigure } from "@/figures/counts/genders.ts";

const ROWS = [
  { gender: null, photos: 779 },
  { gender: "u", photos: 1099 },
  { gender: "m", photos: 8124 },
  { gender: "f", photos: 9368 },
] as const;

testSnapshot("genders", () => gendersFigure(ROWS));

Deno.test("gendersFigure() draws female, male, unknown and not given, in this order", () => {
  const svg = gendersFigure(ROWS), names = ["female", "male", "unknown", "not given"];
  deepEqual(textsOf(svg).filter((text) => names.includes(text)), names);
  deepEqual(barsOf(svg).slice(0, 3), [HUE.purple, HUE.orange, HUE.green]);
  for (const count of ["9,368", "8,124", "1,099", "779"]) ok(textsOf(svg).includes(count), count);
});

Deno.test("gendersFigure() leaves out the genders that do not occur", () => {
  const svg = gendersFigure([{ gender: "m", photos: 1 }]);
  deepEqual(barsOf(svg), [HUE.orange]);
  ok(!textsOf(svg).includes("not given"));
});

Deno.test("gendersFigure() says that there are no photos", () => {
  deepEqual(textsOf(gendersFigure([])), ["Photos per gender", "No photos"]);
});
