import { deepEqual } from "node:assert/strict";
import { createRandom } from "@/base/random.ts";
import { NATIVE, testWith } from "@/testing.ts";
import { resizePlainly } from "./resize_square.ts";

/** Width, height and side: shrunk, kept, enlarged, with odd bars, very long. */
const CASES = [[200, 200, 64], [37, 20, 64], [64, 64, 64], [101, 30, 7], [5, 4, 9], [900, 2, 16]];

testWith(
  NATIVE,
  "resizePlainly() equals the native library's squares to the last bit",
  async () => {
    const { resizeBicubic } = await import("@/native/resize_ffi.ts");
    const random = createRandom(7, "resize");
    for (const [width, height, side] of CASES as [number, number, number][]) {
      const data = Uint8Array.from({ length: width * height * 3 }, () => random() * 256);
      const photo = { width, height, data };
      deepEqual(resizePlainly(photo, side), resizeBicubic(photo, side));
    }
  },
);
