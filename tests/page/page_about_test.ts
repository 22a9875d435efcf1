import { deepEqual, match } from "node:assert/strict";
import { DEFAULT_MODEL, PAGE_MODEL } from "@/model/model_card.ts";
import { aboutModel } from "../../web/about.ts";

const data = { name: "x", description: "drawn faces", terms: "free", layout: "", labels: "" };
const CARD = { name: "a", summary: "Tells ages: 0-6, 7-20.", data, results: [] };

Deno.test("aboutModel() tells what a network is for, and what it is not for", () => {
  const notFor = ["Not for: decisions about people, see the table (below).", "Anything else."];
  deepEqual(aboutModel({ ...CARD, notFor }), {
    name: "a",
    facts: [
      "Tells ages: 0\u20116, 7\u201120.",
      "Faces narrower than an eightieth of a photo may be missed; beside a face that fills a third of it, " +
      "those narrower than a twentieth.",
      "Trained on drawn faces. Terms: free.",
    ],
    notFor: ["Decisions about people, see the table.", "Anything else."],
  });
});

Deno.test("aboutModel() says of the page's own network why it is not the command line's", () => {
  const { facts } = aboutModel({ ...CARD, name: PAGE_MODEL, notFor: [] });
  match(facts.at(-1)!, new RegExp(`use ${DEFAULT_MODEL}, so .* more accurate, but heavier`));
});

Deno.test("aboutModel() says how often the network was right in the test, not in validation", () => {
  const measures = (value: number) =>
    ["accuracy", "one-off accuracy"].map((measure) => (
      { measure, value, low: 0, high: 1 }
    ));
  const part = (part: string, value: number) => ({
    ...{ part, photos: 1234, measures: measures(value), groups: [], confusion: [] },
    abstention: { area: { value: 0, low: 0, high: 0 }, answered: [] },
    ...{ calibration: [], sets: null, years: null, subgroups: [], gaps: [] },
  });
  const results = [part("validation", 0.9), part("test", 0.5)];
  match(aboutModel({ ...CARD, results, notFor: [] }).facts[1]!, /1,234 photos .* 50.0%/);
});

Deno.test("aboutModel() says what to expect of other photos", () => {
  const otherPhotos = { caution: "Its years are guesses.", photos: "", results: {} };
  const { facts } = aboutModel({ ...CARD, otherPhotos, notFor: [] });
  match(facts[1]!, /^Its years are guesses\.$/);
  match(facts[2]!, /^Faces narrower than an eightieth of a photo may be missed/);
});
