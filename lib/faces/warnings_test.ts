import { deepEqual } from "node:assert/strict";
import { warningsOf } from "./warnings.ts";

/** The kinds of warnings about a face of this width. */
function kinds(width: number) {
  return warningsOf({ box: { x: 0, y: 0, width, height: 100 } }).map(({ kind }) => kind);
}

Deno.test("warningsOf() warns of faces below 24 pixels", () => {
  deepEqual(kinds(23), ["tiny"]);
  deepEqual(kinds(24), []);
});
