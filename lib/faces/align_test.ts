import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  alignEyes,
  CROP_EYES,
  type Eyes,
  isCropped,
  scaleOf,
  tiltOf,
  transform,
  wholePhoto,
} from "./align.ts";

/** The eyes of a crop of 200 pixels. */
const EYES: Eyes = [[59, 59], [136, 60]];

function near(actual: readonly number[], expected: readonly number[]) {
  actual.forEach((value, i) => ok(Math.abs(value - expected[i]!) < 1e-9, `${actual} ${expected}`));
}

Deno.test("alignEyes() leads from the crop's eyes to the photo's, turned and scaled", () => {
  const eyes: Eyes = [[100, 50], [100, 90]];
  const similarity = alignEyes(eyes);
  CROP_EYES.forEach(([x, y], i) => near(transform(similarity, [x, y]), eyes[i]!));
});

Deno.test("alignEyes() scales without stretching", () => {
  const similarity = alignEyes([[10, 10], [10 + 154, 12]]);
  ok(Math.abs(scaleOf(similarity) - 400) < 1e-9);
});

Deno.test("alignEyes() refuses eyes at one place", () => {
  throws(() => alignEyes([[3, 4], [3, 4]]), /both at 3, 4/);
});

Deno.test("tiltOf() is positive clockwise", () => {
  equal(tiltOf([[0, 0], [1, 0]]), 0);
  equal(Math.round(tiltOf([[0, 0], [1, 1]])), 45);
});

Deno.test("isCropped() knows a crop by where its eyes are", () => {
  ok(isCropped({ width: 200, height: 200 }, EYES));
  ok(isCropped({ width: 100, height: 100 }, [[30, 30], [68, 30]]));
  ok(!isCropped({ width: 400, height: 400 }, EYES));
  ok(!isCropped({ width: 200, height: 300 }, EYES));
});

Deno.test("wholePhoto() puts a photo in the middle of a square", () => {
  deepEqual(wholePhoto({ width: 4, height: 2 }), { cos: 4, sin: 0, x: 0, y: -1 });
});
