import { deepEqual, equal } from "node:assert/strict";
import { fitTexts, textWidth } from "@/figures/shared/bars.ts";

Deno.test("fitTexts() leaves texts level where the longest fits", () => {
  deepEqual(fitTexts(["1", "19,370"], textWidth("19,370")), { rotate: 0, every: 1, height: 14 });
});

Deno.test("fitTexts() turns texts where they are too long, and takes their height", () => {
  const fit = fitTexts(["1", "19,370"], textWidth("19,370") - 1);
  deepEqual(fit, { rotate: -90, every: 1, height: textWidth("19,370") });
});

Deno.test("fitTexts() leaves out all but every fifth or so where there is no room for lines", () => {
  const { rotate, every } = fitTexts(["1", "100"], 10);
  equal(rotate, 0);
  equal(every, 5);
});
