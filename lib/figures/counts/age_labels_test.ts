import { deepEqual, equal, match, ok } from "node:assert/strict";
import { COLOR } from "@/figures/shared/style.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { ageLabelsFigure } from "@/figures/counts/age_labels.ts";

const ROWS = [
  { label: "none", photos: 748 },
  { label: "(0, 2)", photos: 2488 },
  { label: "(4, 6)", photos: 2140 },
  { label: "(8, 12)", photos: 2124 },
  { label: "(15, 20)", photos: 1642 },
  { label: "(25, 32)", photos: 4932 },
  { label: "(38, 43)", photos: 2293 },
  { label: "(48, 53)", photos: 830 },
  { label: "(60, 100)", photos: 872 },
  { label: "(8, 23)", photos: 1 },
];

testSnapshot("age_labels", () => ageLabelsFigure(ROWS));

Deno.test("ageLabelsFigure() writes every label and every count", () => {
  const texts = textsOf(ageLabelsFigure(ROWS));
  for (const { label } of ROWS) ok(texts.includes(label), label);
  for (const count of ["2,488", "4,932", "748", "1"]) ok(texts.includes(count), count);
  ok(texts.includes("18,070 photos, of which 748 without an age"));
});

Deno.test("ageLabelsFigure() puts the photos without an age last, in a muted colour", () => {
  const svg = ageLabelsFigure(ROWS), bars = barsOf(svg);
  deepEqual(bars, [...Array(9).fill(COLOR.bar), COLOR.barMuted]);
  const labels = textsOf(svg).filter((text) => ROWS.some(({ label }) => label === text));
  deepEqual(labels, [...ROWS.slice(1), ROWS[0]!].map(({ label }) => label));
});

Deno.test("ageLabelsFigure() says that all photos have an age", () => {
  ok(textsOf(ageLabelsFigure([{ label: "26", photos: 1 }])).includes("1 photo, all with an age"));
});

Deno.test("ageLabelsFigure() draws a single bar, a label without photos, and none at all", () => {
  equal(barsOf(ageLabelsFigure([{ label: "26", photos: 19370 }])).length, 1);
  const nothing = ageLabelsFigure([{ label: "26", photos: 0 }]);
  match(nothing, /<rect [^>]*height="0"/);
  ok(textsOf(nothing).includes("0") && !nothing.includes("NaN"));
  deepEqual(textsOf(ageLabelsFigure([])), ["Photos per age label", "No photos"]);
});

Deno.test("ageLabelsFigure() leaves out names and counts where a hundred bars have no room", () => {
  const rows = Array.from({ length: 104 }, (_, i) => ({ label: `${i + 1}`, photos: 2000 + i }));
  const texts = textsOf(ageLabelsFigure(rows));
  ok(texts.includes("10") && !texts.includes("11") && !texts.includes("2,100"));
  equal(barsOf(ageLabelsFigure(rows)).length, 104);
});

Deno.test("ageLabelsFigure() writes signs that SVG reserves as text", () => {
  const svg = ageLabelsFigure([{ label: "<2 & up", photos: 3 }]);
  ok(svg.includes("&lt;2 &amp; up") && !svg.includes("<2"));
});
