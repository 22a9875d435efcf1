import { deepEqual, equal, throws } from "node:assert/strict";
import { meanDifference, spread } from "@/metrics/statistics.ts";

Deno.test("spread() reads the quantiles between neighbours, whatever the order", () => {
  const values = Array.from({ length: 101 }, (_, k) => 100 - k);
  deepEqual(spread(values), { smallest: 0, "5%": 5, median: 50, "95%": 95, largest: 100 });
  deepEqual(spread([10, 0]), { smallest: 0, "5%": 0.5, median: 5, "95%": 9.5, largest: 10 });
});

Deno.test("spread() sorts by size, not by digits, and leaves the list as it is", () => {
  const values = [100, 9, 20];
  equal(spread(values).median, 20);
  deepEqual(values, [100, 9, 20]);
});

Deno.test("spread() of one value is that value", () => {
  deepEqual(new Set(Object.values(spread([7]))), new Set([7]));
});

Deno.test("spread() refuses no values", () => {
  throws(() => spread([]), RangeError);
});

Deno.test("meanDifference() does not mind the sign, nor that bytes cannot be negative", () => {
  equal(meanDifference([1, 5, 9], [3, 5, 5]), 2);
  equal(meanDifference(new Uint8Array([0, 255]), new Uint8Array([255, 0])), 255);
});

Deno.test("meanDifference() refuses lists of two lengths, and empty ones", () => {
  throws(() => meanDifference([1, 2], [1]), RangeError);
  throws(() => meanDifference([], []), RangeError);
});
