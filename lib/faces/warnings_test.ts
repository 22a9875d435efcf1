import { deepEqual, equal, ok } from "node:assert/strict";
import type { Point } from "./align.ts";
import { brightnessOf, lightOf, sharpnessOf, turnOf, warningsOf } from "./warnings.ts";

/** The kinds of warnings about a face. */
function kinds({ width = 100, turn = 0, sharpness = 1, light = 200, isDoubtful = false }) {
  const box = { x: 0, y: 0, width, height: 100 };
  return warningsOf({ box, turn, sharpness, light, isDoubtful }).map(({ kind }) => kind);
}

/** Landmarks with the tip of the nose here, and cheeks at 0 and 10. */
function landmarks(nose: Point): Point[] {
  const points = new Array<Point>(468).fill([99, 99]);
  return points.with(1, nose).with(234, [0, 0]).with(454, [10, 0]);
}

/** A grey crop from a function of its pixels. */
function crop(value: (x: number, y: number) => number) {
  const width = 20, data = new Uint8Array(width * width * 3);
  data.forEach((_, k) => data[k] = value(Math.floor(k / 3) % width, Math.floor(k / 3 / width)));
  return { width, height: width, data };
}

Deno.test("warningsOf() warns of faces below 24 pixels", () => {
  deepEqual(kinds({ width: 23 }), ["tiny"]);
  deepEqual(kinds({ width: 24 }), []);
});

Deno.test("warningsOf() warns of all at once", () => {
  deepEqual(kinds({ width: 9, turn: 1, sharpness: 0, light: 9, isDoubtful: true }), [
    ...["tiny", "turned", "blurred", "dark", "lying"],
  ]);
});

Deno.test("turnOf() tells how far the nose is from the middle, to either side", () => {
  equal(turnOf(landmarks([5, 7])), 0);
  equal(turnOf(landmarks([10, 3])), 1);
  equal(turnOf(landmarks([0, 3])), 1);
});

Deno.test("sharpnessOf() falls with blur, and not with the light", () => {
  const edges = crop((x) => x % 4 < 2 ? 200 : 0), dark = crop((x) => x % 4 < 2 ? 100 : 0);
  const slope = crop((x) => 10 * x);
  ok(sharpnessOf(slope) < 0.1 * sharpnessOf(edges));
  ok(Math.abs(sharpnessOf(dark) - sharpnessOf(edges)) < 1e-9);
});

Deno.test("sharpnessOf() is 0 where all is one colour", () => {
  equal(sharpnessOf(crop(() => 7)), 0);
});

Deno.test("brightnessOf() is 0 for black, 1 for white, and looks at the middle alone", () => {
  equal(brightnessOf(crop(() => 0)), 0);
  ok(Math.abs(brightnessOf(crop(() => 255)) - 1) < 1e-9);
  equal(brightnessOf(crop((x) => x < 4 || x >= 16 ? 255 : 0)), 0);
});

Deno.test("lightOf() is the brightness inside a crop, but for its brightest pixels", () => {
  equal(Math.round(lightOf(crop((x, y) => x === 9 && y === 9 ? 255 : 40))), 40);
  equal(Math.round(lightOf(crop((x) => x < 4 ? 255 : 40))), 40, "white beyond the face");
  equal(lightOf(crop(() => 0)), 0);
});
