import { deepEqual, equal, notDeepEqual } from "node:assert/strict";
import { createRandom, shuffle } from "@/base/random.ts";

function draw(seed: number, purpose: string): number[] {
  const random = createRandom(seed, purpose);
  return Array.from({ length: 4 }, random);
}

Deno.test("createRandom() gives the same numbers for the same seed and purpose", () => {
  deepEqual(draw(7, "split"), draw(7, "split"));
});

Deno.test("createRandom() gives the numbers that it has always given", () => {
  const digits = draw(7, "split").map((number) => number.toFixed(6));
  deepEqual(digits, ["0.644386", "0.801583", "0.964786", "0.010469"]);
});

Deno.test("createRandom() gives other numbers for another seed or purpose", () => {
  notDeepEqual(draw(7, "split"), draw(8, "split"));
  notDeepEqual(draw(7, "split"), draw(7, "order"));
});

Deno.test("createRandom() spreads its numbers over 0 to 1", () => {
  const random = createRandom(7, "spread");
  const tenths = new Set(Array.from({ length: 200 }, () => Math.floor(random() * 10)));
  deepEqual([...tenths].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("shuffle() keeps every item and leaves the given list as it is", () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = shuffle(items, createRandom(7, "order"));
  deepEqual(items, [1, 2, 3, 4, 5, 6, 7, 8]);
  notDeepEqual(shuffled, items);
  deepEqual(shuffled.toSorted(), items);
});

Deno.test("shuffle() gives the same order for the same seed", () => {
  const order = () => shuffle([1, 2, 3, 4, 5, 6, 7, 8], createRandom(7, "order"));
  deepEqual(order(), order());
});

Deno.test("shuffle() takes an empty list", () => {
  equal(shuffle([], createRandom(7, "order")).length, 0);
});
