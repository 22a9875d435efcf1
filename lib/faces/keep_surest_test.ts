import { deepEqual, equal } from "node:assert/strict";
import { keepSurest } from "./keep_surest.ts";

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
