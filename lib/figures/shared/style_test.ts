import { deepEqual, equal } from "node:assert/strict";
import { count, countOf, percentTick } from "@/figures/shared/style.ts";

Deno.test("count() separates thousands", () => {
  deepEqual([0, 1, 999, 19370].map(count), ["0", "1", "999", "19,370"]);
});

Deno.test("countOf() names one thing or many", () => {
  equal(countOf(1, "photo"), "1 photo");
  equal(countOf(0, "photo"), "0 photos");
});

Deno.test("percentTick() writes as many digits as a tick needs", () => {
  deepEqual([0, 0.0025, 0.05, 0.1 + 0.2, 1].map(percentTick), ["0%", "0.25%", "5%", "30%", "100%"]);
});
