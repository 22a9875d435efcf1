import { deepEqual, equal } from "node:assert/strict";
import { fromRgba, isRgba } from "@/images/photo_source.ts";

Deno.test("isRgba() tells pixels from files and videos", () => {
  const pixels = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  const others = ["a.jpg", new URL("file:///a"), new Uint8Array(4), new Blob(), {
    videoWidth: 1,
    videoHeight: 1,
  }];
  equal(isRgba(pixels), true);
  deepEqual(others.map(isRgba), others.map(() => false));
});

Deno.test("fromRgba() leaves out the opacity of each pixel", () => {
  const data = new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 0]);
  const pixels = { width: 2, height: 1, data: new Uint8Array([1, 2, 3, 4, 5, 6]) };
  deepEqual(fromRgba({ width: 2, height: 1, data }), { pixels, reduction: 1, width: 2, height: 1 });
});
