import { deepEqual, equal } from "node:assert/strict";
import { faceStepsFigure } from "@/figures/pictures/face_steps.ts";
import { testSnapshot, textsOf } from "@/figures/shared/testing.ts";

const GREY = "data:image/gif;base64,R0lGODlhAQABAIAAAJmZmQAAACwAAAAAAQABAAACAkQBADs=";
const PICTURES = { found: GREY, cropped: GREY, seen: GREY, looked: GREY };
const ROW = { number: 1, group: "21-37", probability: 0.75, ...PICTURES };

testSnapshot("face_steps", () => faceStepsFigure([ROW, { ...ROW, number: 2, group: "60+" }]));

Deno.test("faceStepsFigure() shows five faces at most, each in four steps", () => {
  const svg = faceStepsFigure(Array.from({ length: 7 }, (_, k) => ({ ...ROW, number: k + 1 })));
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
