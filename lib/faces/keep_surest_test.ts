import { deepEqual, equal, ok } from "node:assert/strict";
import { isSameFace, keepSurest } from "./keep_surest.ts";

/** A face with a square box. */
function face(x: number, width: number, score: number) {
  return { box: { x, y: 0, width, height: width }, score };
}

Deno.test("keepSurest() keeps one of two faces at one place, and both apart", () => {
  deepEqual(keepSurest([face(0, 10, 0.6), face(1, 10, 0.9)]), [face(1, 10, 0.9)]);
  equal(keepSurest([face(0, 10, 0.6), face(20, 10, 0.9)]).length, 2);
});

Deno.test("keepSurest() takes a face within a face for the same", () => {
  deepEqual(keepSurest([face(0, 40, 0.9), face(5, 10, 0.6)]), [face(0, 40, 0.9)]);
});

Deno.test("isSameFace() tells a face within a face from its neighbour", () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  ok(isSameFace(box, { x: 2, y: 2, width: 4, height: 4 }));
  ok(!isSameFace(box, { ...box, x: 7 }));
});
