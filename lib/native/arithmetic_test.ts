import { equal, throws } from "node:assert/strict";
import { readArithmetic } from "@/native/arithmetic.ts";

Deno.test("readArithmetic() is pinned unless native is asked for", () => {
  equal(readArithmetic([], undefined), "pinned");
  equal(readArithmetic([], ""), "pinned");
  equal(readArithmetic([], "native"), "native");
  equal(readArithmetic(["IV", "--arithmetic", "native"], undefined), "native");
  equal(readArithmetic(["IV", "--arithmetic=native", "--side", "96"], "pinned"), "native");
  equal(readArithmetic(["--arithmetic", "pinned"], "native"), "pinned");
  // the last one counts, as for every option
  equal(readArithmetic(["--arithmetic", "pinned", "--arithmetic=native"], undefined), "native");
});

Deno.test("readArithmetic() names the arithmetics that there are", () => {
  throws(() => readArithmetic(["--arithmetic", "fast"], undefined), /"fast".*pinned or native/);
  throws(() => readArithmetic(["--arithmetic"], undefined), /pinned or native/);
});
