import { deepEqual, equal, throws } from "node:assert/strict";
import { findSpec, TESTING } from "./zoo.ts";
import { CLASSES, metadataOf, parseCard, plainAnswer } from "./model_card.ts";

/** A card with all that a reader asks for. */
const CARD = {
  format: 1,
  name: "tiny-1",
  classes: CLASSES,
  input: { side: 16, range: [0, 1] },
  output: { kind: "groups", layer: "output", width: 5 },
  answer: plainAnswer(false),
  weights: { file: "weights.bin" },
  training: { seed: 7 },
  results: [],
};

Deno.test("parseCard() gives the record back", () => {
  equal(parseCard(JSON.stringify(CARD), "card").name, "tiny-1");
});

Deno.test("parseCard() names all fields that are wrong at once", () => {
  const wrong = { ...CARD, input: { side: 0 }, answer: { ...CARD.answer, temperature: 0 } };
  throws(
    () => parseCard(JSON.stringify(wrong), "card.json"),
    /card.json lacks .*: input.side, input.range, answer.temperature\. Write it anew/,
  );
});

Deno.test("parseCard() refuses a model of other age groups", () => {
  const classes = CLASSES.map((group, k) => k === 0 ? { ...group, to: 7 } : group);
  throws(
    () => parseCard(JSON.stringify({ ...CARD, classes }), "card.json"),
    /card\.json has the age groups 0 to 7, 7 to 20, .* has 0 to 6, .*: train it anew/,
  );
});

Deno.test("parseCard() refuses another format, and what is no record", () => {
  throws(() => parseCard(`{"format": 2}`, "card.json"), /its format is 2/);
  throws(() => parseCard("[1", "card.json"), /card.json is not a model card/);
  throws(() => parseCard("null", "card.json"), /card.json is not a model card/);
});

Deno.test("metadataOf() tells range, channels, side, classes, and what comes out", () => {
  const { input, output, classes, mirrorAverage } = metadataOf(TESTING, 16);
  deepEqual([input.side, input.range, input.channels], [16, [0, 1], "RGB"]);
  deepEqual([output.kind, output.width, mirrorAverage], ["groups", 5, false]);
  equal(classes.join(" "), "0-6 7-20 21-37 38-59 60+");
  deepEqual(metadataOf(findSpec("better"), 64).output.layer, "years");
});
