import { interpolateInferno } from "d3";
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  augmentationFigure,
  examplesFigure,
  faceStepsFigure,
  interpolationFigure,
  mistakesFigure,
  paddingFigure,
  reasonsFigure,
} from "@/figures/pictures/picture_sheets.ts";
import { barsOf, testSnapshot, textsOf } from "@/figures/shared/testing.ts";

const PADDED = [
  {
    before: { href: "tall.png", width: 158, height: 200 },
    after: { href: "tall_square.png", width: 200, height: 200 },
    resized: { href: "tall_96.png", width: 96, height: 96 },
  },
  {
    before: { href: "wide.png", width: 238, height: 200 },
    after: { href: "wide_square.png", width: 238, height: 238 },
    resized: { href: "wide_96.png", width: 96, height: 96 },
  },
];

testSnapshot("padding", () => paddingFigure(PADDED));

Deno.test("paddingFigure() writes ratios and sizes", () => {
  const texts = textsOf(paddingFigure(PADDED));
  for (
    const text of [
      "1. original, ratio 0.79",
      "1. original, ratio 1.19",
      "158 × 200 pixels",
      "96 × 96 pixels",
    ]
  ) {
    ok(texts.includes(text), text);
  }
  equal(texts.filter((text) => text === "2. zero-padded").length, 2);
});

Deno.test("paddingFigure() draws the three steps to the same scale, framed", () => {
  const svg = paddingFigure(PADDED.slice(0, 1));
  const sizes = [...svg.matchAll(/<image [^>]*>/g)].map(([image]) => [
    Number(image.match(/ width="([^"]*)"/)![1]),
    Number(image.match(/ height="([^"]*)"/)![1]),
  ]);
  deepEqual(sizes.map((size) => size.map(Math.round)), [[186, 236], [236, 236], [113, 113]]);
  equal(svg.match(/aria-label="rect".*?<\/g>/)![0].match(/<rect /g)!.length, 3);
});

Deno.test("paddingFigure() makes the largest picture of a row as large as there is room", () => {
  const [row] = PADDED, resized = { href: "tall_400.png", width: 400, height: 400 };
  const sizes = [...paddingFigure([{ ...row!, resized }]).matchAll(/<image [^>]* width="(.*?)"/g)]
    .map(([, width]) => Math.round(Number(width)));
  deepEqual(sizes, [93, 118, 236]);
});

Deno.test("paddingFigure() says that there are no photos", () => {
  deepEqual(textsOf(paddingFigure([])), ["From a photo to a square for the network", "No photos"]);
});

const RESIZED = [
  { method: "bicubic", href: "bicubic.png" },
  { method: "nearest neighbour", href: "nearest.png" },
];

testSnapshot("interpolation", () => interpolationFigure(RESIZED));

Deno.test("interpolationFigure() draws each method's photo under its name, with sharp pixels", () => {
  const svg = interpolationFigure(RESIZED);
  deepEqual(textsOf(svg).slice(2), ["bicubic", "nearest neighbour"]);
  equal(svg.match(/image-rendering="pixelated"/g)!.length, 2);
});

Deno.test("interpolationFigure() keeps the page's width with four methods", () => {
  const rows = ["a", "b", "c", "d"].map((method) => ({ method, href: "x.png" }));
  const width = Number(interpolationFigure(rows).match(/<svg [^>]*? width="([^"]*)"/)![1]);
  equal(Math.round(width), 800);
});

Deno.test("interpolationFigure() says that there are no photos", () => {
  deepEqual(textsOf(interpolationFigure([])), [
    "One photo resized by different methods",
    "No photos",
  ]);
});

const GROUPS = ["0-6", "7-20", "21-37", "38-59", "60+"];
const EXAMPLES = [0, 1].flatMap((i) =>
  GROUPS.map((group) => ({ group, href: `${group}_${i}.png` }))
);

testSnapshot("examples", () => examplesFigure(EXAMPLES));

Deno.test("examplesFigure() titles a column for each group, in the order given", () => {
  deepEqual(textsOf(examplesFigure(EXAMPLES)).slice(1), GROUPS);
});

Deno.test("examplesFigure() puts the photos of a group under each other", () => {
  const lefts = [...examplesFigure(EXAMPLES).matchAll(/<image [^>]*>/g)]
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

const VARIED = [{ href: "a.png", varied: ["a1.png", "a2.png"] }, {
  href: "b.png",
  varied: ["b1.png", "b2.png"],
}];

Deno.test("augmentationFigure() draws each photo, then what became of it, row by row", () => {
  const pictures = [...augmentationFigure(VARIED).matchAll(/ href="(\w+\.png)"/g)];
  deepEqual(
    pictures.map(([, name]) => name),
    ["a.png", "a1.png", "a2.png", "b.png", "b1.png", "b2.png"],
  );
});

Deno.test("augmentationFigure() heads each column once", () => {
  const texts = textsOf(augmentationFigure(VARIED));
  deepEqual(texts.slice(-3), ["as it is", "epoch 1", "epoch 2"]);
});

Deno.test("augmentationFigure() says that there are no photos", () => {
  equal(textsOf(augmentationFigure([])).at(-1), "No photos");
});

const MISTAKES = [
  { href: "a.png", predicted: "21-37", probability: 0.998 },
  { href: "b.png", predicted: "7-20", probability: 0.93 },
  { href: "c.png", predicted: "60+", probability: 0.71 },
  { href: "d.png", predicted: "7-20", probability: 0.5 },
  { href: "e.png", predicted: "38-59", probability: 0.4 },
];

testSnapshot("mistakes", () => mistakesFigure({ group: "0-6", rows: MISTAKES }));

Deno.test("mistakesFigure() shows the first four, each with predicted group and probability", () => {
  const svg = mistakesFigure({ group: "0-6", rows: MISTAKES });
  deepEqual(svg.match(/\w\.png/g), ["a.png", "b.png", "c.png", "d.png"]);
  deepEqual(textsOf(svg), [
    "Photos of group 0-6 predicted wrongly",
    "The mistakes that the network is surest of",
    ...["predicted 21-37", "predicted 7-20", "predicted 60+", "predicted 7-20"],
    ...["probability 99.8%", "probability 93.0%", "probability 71.0%", "probability 50.0%"],
  ]);
});

Deno.test("mistakesFigure() keeps its width with a single mistake", () => {
  const svg = mistakesFigure({ group: "60+", rows: MISTAKES.slice(0, 1) });
  ok(svg.includes('viewBox="0 0 800 '));
  ok(textsOf(svg).includes("The only mistake in this group"));
});

Deno.test("mistakesFigure() says that there is none", () => {
  deepEqual(textsOf(mistakesFigure({ group: "60+", rows: [] })), [
    "Photos of group 60+ predicted wrongly",
    "No photo of group 60+ is predicted wrongly",
  ]);
});

const REASONS = MISTAKES.slice(0, 2);

testSnapshot("reasons", () => reasonsFigure({ group: "0-6", rows: REASONS }));

Deno.test("reasonsFigure() shows the pictures with predicted group and probability", () => {
  const svg = reasonsFigure({ group: "0-6", rows: REASONS }), texts = textsOf(svg);
  deepEqual(svg.match(/\w\.png/g), ["a.png", "b.png"]);
  ok(texts.includes("predicted 7-20") && texts.includes("probability 93.0%"));
});

Deno.test("reasonsFigure() has a key from the darkest to the brightest colour", () => {
  const svg = reasonsFigure({ group: "0-6", rows: REASONS }), colors = barsOf(svg);
  equal(colors[0], interpolateInferno(0));
  ok(colors.includes(interpolateInferno(1)));
  ok(textsOf(svg).includes("0") && textsOf(svg).includes("the photo's strongest cell"));
});

Deno.test("reasonsFigure() says how many cells there are, and that each photo has its own scale", () => {
  const rows = REASONS.map((row) => ({ ...row, cells: { rows: 3, columns: 3 } }));
  const text = textsOf(reasonsFigure({ group: "0-6", rows })).join(" ");
  ok(text.includes("3 × 3 cells") && text.includes("each photo's own scale"));
  ok(!textsOf(reasonsFigure({ group: "0-6", rows: REASONS })).join(" ").includes("×"));
});

Deno.test("reasonsFigure() says that there is no mistake, without a key", () => {
  const svg = reasonsFigure({ group: "60+", rows: [] });
  equal(textsOf(svg).at(-1), "No photo of group 60+ is predicted wrongly");
  ok(!textsOf(svg).includes("the photo's strongest cell"));
});

const GREY = "data:image/gif;base64,R0lGODlhAQABAIAAAJmZmQAAACwAAAAAAQABAAACAkQBADs=";
const PICTURES = { found: GREY, cropped: GREY, seen: GREY, looked: GREY };
const FACE = { number: 1, group: "21-37", probability: 0.75, ...PICTURES };

testSnapshot("face_steps", () => faceStepsFigure([FACE, { ...FACE, number: 2, group: "60+" }]));

Deno.test("faceStepsFigure() shows five faces at most, each in four steps", () => {
  const svg = faceStepsFigure(Array.from({ length: 7 }, (_, k) => ({ ...FACE, number: k + 1 })));
  equal(svg.split("<image ").length - 1, 5 * 4);
  deepEqual(
    textsOf(svg).filter((text) => text.startsWith("face ")),
    [1, 2, 3, 4, 5].map((k) => (
      `face ${k}`
    )),
  );
});

Deno.test("faceStepsFigure() says that there is no face", () => {
  equal(textsOf(faceStepsFigure([])).includes("No face found"), true);
});
