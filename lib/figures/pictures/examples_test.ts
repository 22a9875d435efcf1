import { deepEqual, equal } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { examplesFigure } from "@/figures/pictures/examples.ts";

const GROUPS = ["0-6", "7-20", "21-37", "38-59", "60+"];
const ROWS = [0, 1].flatMap((i) => GROUPS.map((group) => ({ group, href: `${group}_${i}.png` })));

testSnapshot("examples", () => examplesFigure(ROWS));

Deno.test("examplesFigure() titles a column for each group, in the order given", () => {
  deepEqual(textsOf(examplesFigure(ROWS)).slice(1), GROUPS);
});

Deno.test("examplesFigure() puts the photos of a group under each other", () => {
  const lefts = [...examplesFigure(ROWS).matchAll(/<image [^>]*>/g)]
    .map(([image]) => image.match(/ x="([^"]*)"/)![1]);
  equal(lefts.length, 10);
  equal(new Set(lefts).size, 5);
});

Deno.test("examplesFigure() shows the first five photos of a group", () => {
  const rows = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ group: "0-6", href: `${i}.png` }));
  deepEqual(
    examplesFigure(rows).match(/\d\.png/g),
    ["0", "1", "2", "3", "4"].map((i) => `${i}.png`),
  );
});

Deno.test("examplesFigure() says that there are no photos", () => {
  deepEqual(textsOf(examplesFigure([])), ["Photos of each age group", "No photos"]);
});
