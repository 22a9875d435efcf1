import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  alignFace,
  CROP_LANDMARKS,
  fitSimilarity,
  isCropped,
  type Point,
  scaleOf,
  type Similarity,
  tiltOf,
  transform,
  wholePhoto,
} from "./align.ts";

const QUARTER_TURN: Similarity = { cos: 0, sin: 3, x: 10, y: 20 };

function near(actual: readonly number[], expected: readonly number[]) {
  actual.forEach((value, i) => ok(Math.abs(value - expected[i]!) < 1e-9, `${actual} ${expected}`));
}

/** The landmarks of a face that lies in a photo by this similarity. */
function landmarks(similarity: Similarity): Point[] {
  return Array.from({ length: 468 }, (_, k): Point => (
    transform(similarity, CROP_LANDMARKS.get(k) ?? [9, 9])
  ));
}

Deno.test("fitSimilarity() finds turn, scale and shift", () => {
  const places: Point[] = [[0, 0], [2, 0], [1, 5]];
  const fitted = fitSimilarity(places, places.map((place) => transform(QUARTER_TURN, place)));
  near(Object.values(fitted), Object.values(QUARTER_TURN));
});

Deno.test("fitSimilarity() scales without stretching, and halves what disagrees", () => {
  const fitted = fitSimilarity([[-1, 0], [1, 0], [0, -1], [0, 1]], [[-2, 0], [2, 0], [0, -1], [
    0,
    1,
  ]]);
  deepEqual(fitted, { cos: 1.5, sin: 0, x: 0, y: 0 });
});

Deno.test("fitSimilarity() refuses places that are all one", () => {
  throws(() => fitSimilarity([[3, 4], [3, 4]], [[0, 0], [1, 1]]), /all at 3, 4/);
});

Deno.test("alignFace() leads from the crop to the face, however it is turned", () => {
  near(Object.values(alignFace(landmarks(QUARTER_TURN))), Object.values(QUARTER_TURN));
});

Deno.test("tiltOf() is positive clockwise", () => {
  equal(tiltOf([[0, 0], [1, 0]]), 0);
  equal(Math.round(tiltOf([[0, 0], [1, 1]])), 45);
});

Deno.test("scaleOf() tells pixels of the photo", () => {
  equal(scaleOf(QUARTER_TURN), 3);
});

Deno.test("wholePhoto() puts a photo in the middle of a square", () => {
  deepEqual(wholePhoto({ width: 4, height: 2 }), { cos: 4, sin: 0, x: 0, y: -1 });
});

Deno.test("isCropped() knows a crop by how little would be moved", () => {
  const photo = { width: 200, height: 200 };
  ok(isCropped(photo, { cos: 200, sin: 0, x: 0, y: 0 }));
  ok(isCropped(photo, { cos: 200, sin: 0, x: 20, y: -20 }));
  ok(!isCropped(photo, { cos: 200, sin: 0, x: 25, y: -25 }), "shifted");
  ok(!isCropped(photo, { cos: 0, sin: 200, x: 200, y: 0 }), "turned");
  ok(!isCropped({ width: 400, height: 400 }, { cos: 200, sin: 0, x: 0, y: 0 }), "a part");
  ok(!isCropped({ width: 200, height: 300 }, { cos: 200, sin: 0, x: 0, y: 0 }), "not square");
});
