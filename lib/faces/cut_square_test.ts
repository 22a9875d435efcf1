import { deepEqual, ok } from "node:assert/strict";
import type { Pixels } from "@/base/pixels.ts";
import { turnOfPhoto, turnPhoto } from "@/faces/turn_photo.ts";
import { cutSquare, layersOf } from "./cut_square.ts";

/** A grey photo from its rows. */
function grey(rows: number[][]): Pixels {
  const data = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { width: rows[0]!.length, height: rows.length, data };
}

/** The reds of a square, row by row. */
function reds({ width, data }: Pixels): number[][] {
  return Array.from({ length: width }, (_, y) => (
    Array.from({ length: width }, (_, x) => data[3 * (y * width + x)]!)
  ));
}

const PHOTO = grey([[10, 20], [30, 40]]);

Deno.test("cutSquare() leaves a photo as it is where nothing moves", () => {
  deepEqual(reds(cutSquare(layersOf(PHOTO), { cos: 1, sin: 0, x: 0, y: 0 }, 2)), [[10, 20], [
    30,
    40,
  ]]);
});

Deno.test("cutSquare() turns clockwise: the crop's right is the photo's down", () => {
  deepEqual(reds(cutSquare(layersOf(PHOTO), { cos: 0, sin: 1, x: 2, y: 0 }, 2)), [[20, 40], [
    10,
    30,
  ]]);
});

Deno.test("cutSquare() is black beyond the rim", () => {
  deepEqual(reds(cutSquare(layersOf(PHOTO), { cos: 1, sin: 0, x: -1, y: -1 }, 2)), [[0, 0], [
    0,
    10,
  ]]);
});

Deno.test("cutSquare() averages all pixels when it shrinks", () => {
  const stripes = grey([[0, 100, 0, 100], [0, 100, 0, 100], [0, 100, 0, 100], [0, 100, 0, 100]]);
  deepEqual(reds(cutSquare(layersOf(stripes), { cos: 4, sin: 0, x: 0, y: 0 }, 1)), [[50]]);
});

Deno.test("layersOf() halves a photo, odd rims too, until it is one pixel", () => {
  const layers = layersOf(grey([[10, 20, 40], [30, 40, 60]]));
  deepEqual(layers.photos.map(({ width, height }) => [width, height]), [[3, 2], [2, 1], [1, 1]]);
  deepEqual([...layers.photos[1]!.data], [25, 25, 25, 50, 50, 50]);
});

Deno.test("cutSquare() gives an upright square what it gives one that is hardly turned", () => {
  const size = { width: 41, height: 29 };
  const data = Uint8Array.from({ length: 41 * 29 * 3 }, (_, k) => k * 7919 % 256);
  for (const cos of [0.4, 1, 1.7, 2.5, 9]) {
    const [upright, turned] = [0, 1e-12].map((sin) => (
      cutSquare(layersOf({ ...size, data }), { cos, sin, x: -5.3, y: 4.6 }, 16).data
    ));
    const most = Math.max(...upright!.map((value, k) => Math.abs(value - turned![k]!)));
    ok(most <= 1, `off by ${most} at a scale of ${cos}`);
  }
});

for (const quarters of [1, 2, 3] as const) {
  Deno.test(`cutSquare() shrinks a photo turned by ${quarters} quarters as one that stands`, () => {
    const size = { width: 32, height: 32 };
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, k) => k * 7919 % 256);
    const photo = { ...size, data }, standing = turnPhoto(photo, quarters);
    for (const side of [19, 9]) {
      const scale = 32 / side, { cos, sin, x, y } = turnOfPhoto(size, quarters);
      const turned = { cos: scale * cos, sin: scale * sin, x, y };
      const upright = { cos: scale, sin: 0, x: 0, y: 0 };
      const [ours, plain] = [
        cutSquare(layersOf(photo), turned, side),
        cutSquare(layersOf(standing), upright, side),
      ];
      const most = Math.max(...ours.data.map((value, k) => Math.abs(value - plain.data[k]!)));
      ok(most <= 1, `off by ${most} in ${side} pixels`);
    }
  });
}
