import { deepEqual, equal } from "node:assert/strict";
import { sharpnessOf } from "@/faces/warnings.ts";
import { widerBy } from "@/faces/wider_by.ts";

/** A square of 96 pixels whose brightness is a wave of so many pixels: the longer, the less sharp. */
function wave(length: number) {
  const levels = Array.from({ length: 96 * 96 }, (_, k) => (
    Math.round(128 + 100 * Math.sin(2 * Math.PI * (k % 96) / length))
  ));
  return { width: 96, height: 96, data: Uint8Array.from(levels.flatMap((v) => [v, v, v])) };
}

Deno.test("widerBy() is 1 for a sharp face, and a power of how much less sharp a soft one is", () => {
  const below = sharpnessOf(wave(20)), widening = { below, power: 0.5, most: 4 };
  deepEqual([wave(8), wave(20)].map((square) => widerBy(square, widening)), [1, 1]);
  equal(widerBy(wave(28), widening), (below / sharpnessOf(wave(28))) ** 0.5);
  equal(widerBy({ ...wave(8), data: new Uint8Array(3 * 96 * 96) }, widening), 2);
  equal(widerBy(wave(28), undefined), 1);
});
