import { deepEqual, equal, ok } from "node:assert/strict";
import { traitsOf } from "./photo_traits.ts";

/** A photo of one grey, or of stripes. */
function photo(width: number, height: number, value: (x: number) => number) {
  const data = new Uint8Array(width * height * 3);
  data.forEach((_, k) => data[k] = value(Math.floor(k / 3) % width));
  return { width, height, data };
}

Deno.test("traitsOf() tells the shorter side and the share of the square that is padding", () => {
  const of = (width: number, height: number) => {
    const { size, padding } = traitsOf(photo(width, height, () => 99), undefined);
    return [size, padding];
  };
  deepEqual(of(96, 96), [96, 0]);
  deepEqual(of(50, 200), [50, 0.75]);
  deepEqual(of(200, 50), [50, 0.75]);
});

Deno.test("traitsOf() tells dark photos from bright ones, and blurred from sharp ones", () => {
  const dark = traitsOf(photo(96, 96, () => 51), undefined);
  ok(Math.abs(dark.brightness - 0.2) < 0.01);
  equal(dark.sharpness, 0);
  const stripes = traitsOf(photo(96, 96, (x) => x % 8 < 4 ? 200 : 50), undefined);
  const slope = traitsOf(photo(96, 96, (x) => 2 * x), undefined);
  ok(slope.sharpness < stripes.sharpness);
});

Deno.test("traitsOf() measures the middle, so that black bars are no darkness", () => {
  const wide = traitsOf(photo(100, 70, () => 204), undefined);
  ok(Math.abs(wide.brightness - 0.8) < 0.01);
});

Deno.test("traitsOf() keeps the face's turn and warnings, and that no face was found", () => {
  const of = (face: Parameters<typeof traitsOf>[1]) => {
    const { turn, warnings } = traitsOf(photo(9, 9, () => 0), face);
    return [turn, warnings];
  };
  const warnings = [{ kind: "turned" as const, text: "the face is turned away" }];
  deepEqual(of({ turn: 0.9, face: { warnings } }), [0.9, ["turned"]]);
  deepEqual(of({ turn: 0.3, face: { warnings: [] } }), [0.3, []]);
  deepEqual(of(undefined), [null, null]);
});
