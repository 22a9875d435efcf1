import { ok } from "node:assert/strict";
import { brightness } from "@/base/pixels.ts";

Deno.test("brightness() of pure green is above that of pure red", () => {
  const data = [255, 0, 0, 0, 255, 0];
  ok(brightness(data) < brightness(data, 3));
});
