import { deepEqual, equal } from "node:assert/strict";
import { count, countOf, gendersIn, percent } from "@/figures/_style.ts";

Deno.test("count() separates thousands", () => {
  deepEqual([0, 1, 999, 19370].map(count), ["0", "1", "999", "19,370"]);
});

Deno.test("countOf() names one thing or many", () => {
  equal(countOf(1, "photo"), "1 photo");
  equal(countOf(0, "photo"), "0 photos");
});

Deno.test("percent() tells hardly anything from nothing, and nearly all from all", () => {
  deepEqual([0, 0.0001, 0.524, 0.9999, 1].map(percent), ["0%", "<1%", "52%", ">99%", "100%"]);
});

Deno.test("gendersIn() lists the genders that occur, female first", () => {
  const genders = gendersIn([{ gender: null }, { gender: "m" }, { gender: "f" }, { gender: "m" }]);
  deepEqual(genders.map(({ name }) => name), ["female", "male", "not given"]);
});
