import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  ageByGenderFigure,
  ageLabelsFigure,
  genderPanelsFigure,
  gendersFigure,
  gendersIn,
  groupsFigure,
} from "@/figures/counts/photo_counts.ts";
import { COLOR, HUE } from "@/figures/shared/style.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";

const AGE_LABELS = [
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

testSnapshot("age_labels", () => ageLabelsFigure(AGE_LABELS));

Deno.test("ageLabelsFigure() writes every label and every count", () => {
  const texts = textsOf(ageLabelsFigure(AGE_LABELS));
  for (const { label } of AGE_LABELS) ok(texts.includes(label), label);
  for (const count of ["2,488", "4,932", "748", "1"]) ok(texts.includes(count), count);
  ok(texts.includes("18,070 photos, of which 748 without an age"));
});

Deno.test("ageLabelsFigure() puts the photos without an age last, in a muted colour", () => {
  const svg = ageLabelsFigure(AGE_LABELS), bars = barsOf(svg);
  deepEqual(bars, [...Array(9).fill(COLOR.bar), COLOR.barMuted]);
  const labels = textsOf(svg).filter((text) => AGE_LABELS.some(({ label }) => label === text));
  deepEqual(labels, [...AGE_LABELS.slice(1), AGE_LABELS[0]!].map(({ label }) => label));
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

const GENDERS = [
  { gender: null, photos: 779 },
  { gender: "u", photos: 1099 },
  { gender: "m", photos: 8124 },
  { gender: "f", photos: 9368 },
] as const;

testSnapshot("genders", () => gendersFigure(GENDERS));

Deno.test("gendersFigure() draws female, male, unknown and not given, in this order", () => {
  const svg = gendersFigure(GENDERS), names = ["female", "male", "unknown", "not given"];
  deepEqual(textsOf(svg).filter((text) => names.includes(text)), names);
  deepEqual(barsOf(svg).slice(0, 3), [HUE.purple, HUE.orange, HUE.green]);
  for (const count of ["9,368", "8,124", "1,099", "779"]) ok(textsOf(svg).includes(count), count);
});

Deno.test("gendersFigure() leaves out the genders that do not occur", () => {
  const svg = gendersFigure([{ gender: "m", photos: 1 }]);
  deepEqual(barsOf(svg), [HUE.orange]);
  ok(!textsOf(svg).includes("not given"));
});

Deno.test("gendersIn() lists the genders that occur, female first", () => {
  const genders = gendersIn([{ gender: null }, { gender: "m" }, { gender: "f" }, { gender: "m" }]);
  deepEqual(genders.map(({ name }) => name), ["female", "male", "not given"]);
});

Deno.test("gendersFigure() says that there are no photos", () => {
  deepEqual(textsOf(gendersFigure([])), ["Photos per gender", "No photos"]);
});

const AGES_BY_GENDER = [
  { label: "(0, 2)", gender: "f", photos: 681 },
  { label: "(0, 2)", gender: "m", photos: 716 },
  { label: "(0, 2)", gender: "u", photos: 1091 },
  { label: "(4, 6)", gender: "f", photos: 1230 },
  { label: "(4, 6)", gender: "u", photos: 1 },
  { label: "(25, 32)", gender: "f", photos: 2575 },
  { label: "(25, 32)", gender: "m", photos: 2304 },
  { label: "(25, 32)", gender: null, photos: 51 },
  { label: "none", gender: "f", photos: 40 },
  { label: "none", gender: null, photos: 708 },
] as const;

testSnapshot("age_by_gender", () => ageByGenderFigure(AGES_BY_GENDER));

Deno.test("ageByGenderFigure() draws a bar with its count for each row", () => {
  const svg = ageByGenderFigure(AGES_BY_GENDER);
  equal(barsOf(svg).length, AGES_BY_GENDER.length);
  for (const count of ["681", "716", "1,091", "1", "2,575", "51"]) {
    ok(textsOf(svg).includes(count), count);
  }
});

Deno.test("ageByGenderFigure() explains the colours of the genders that occur", () => {
  const named = textsOf(ageByGenderFigure(AGES_BY_GENDER.slice(0, 3)));
  ok(["female", "male", "unknown"].every((name) => named.includes(name)));
  ok(!named.includes("not given"));
});

Deno.test("ageByGenderFigure() keeps a gender's place where a label lacks the gender before it", () => {
  const [whole, gap] = [AGES_BY_GENDER.slice(0, 3), [AGES_BY_GENDER[1], AGES_BY_GENDER[2]]].map((
    rows,
  ) => ageByGenderFigure([...rows, { label: "later", gender: "f", photos: 1 }]));
  equal(lastLeft(whole!), lastLeft(gap!));
});

Deno.test("ageByGenderFigure() says that there are no photos", () => {
  deepEqual(textsOf(ageByGenderFigure([])), ["Photos per age label and gender", "No photos"]);
});

const GROUPS = [
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

testSnapshot("groups", () => groupsFigure(GROUPS));

Deno.test("groupsFigure() writes every count, none too", () => {
  const texts = textsOf(groupsFigure(GROUPS));
  for (const count of ["4,649", "872", "4,601", "5,703", "0"]) ok(texts.includes(count), count);
});

Deno.test("groupsFigure() lets the last stage stand out and names both", () => {
  const svg = groupsFigure(GROUPS);
  deepEqual(barsOf(svg), [...Array(5).fill(COLOR.barMuted), ...Array(5).fill(COLOR.bar)]);
  ok(["as labelled", "after cleaning"].every((stage) => textsOf(svg).includes(stage)));
});

Deno.test("groupsFigure() says that there are no photos", () => {
  deepEqual(textsOf(groupsFigure([])), ["Photos per age group", "No photos"]);
});

/** The rows whose label names an age. */
const PANELS = AGES_BY_GENDER.slice(0, 8);

testSnapshot("gender_panels", () => genderPanelsFigure(PANELS));

Deno.test("genderPanelsFigure() draws a panel with its photos for each age label", () => {
  const texts = textsOf(genderPanelsFigure(PANELS));
  for (const text of ["(0, 2)", "2,488 photos", "(4, 6)", "1,231 photos", "4,930 photos"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("genderPanelsFigure() writes counts and shares on the bars", () => {
  const svg = genderPanelsFigure(PANELS), texts = textsOf(svg);
  equal(barsOf(svg).length, PANELS.length);
  for (const text of ["1,091 (43.9%)", "1 (0.1%)", "2,575 (52.2%)"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("genderPanelsFigure() gives every panel its own genders and the same scale", () => {
  const texts = textsOf(genderPanelsFigure(PANELS));
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
  ok(genderPanelsFigure(PANELS).includes("<title>(0, 2), unknown: 1,091 photos, 43.9%</title>"));
});

Deno.test("genderPanelsFigure() draws one panel, a label without photos, and none at all", () => {
  equal(barsOf(genderPanelsFigure(PANELS.slice(0, 1))).length, 1);
  ok(textsOf(genderPanelsFigure([{ label: "26", gender: "f", photos: 0 }])).includes("0 (0.0%)"));
  deepEqual(textsOf(genderPanelsFigure([])), ["Genders within each age label", "No photos"]);
});

/** The left edge of the bars of the unknown gender. */
function lastLeft(svg: string): string | undefined {
  const bar = svg.match(new RegExp(`<rect [^>]*${HUE.green}[^>]*>`))?.[0];
  return bar?.match(/ x="([^"]*)"/)?.[1];
}
