import { deepEqual, equal, ok } from "node:assert/strict";
import { isSameFace, keepSurest, surestTurn } from "./keep_surest.ts";

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

/** What is seen by turns of a photo: the score of one face each. */
const seen = (scores: Record<number, number>) => (
  Object.entries(scores).map(([quarters, score]) => ({
    quarters: Number(quarters),
    found: score ? [{ score }] : [],
  }))
);

/** The turn with the surest face, and whether it is doubtful. */
function turnOf(scores: Record<number, number>) {
  const { quarters, isDoubtful } = surestTurn(seen(scores));
  return [quarters, isDoubtful];
}

Deno.test("surestTurn() takes the turn with the surest face, also from a corner", () => {
  deepEqual(turnOf({ 0: 0.7, 1: 0.6, 2: 0.9, 0.5: 0.8 }), [2, false]);
  deepEqual(turnOf({ 0: 0, 1: 0.6, 0.5: 0.8, 2.5: 0.6 }), [0.5, false]);
});

Deno.test("surestTurn() leaves a photo as it lies unless another turn leads", () => {
  deepEqual(turnOf({ 0: 0.84, 2: 0.87 }), [0, true]);
  deepEqual(turnOf({ 0: 0.8, 1: 0.84 }), [0, false]);
  deepEqual(turnOf({ 0: 0, 2: 0 })[0], 0);
});
