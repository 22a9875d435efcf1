import { deepEqual, equal, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { subgroupsFigure } from "@/figures/results/intervals.ts";

const ROWS = [
  { by: "gender", name: "female", photos: 1021, value: 0.76, low: 0.73, high: 0.79 },
  { by: "gender", name: "male", photos: 1104, value: 0.74, low: 0.71, high: 0.77 },
  { by: "ethnicity", name: "White", photos: 900, value: 0.75, low: 0.72, high: 0.78 },
  { by: "ethnicity", name: "Other", photos: 12, value: 0.6, low: 0.33, high: 0.87 },
];
const OPTIONS = { measure: "accuracy", overall: 0.75 };

testSnapshot("subgroups", () => subgroupsFigure(ROWS, OPTIONS));

Deno.test("subgroupsFigure() heads each family once, and tells every value and its photos", () => {
  const texts = textsOf(subgroupsFigure(ROWS, OPTIONS));
  deepEqual(texts.filter((text) => text.startsWith("by ")), ["by gender", "by ethnicity"]);
  for (const text of ["female", "76.0% of 1,021", "Other", "60.0% of 12"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("subgroupsFigure() shows a small subgroup with its width", () => {
  const svg = subgroupsFigure(ROWS, OPTIONS);
  ok(svg.includes("<title>ethnicity, Other: 60.0% of 12 photos (33.0% to 87.0%)</title>"));
  const lengths = [...svg.matchAll(/x2="([\d.]+)" x1="([\d.]+)"><title>/g)]
    .map(([, x2, x1]) => Number(x2) - Number(x1));
  equal(Math.max(...lengths), lengths.at(-1));
});

Deno.test("subgroupsFigure() takes another title, and other words on its rows", () => {
  const options = { ...OPTIONS, title: "By kind of photo", note: "Four bins of photos." };
  const words = textsOf(subgroupsFigure(ROWS, options)).join(" ");
  ok(words.includes("By kind of photo") && words.includes("Four bins of photos."));
  ok(!words.includes("by subgroup") && !words.includes("labels name them"));
});

Deno.test("subgroupsFigure() draws one exact value, and says that there are no subgroups", () => {
  const exact = { by: "gender", name: "female", photos: 1, value: 1, low: 1, high: 1 };
  const svg = subgroupsFigure([exact], { measure: "accuracy", overall: 1 });
  ok(!/NaN|Infinity/.test(svg));
  ok(textsOf(svg).includes("90%"), "a scale without length drew its interval over all of it");
  equal(textsOf(subgroupsFigure([], OPTIONS)).at(-1), "No subgroups");
});
