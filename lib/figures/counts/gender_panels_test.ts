import { deepEqual, equal, ok } from "node:assert/strict";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { genderPanelsFigure } from "@/figures/counts/gender_panels.ts";

const ROWS = [
  { label: "(0, 2)", gender: "f", photos: 681 },
  { label: "(0, 2)", gender: "m", photos: 716 },
  { label: "(0, 2)", gender: "u", photos: 1091 },
  { label: "(4, 6)", gender: "f", photos: 1230 },
  { label: "(4, 6)", gender: "u", photos: 1 },
  { label: "(25, 32)", gender: "f", photos: 2575 },
  { label: "(25, 32)", gender: "m", photos: 2304 },
  { label: "(25, 32)", gender: null, photos: 51 },
] as const;

testSnapshot("gender_panels", () => genderPanelsFigure(ROWS));

Deno.test("genderPanelsFigure() draws a panel with its photos for each age label", () => {
  const texts = textsOf(genderPanelsFigure(ROWS));
  for (const text of ["(0, 2)", "2,488 photos", "(4, 6)", "1,231 photos", "4,930 photos"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("genderPanelsFigure() writes counts and shares on the bars", () => {
  const svg = genderPanelsFigure(ROWS), texts = textsOf(svg);
  equal(barsOf(svg).length, ROWS.length);
  for (const text of ["1,091 (43.9%)", "1 (0.1%)", "2,575 (52.2%)"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("genderPanelsFigure() gives every panel its own genders and the same scale", () => {
  const texts = textsOf(genderPanelsFigure(ROWS));
  deepEqual(
    ["female", "male", "unknown", "not given"].map((name) =>
      texts.filter((t) => t === name).length
    ),
    [
      ...[3, 2, 2, 1],
    ],
  );
  equal(texts.filter((text) => text === "0%").length, 3);
  equal(texts.filter((text) => text === "100%").length, 3);
});

Deno.test("genderPanelsFigure() has a line of the grid beyond every bar", () => {
  const svg = genderPanelsFigure([{ label: "26", gender: "f", photos: 43 }, {
    label: "26",
    gender: "m",
    photos: 57,
  }]);
  equal(textsOf(svg).filter((text) => /^\d+%$/.test(text)).at(-1), "75%");
});

Deno.test("genderPanelsFigure() tells exact values where the pointer rests", () => {
  ok(genderPanelsFigure(ROWS).includes("<title>(0, 2), unknown: 1,091 photos, 43.9%</title>"));
});

Deno.test("genderPanelsFigure() draws one panel, a label without photos, and none at all", () => {
  equal(barsOf(genderPanelsFigure([ROWS[0]])).length, 1);
  ok(textsOf(genderPanelsFigure([{ label: "26", gender: "f", photos: 0 }])).includes("0 (0.0%)"));
  deepEqual(textsOf(genderPanelsFigure([])), ["Genders within each age label", "No photos"]);
});
