import { equal, throws } from "node:assert/strict";
import { gatherFaults } from "@/dataset/readers/faults.ts";

function fail(): never {
  throw new RangeError("no age. Write one");
}

Deno.test("gatherFaults() returns what was read where nothing is wrong", () => {
  equal(gatherFaults((attempt) => attempt("line 2", () => 26)), 26);
});

Deno.test("gatherFaults() tells a single fault as it is", () => {
  throws(() => gatherFaults((attempt) => attempt("labels.csv, line 2", fail)), {
    message: "labels.csv, line 2: no age. Write one",
  });
});

Deno.test("gatherFaults() lists 20 faults at most, and counts all", () => {
  const read = () =>
    gatherFaults((attempt) => {
      for (let line = 2; line < 25; line++) attempt(`line ${line}`, fail);
    });
  throws(read, (error: Error) => {
    const lines = error.message.split("\n");
    equal(lines.length, 22);
    equal(lines[0]!.startsWith("23 faults"), true);
    equal(lines[20], "  line 21: no age. Write one");
    equal(lines[21], "  and 3 more");
    return true;
  });
});
