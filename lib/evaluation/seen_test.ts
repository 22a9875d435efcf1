import { deepEqual, equal, throws } from "node:assert/strict";
import { fromSeen, toSeen } from "./seen.ts";

const ONE = "6d783798f69900110fb3c576ac01e547", OTHER = "d41d8cd98f00b204e9800998ecf8427e";

Deno.test("toSeen() keeps 8 bytes a photo, equal photos once, in an order that tells nothing", () => {
  equal(toSeen([ONE, OTHER, ONE]).length, 16);
  deepEqual(toSeen([ONE, OTHER]), toSeen([OTHER, ONE]));
});

Deno.test("fromSeen() knows the photos, and no others", () => {
  const isSeen = fromSeen(toSeen([ONE]));
  deepEqual([ONE, OTHER].map(isSeen), [true, false]);
  equal(fromSeen(new Uint8Array())(ONE), false);
});

Deno.test("fromSeen() refuses a file that was cut off", () => {
  throws(() => fromSeen(toSeen([ONE]).subarray(1)), /7 bytes are no list of photos/);
});
