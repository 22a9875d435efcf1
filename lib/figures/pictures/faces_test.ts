import { deepEqual, equal, ok } from "node:assert/strict";
import { facesFigure } from "@/figures/pictures/faces.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";

const GREY = "data:image/gif;base64,R0lGODlhAQABAIAAAJmZmQAAACwAAAAAAQABAAACAkQBADs=";

const FACE = {
  number: 1,
  box: { x: 100, y: 60, width: 90, height: 110 },
  crop: GREY,
  probabilities: [0.01, 0.04, 0.75, 0.15, 0.05],
  years: 31.4,
  range: { from: 25, to: 38 },
  warnings: [],
};

const ROW = {
  photo: { href: GREY, width: 400, height: 300 },
  faces: [
    FACE,
    { ...FACE, number: 2, box: { x: 340, y: 150, width: 90, height: 20 }, warnings: ["tiny"] },
    { ...FACE, number: 3, years: null, range: null, box: { x: 10, y: 10, width: 30, height: 30 } },
  ],
  model: "age-groups-2",
  coverage: 0.8,
};

testSnapshot("faces", () => facesFigure(ROW));

Deno.test("facesFigure() tells group, years, range and warnings of each face", () => {
  const texts = textsOf(facesFigure(ROW));
  ok(texts.includes("1: 21-37, about 31 years (25 to 38 in 8 of 10 cases)"));
  ok(texts.includes("3: 21-37"));
  ok(texts.includes("tiny"));
  equal(texts.filter((text) => text === "75.0%").length, 3);
  ok(texts.some((text) => text.includes("do not use it to make decisions about anyone")));
});

Deno.test("facesFigure() says where no face was found", () => {
  const texts = textsOf(facesFigure({ ...ROW, faces: [] }));
  equal(texts[0], "No face found, and what the network says");
  equal(texts.includes("0-6"), false);
});

Deno.test("facesFigure() leaves the range out where it is not known how often it holds", () => {
  const texts = textsOf(facesFigure({ ...ROW, faces: [FACE], coverage: null }));
  deepEqual(texts.filter((text) => text.startsWith("1: ")), ["1: 21-37, about 31 years"]);
});
