import { deepEqual, equal, ok } from "node:assert/strict";
import { HUE } from "@/figures/shared/style.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { ageByGenderFigure } from "@/figures/counts/age_by_gender.ts";

const ROWS = [
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

testSnapshot("age_by_gender", () => ageByGenderFigure(ROWS));

Deno.test("ageByGenderFigure() draws a bar with its count for each row", () => {
  const svg = ageByGenderFigure(ROWS);
  equal(barsOf(svg).length, ROWS.length);
  for (const count of ["681", "716", "1,091", "1", "2,575", "51"]) {
    ok(textsOf(svg).includes(count), count);
  }
});

Deno.test("ageByGenderFigure() explains the colours of the genders that occur", () => {
  const named = textsOf(ageByGenderFigure(ROWS.slice(0, 3)));
  ok(["female", "male", "unknown"].every((name) => named.includes(name)));
  ok(!named.includes("not given"));
});

Deno.test("ageByGenderFigure() keeps a gender's place where a label lacks the gender before it", () => {
  const [whole, gap] = [ROWS.slice(0, 3), [ROWS[1], ROWS[2]]].map((rows) =>
    ageByGenderFigure([...rows, { label: "later", gender: "f", photos: 1 }])
  );
  equal(lastLeft(whole!), lastLeft(gap!));
});

Deno.test("ageByGenderFigure() says that there are no photos", () => {
  deepEqual(textsOf(ageByGenderFigure([])), ["Photos per age label and gender", "No photos"]);
});

/** The left edge of the bars of the unknown gender. */
function lastLeft(svg: string): string | undefined {
  const bar = svg.match(new RegExp(`<rect [^>]*${HUE.green}[^>]*>`))?.[0];
  return bar?.match(/ x="([^"]*)"/)?.[1];
}
