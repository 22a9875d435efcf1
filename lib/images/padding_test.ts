import { deepEqual, equal } from "node:assert/strict";
import { padToSquare, placeInSquare } from "@/images/padding.ts";

const PLACES = [
  { width: 5, height: 3, side: 5, top: 1, left: 0 },
  { width: 3, height: 5, side: 5, top: 0, left: 1 },
  // an odd rest: the pixel too many goes below, or to the right, as in Pillow's floor division
  { width: 4, height: 1, side: 4, top: 1, left: 0 },
  { width: 1, height: 4, side: 4, top: 0, left: 1 },
  { width: 2, height: 1, side: 2, top: 0, left: 0 },
  { width: 7, height: 7, side: 7, top: 0, left: 0 },
  { width: 1, height: 1, side: 1, top: 0, left: 0 },
];

for (const { width, height, ...place } of PLACES) {
  Deno.test(`placeInSquare() places ${width} by ${height} pixels in the middle`, () => {
    deepEqual(placeInSquare({ width, height }), place);
  });
}

/** A photo whose pixels are all of one colour, but each with its own number as red. */
function numbered(width: number, height: number) {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, k) => k % 3 ? 9 : k / 3 + 1);
  return { width, height, data };
}

/** The red of each pixel, row by row. */
function reds({ width, data }: { width: number; data: Uint8Array }): number[][] {
  const red = [...data].filter((_, k) => k % 3 === 0);
  return Array.from(
    { length: red.length / width },
    (_, y) => red.slice(y * width, y * width + width),
  );
}

Deno.test("padToSquare() centres a tall photo between black bars", () => {
  deepEqual(reds(padToSquare(numbered(1, 4))), [
    [0, 1, 0, 0],
    [0, 2, 0, 0],
    [0, 3, 0, 0],
    [0, 4, 0, 0],
  ]);
});

Deno.test("padToSquare() centres a wide photo between black bars", () => {
  deepEqual(reds(padToSquare(numbered(3, 1))), [[0, 0, 0], [1, 2, 3], [0, 0, 0]]);
});

Deno.test("padToSquare() keeps green and blue beside their red, and nothing in the bars", () => {
  deepEqual([...padToSquare(numbered(2, 1)).data], [1, 9, 9, 2, 9, 9, 0, 0, 0, 0, 0, 0]);
});

Deno.test("padToSquare() copies a square photo, and leaves the given one as it is", () => {
  const photo = numbered(2, 2), padded = padToSquare(photo);
  deepEqual(padded, photo);
  padded.data[0] = 200;
  equal(photo.data[0], 1);
});
