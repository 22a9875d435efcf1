import { equal, notEqual } from "node:assert/strict";
import { createUnion } from "@/base/union.ts";

Deno.test("createUnion() finds one root for what is joined, directly or through others", () => {
  const { find, join } = createUnion(5), [a, b, c, d, e] = [0, 1, 2, 3, 4] as const;
  join(a, b);
  join(c, d);
  equal(find(a), find(b));
  notEqual(find(a), find(c));
  join(b, d);
  equal(find(a), find(c));
  join(a, d); // once more
  equal(new Set([a, b, c, d].map(find)).size, 1);
  equal(find(e), e);
});
