import { deepEqual, equal } from "node:assert/strict";
import { brighten } from "./brighten.ts";

/** A crop of two pixels: a dark and a lighter one. */
const CROP = { width: 2, height: 1, data: Uint8Array.of(10, 20, 30, 50, 60, 100) };

Deno.test("brighten() gives a crop with little light as much as others have", () => {
  deepEqual([...brighten(CROP, 50).data], [40, 80, 120, 200, 240, 255]);
  deepEqual([...brighten(CROP, 0).data.subarray(0, 1)], [200], "no more than 20 times");
});

Deno.test("brighten() leaves a crop with enough light as it is", () => {
  equal(brighten(CROP, 110), CROP);
});

Deno.test("brighten() brightens the less, the nearer the light is to enough", () => {
  const values = [90, 95, 100, 105, 109.5].map((light) => brighten(CROP, light).data[5]!);
  deepEqual(values, [222, 193, 150, 114, 100]);
});
