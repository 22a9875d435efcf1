import { deepEqual } from "node:assert/strict";
import { createRandom } from "@/base/random.ts";
import { cutSquare, layersOf, PLAIN_CUTTER } from "@/faces/cut_square.ts";
import { NATIVE, testWith } from "@/testing.ts";

const random = createRandom(7, "cutter");

function noise(width: number, height: number) {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, () => 256 * random()),
  };
}

const PHOTOS = [[61, 40], [40, 61], [1, 1], [1, 9], [2, 1], [300, 3]]
  .map(([width, height]) => noise(width!, height!));

testWith(NATIVE, "native code halves and resizes photos to the same bytes", async () => {
  const { fastestCutter } = await import("@/faces/onnx_networks.ts");
  for (const photo of PHOTOS) {
    deepEqual(fastestCutter.halve(photo), PLAIN_CUTTER.halve(photo));
  }
});

testWith(
  NATIVE,
  "native code cuts upright and turned squares to the same bytes, beyond the rim, too",
  async () => {
    const { fastestCutter } = await import("@/faces/onnx_networks.ts");
    for (const photo of PHOTOS) {
      const layers = layersOf(photo), native = layersOf(photo, fastestCutter);
      for (let k = 0; k < 40; k++) {
        const scale = (0.1 + 12 * random() ** 3) * (k % 4 === 2 ? -1 : 1); // on its head
        const angle = k % 2 ? 2 * Math.PI * random() : 0;
        const place = {
          ...{ cos: scale * Math.cos(angle), sin: scale * Math.sin(angle) },
          ...{ x: (3 * random() - 1.5) * photo.width, y: (3 * random() - 1.5) * photo.height },
        };
        deepEqual(
          cutSquare(native, place, 11),
          cutSquare(layers, place, 11),
          JSON.stringify(place),
        );
      }
    }
  },
);
