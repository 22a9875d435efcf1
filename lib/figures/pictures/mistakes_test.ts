import { deepEqual, ok } from "node:assert/strict";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";
import { mistakesFigure } from "@/figures/pictures/mistakes.ts";

const ROWS = [
  { href: "a.png", predicted: "21-37", probability: 0.998 },
  { href: "b.png", predicted: "7-20", probability: 0.93 },
  { href: "c.png", predicted: "60+", probability: 0.71 },
  { href: "d.png", predicted: "7-20", probability: 0.5 },
  { href: "e.png", predicted: "38-59", probability: 0.4 },
];

testSnapshot("mistakes", () => mistakesFigure({ group: "0-6", rows: ROWS }));

Deno.test("mistakesFigure() shows the first four, each with predicted group and probability", () => {
  const svg = mistakesFigure({ group: "0-6", rows: ROWS });
  deepEqual(svg.match(/\w\.png/g), ["a.png", "b.png", "c.png", "d.png"]);
  deepEqual(textsOf(svg), [
    "Photos of group 0-6 predicted wrongly",
    "The mistakes that the network is surest of",
    ...["predicted 21-37", "predicted 7-20", "predicted 60+", "predicted 7-20"],
    ...["probability 99.8%", "probability 93.0%", "probability 71.0%", "probability 50.0%"],
  ]);
});

Deno.test("mistakesFigure() keeps its width with a single mistake", () => {
  const svg = mistakesFigure({ group: "60+", rows: ROWS.slice(0, 1) });
  ok(svg.includes('viewBox="0 0 800 '));
  ok(textsOf(svg).includes("The only mistake in this group"));
});

Deno.test("mistakesFigure() says that there is none", () => {
  deepEqual(textsOf(mistakesFigure({ group: "60+", rows: [] })), [
    "Photos of group 60+ predicted wrongly",
    "No photo of group 60+ is predicted wrongly",
  ]);
});
