import { deepEqual, equal } from "node:assert/strict";
import { decodeDetections } from "./decode_detections.ts";

const ANCHORS = 896;

Deno.test("decodeDetections() tells box and eyes from the anchor, in pixels of the photo", () => {
  const scores = new Array(ANCHORS).fill(-9), places = new Array(ANCHORS * 16).fill(0);
  scores[2] = 9; // first of the second cell: its middle is (24, 8)
  places.splice(2 * 16, 8, 1, 2, 10, 20, -3, -4, 3, -4);
  const view = { cos: 2, sin: 0, x: 100, y: 0 };
  const [found, ...others] = decodeDetections({ scores, places }, view, 0.5);
  equal(others.length, 0);
  deepEqual(found!.box, { x: 140, y: 0, width: 20, height: 40 });
  deepEqual(found!.eyes, [[142, 8], [154, 8]]);
});

Deno.test("decodeDetections() finds the anchors of the coarse grid behind those of the fine one", () => {
  const scores = new Array(ANCHORS).fill(-9), places = new Array(ANCHORS * 16).fill(0);
  scores[ANCHORS - 1] = 9;
  const [found] = decodeDetections({ scores, places }, { cos: 1, sin: 0, x: 0, y: 0 }, 0.5);
  deepEqual(found!.eyes, [[240, 240], [240, 240]]);
});
