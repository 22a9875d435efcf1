import { deepEqual, equal } from "node:assert/strict";
import { augmentationFigure } from "@/figures/pictures/augmentation.ts";
import { textsOf } from "@/figures/shared/testing.ts";

const ROWS = [{ href: "a.png", varied: ["a1.png", "a2.png"] }, {
  href: "b.png",
  varied: ["b1.png", "b2.png"],
}];

Deno.test("augmentationFigure() draws each photo, then what became of it, row by row", () => {
  const pictures = [...augmentationFigure(ROWS).matchAll(/ href="(\w+\.png)"/g)];
  deepEqual(
    pictures.map(([, name]) => name),
    ["a.png", "a1.png", "a2.png", "b.png", "b1.png", "b2.png"],
  );
});

Deno.test("augmentationFigure() heads each column once", () => {
  const texts = textsOf(augmentationFigure(ROWS));
  deepEqual(texts.slice(-3), ["as it is", "epoch 1", "epoch 2"]);
});

Deno.test("augmentationFigure() says that there are no photos", () => {
  equal(textsOf(augmentationFigure([])).at(-1), "No photos");
});
