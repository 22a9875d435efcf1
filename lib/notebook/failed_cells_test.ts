import { equal } from "node:assert/strict";
import { explain } from "@/notebook/failed_cells.ts";

Deno.test("explain() says why a name is not defined, and what to do, without a trace", () => {
  const error = new ReferenceError("run is not defined");
  equal(
    explain(error, ["<anonymous>:1:22"]),
    "ReferenceError: run is not defined. The cell that defines it has failed or has not been run. " +
      "Run the cells again from the first one with an error; if none shows an error, look for a " +
      "missing bracket, which shows nothing.",
  );
  equal(
    explain(error, ["<anonymous>:1:22"]),
    `ReferenceError: ${error.message}\n    at <anonymous>:1:22`,
  );
});

Deno.test("explain() leaves other errors with their trace", () => {
  equal(
    explain(new TypeError("no good"), ["a.ts:1:2", "b.ts:3:4"]),
    "TypeError: no good\n    at a.ts:1:2\n    at b.ts:3:4",
  );
  equal(
    explain(new ReferenceError("Cannot access 'a' before initialization"), []),
    "ReferenceError: Cannot access 'a' before initialization",
  );
});
