import { deepEqual, throws } from "node:assert/strict";
import { decodeBmp } from "@/images/bmp.ts";

/** A BMP of the pixels red and green above blue and white. */
function bmp({ bits = 24, kind = 0, head = 40, gap = 0, isDown = false, order = [2, 1, 0] }) {
  const size = bits / 8, row = 8, start = 14 + head + gap, file = new Uint8Array(start + 2 * row);
  const view = new DataView(file.buffer), rows = [[RED, GREEN], [BLUE, WHITE]];
  file.set([0x42, 0x4d]);
  for (const [at, value] of [[10, start], [14, head], [18, 2], [22, isDown ? -2 : 2], [30, kind]]) {
    view.setInt32(at!, value!, true);
  }
  view.setUint16(28, bits, true);
  if (kind !== 0) order.forEach((place, k) => view.setUint32(54 + 4 * k, 255 * 256 ** place, true));
  for (const [y, pixels] of (isDown ? rows : rows.reverse()).entries()) {
    for (const [x, color] of pixels.entries()) {
      color.forEach((value, k) => file[start + row * y + size * x + order[k]!] = value);
    }
  }
  return file;
}

const RED = [255, 0, 0], GREEN = [0, 250, 0], BLUE = [1, 2, 240], WHITE = [255, 255, 255];

const KINDS: [what: string, kind: Parameters<typeof bmp>[0]][] = [
  ["24 bits", {}],
  ["rows from the top", { isDown: true }],
  ["something between its head and its pixels", { gap: 5 }],
  ["32 bits", { bits: 32 }],
  ["32 bits with a longer head that names no masks", { bits: 32, head: 124 }],
  ["masks", { bits: 32, kind: 3, head: 108 }],
  ["masks behind a short head", { bits: 32, kind: 3, gap: 12 }],
  ["colours in another order", { bits: 32, kind: 3, head: 124, order: [3, 2, 1] }],
];

for (const [what, kind] of KINDS) {
  Deno.test(`decodeBmp() reads ${what}`, () => {
    const { width, height, data } = decodeBmp(bmp(kind));
    deepEqual([width, height], [2, 2]);
    deepEqual([...data], [RED, GREEN, BLUE, WHITE].flat());
  });
}

Deno.test("decodeBmp() refuses what is cut off, has no pixels, or is of another kind", () => {
  for (const side of [18, 22]) throws(() => decodeBmp(bmp({}).fill(0, side, side + 4)), RangeError);
  throws(() => decodeBmp(bmp({}).subarray(0, -3)), RangeError);
  throws(() => decodeBmp(bmp({}).subarray(0, 20)), RangeError);
  throws(() => decodeBmp(bmp({ kind: 4 })), RangeError);
  throws(() => decodeBmp(bmp({ bits: 32, kind: 3, gap: 12, order: [0.5, 1, 2] })), RangeError);
});
