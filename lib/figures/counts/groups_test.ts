import { deepEqual, ok } from "node:assert/strict";
import { COLOR } from "@/figures/shared/style.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { groupsFigure } from "@/figures/counts/groups.ts";

const ROWS = [
  { group: "0-6", stage: "as labelled", photos: 4649 },
  { group: "7-20", stage: "as labelled", photos: 3935 },
  { group: "21-37", stage: "as labelled", photos: 5794 },
  { group: "38-59", stage: "as labelled", photos: 3372 },
  { group: "60+", stage: "as labelled", photos: 872 },
  { group: "0-6", stage: "after cleaning", photos: 4601 },
  { group: "7-20", stage: "after cleaning", photos: 3801 },
  { group: "21-37", stage: "after cleaning", photos: 5703 },
  { group: "38-59", stage: "after cleaning", photos: 3350 },
  { group: "60+", stage: "after cleaning", photos: 0 },
];

testSnapshot("groups", () => groupsFigure(ROWS));

Deno.test("groupsFigure() writes every count, none too", () => {
  const texts = textsOf(groupsFigure(ROWS));
  for (const count of ["4,649", "872", "4,601", "5,703", "0"]) ok(texts.includes(count), count);
});

Deno.test("groupsFigure() lets the last stage stand out and names both", () => {
  const svg = groupsFigure(ROWS);
  deepEqual(barsOf(svg), [...Array(5).fill(COLOR.barMuted), ...Array(5).fill(COLOR.bar)]);
  ok(["as labelled", "after cleaning"].every((stage) => textsOf(svg).includes(stage)));
});

Deno.test("groupsFigure() says that there are no photos", () => {
  deepEqual(textsOf(groupsFigure([])), ["Photos per age group", "No photos"]);
});
