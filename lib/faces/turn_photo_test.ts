import { deepEqual } from "node:assert/strict";
import { turnDetection, turnOfPhoto, turnPhoto } from "./turn_photo.ts";

/** A photo of 3 by 2 pixels, each of one number. */
const data = Uint8Array.from({ length: 18 }, (_, k) => 1 + Math.floor(k / 3));
const photo = { width: 3, height: 2, data };

/** The numbers of a photo's pixels. */
function numbers({ data }: { data: Uint8Array }) {
  return [...data].filter((_, k) => k % 3 === 1);
}

Deno.test("turnPhoto() turns a photo back by quarters", () => {
  const turned = ([0, 1, 2, 3] as const).map((quarters) => turnPhoto(photo, quarters));
  deepEqual(turned.map(({ width, height }) => [width, height]), [[3, 2], [2, 3], [3, 2], [2, 3]]);
  deepEqual(turned.map(numbers), [
    [1, 2, 3, 4, 5, 6],
    [3, 6, 2, 5, 1, 4],
    [6, 5, 4, 3, 2, 1],
    [4, 1, 5, 2, 6, 3],
  ]);
});

Deno.test("turnDetection() leads a face in a turned photo back to the photo", () => {
  const face = {
    box: { x: 0, y: 0, width: 1, height: 2 },
    eyes: [[0, 0], [1, 0]] as const,
    score: 1,
  };
  const found = ([1, 2, 3] as const).map((quarters) => (
    turnDetection(face, turnOfPhoto(photo, quarters))
  ));
  deepEqual(found.map(({ box }) => box), [
    { x: 1, y: 0, width: 2, height: 1 },
    { x: 2, y: 0, width: 1, height: 2 },
    { x: 0, y: 1, width: 2, height: 1 },
  ]);
  deepEqual(found.map(({ eyes }) => eyes), [
    [[3, 0], [3, 1]],
    [[3, 2], [2, 2]],
    [[0, 2], [0, 1]],
  ]);
});
