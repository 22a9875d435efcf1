import { interpolateInferno } from "d3";
import { deepEqual, equal, ok } from "node:assert/strict";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { reasonsFigure } from "@/figures/pictures/reasons.ts";

const ROWS = [
  { href: "a.png", predicted: "21-37", probability: 0.998 },
  { href: "b.png", predicted: "7-20", probability: 0.93 },
];

testSnapshot("reasons", () => reasonsFigure({ group: "0-6", rows: ROWS }));

Deno.test("reasonsFigure() shows the pictures with predicted group and probability", () => {
  const svg = reasonsFigure({ group: "0-6", rows: ROWS }), texts = textsOf(svg);
  deepEqual(svg.match(/\w\.png/g), ["a.png", "b.png"]);
  ok(texts.includes("predicted 7-20") && texts.includes("probability 93.0%"));
});

Deno.test("reasonsFigure() has a key from the darkest to the brightest colour", () => {
  const svg = reasonsFigure({ group: "0-6", rows: ROWS }), colors = barsOf(svg);
  equal(colors[0], interpolateInferno(0));
  ok(colors.includes(interpolateInferno(1)));
  ok(textsOf(svg).includes("0") && textsOf(svg).includes("the photo's strongest cell"));
});

Deno.test("reasonsFigure() says how many cells there are, and that each photo has its own scale", () => {
  const rows = ROWS.map((row) => ({ ...row, cells: { rows: 3, columns: 3 } }));
  const text = textsOf(reasonsFigure({ group: "0-6", rows })).join(" ");
  ok(text.includes("3 × 3 cells") && text.includes("Each photo has its own scale"));
  ok(!textsOf(reasonsFigure({ group: "0-6", rows: ROWS })).join(" ").includes("×"));
});

Deno.test("reasonsFigure() says that there is no mistake, without a key", () => {
  const svg = reasonsFigure({ group: "60+", rows: [] });
  equal(textsOf(svg).at(-1), "No photo of group 60+ is predicted wrongly");
  ok(!textsOf(svg).includes("the photo's strongest cell"));
});
