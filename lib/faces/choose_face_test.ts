import { deepEqual, equal } from "node:assert/strict";
import { chooseFaces } from "./choose_face.ts";
import type { Box } from "./face.ts";

/** A face with a square box. */
function face(x: number, width: number) {
  return { box: { x, y: 0, width, height: width } };
}

function chooseFace(faces: ReturnType<typeof face>[], box?: Box) {
  const [chosen] = chooseFaces(faces, [box]);
  return chosen;
}

const LARGE = face(0, 100), SMALL = face(200, 40);

Deno.test("chooseFaces() takes the first, which is the largest, where no box names one", () => {
  equal(chooseFace([LARGE, SMALL]), LARGE);
});

Deno.test("chooseFaces() takes the face that the box names, though drawn wider", () => {
  equal(chooseFace([LARGE, SMALL], { x: 190, y: -10, width: 60, height: 60 }), SMALL);
});

Deno.test("chooseFaces() takes none where the box shows none", () => {
  equal(chooseFace([LARGE, SMALL], { x: 300, y: 0, width: 50, height: 50 }), undefined);
  equal(chooseFace([LARGE], { x: 40, y: 40, width: 9, height: 9 }), undefined);
  equal(chooseFace([]), undefined);
  equal(chooseFace([], { x: 0, y: 0, width: 9, height: 9 }), undefined);
});

Deno.test("chooseFaces() gives each label a face of its own, the one that its box fits best", () => {
  const small = { x: 200, y: 0, width: 40, height: 40 }, wide = { ...small, width: 60 };
  deepEqual(chooseFaces([LARGE, SMALL], [small, LARGE.box]), [SMALL, LARGE]);
  deepEqual(chooseFaces([LARGE, SMALL], [wide, small]), [undefined, SMALL]);
});
