import { deepEqual, equal, match } from "node:assert/strict";
import { abstentionWords, cardPage } from "./card_page.ts";
import { findSpec, TESTING } from "./zoo.ts";
import { CLASSES, type ModelCard, plainAnswer } from "./model_card.ts";

const HALF = { value: 0.5, low: 0.4, high: 0.6 };

const CARD: ModelCard = {
  format: 1,
  name: "tiny-1",
  summary: "Tells ages.",
  classes: CLASSES,
  input: { side: 16, range: [0, 1], channels: "RGB", fill: "centred on black", crop: null },
  output: { kind: "groups", layer: "output", width: 5 },
  answer: plainAnswer(false),
  weights: { file: "weights.bin", bytes: 3114, precision: "float16", sha256: "", count: 1557 },
  training: {
    ...{ spec: TESTING, recipe: "A recipe.", seed: 7, split: "subject", epochs: 9, bestEpoch: 4 },
    ...{ shares: { train: 0.8, validation: 0.1 }, start: null },
    photos: { train: 80, validation: 10, test: 10 },
  },
  data: {
    name: "sample",
    layout: "adience",
    description: "Drawings.",
    terms: "MIT",
    labels: "own",
  },
  results: [{
    part: "test",
    photos: 10,
    measures: [{ measure: "accuracy", ...HALF }],
    groups: CLASSES.map(({ name }) => ({ group: name, photos: 2, recall: null, precision: 0 })),
    confusion: CLASSES.map(() => CLASSES.map(() => 0)),
    calibration: [{
      temperature: 1,
      rounded: false,
      accuracy: HALF,
      calibrationError: HALF,
      brier: HALF,
      negativeLogLikelihood: HALF,
    }],
    abstention: { area: HALF, answered: [{ coverage: 0.9, accuracy: HALF }] },
    ...{ sets: null, years: null, subgroups: [], gaps: [] },
  }],
  uses: ["For: tests."],
  notFor: ["Not for: people."],
};

Deno.test("cardPage() tells what the record tells", () => {
  const page = cardPage(CARD);
  match(page, /^# tiny-1\n\nTells ages\.\n/);
  match(page, /16 by 16 pixels, RGB, 0 to 1/);
  match(page, /Not for: people/);
  match(page, /\| accuracy\s+\| 50\.0% \(40\.0% to 60\.0%\) \|/);
  match(page, /Trained from scratch/);
});

Deno.test("cardPage() tells whom a student has learned from", () => {
  const training = { ...CARD.training, spec: findSpec("better-student") };
  match(
    cardPage({ ...CARD, training }),
    /70\.0% of its targets are what `age-groups-published-2` predicts/,
  );
});

Deno.test("cardPage() tells of damaged photos, and of what is widened for them", () => {
  const sets = { coverage: HALF, size: 1.5 };
  const years = { photos: 9, coverage: HALF, width: 12.3 };
  const damaged = [{ kind: "blurred by 4%", photos: 9, balancedAccuracy: HALF, sets, years }];
  const answer = { ...CARD.answer, widening: { below: 0.02, power: 0.5, most: 10 } };
  const page = cardPage({ ...CARD, answer, damaged });
  match(page, /## On damaged photos\n\n.*\n\n\| photos .*\n.*\n\| blurred by 4% \| 9 .* 12\.3 /);
  match(page, /`n \*\* 0\.5` times as wide/);
});

Deno.test("cardPage() has no empty table, and no words on what is not known", () => {
  const page = cardPage(CARD);
  equal(/subgroup|undefined|NaN|null/i.test(page), false);
  deepEqual(page.match(/\n\n\n/), null);
});

Deno.test("cardPage() tells calibration and sets of subgroups, and what silence gives", () => {
  const shares = { accuracy: HALF, balancedAccuracy: HALF, oneOffAccuracy: HALF, bias: HALF };
  const women = { by: "gender", subgroup: "women", photos: 5, ...shares };
  const certain = { ...women, calibrationError: HALF, setCoverage: HALF, setSize: 1.5 };
  const [result] = CARD.results as [ModelCard["results"][number]];
  const page = (rows: typeof result.subgroups) =>
    cardPage({ ...CARD, results: [{ ...result, subgroups: rows }] });
  match(
    page([certain]),
    /\| bias +\| calibration error +\| sets hold the truth +\| groups a set \|/,
  );
  match(
    page([certain]),
    /are correct: 50\.0% \(40\.0% to 60\.0%\) of the most certain 90\.0%\. Averaged/,
  );
  equal(page([women]).includes("sets hold the truth"), false);
});

Deno.test("cardPage() names a published start and its terms", () => {
  const start = {
    package: "@some/package",
    version: "1.0.0",
    file: "net",
    license: "MIT",
    learnedFrom: "a research set",
  };
  const page = cardPage({ ...CARD, training: { ...CARD.training, start } });
  match(
    page,
    /net of the npm package @some\/package 1\.0\.0 \(MIT\), learned from a research set\./,
  );
});

Deno.test("cardPage() says of a network that learned from validation in the end whose results those are", () => {
  const photos = { train: 90, validation: 10, test: 10 };
  const training = { ...CARD.training, photos, shares: { train: 0.8, validation: 0.1 } };
  const results = [{ ...CARD.results[0]!, part: "validation" }];
  const page = cardPage({ ...CARD, results, training: { ...training, refit: true } });
  match(page, /90 photos for training \(90\.0%\), 10 for the test, split by/);
  match(page, /- 10 of the training photos were for validation first/);
  match(page, /; the last of \d+ epochs\./);
  match(page, /results of the training without these photos/);
  const plain = cardPage({ ...CARD, results, training });
  match(plain, /90 photos for training \(80\.0%\), 10 for validation \(10\.0%\), 10 for the test/);
  match(plain, /These photos chose the epoch/);
});

Deno.test("cardPage() of a model without results ends with the terms", () => {
  match(cardPage({ ...CARD, results: [] }), /- Terms: MIT\n$/);
});

Deno.test("cardPage() tells of other photos, of the young by year, and what a fit to other photos brings", () => {
  const otherPhotos = { caution: "It guesses.", photos: "Ten photos.", results: { bias: "+4" } };
  const children = [{ age: 6, photos: 4, recall: HALF, bias: 2.14 }];
  const measure = { measure: "bias, years", before: HALF, after: HALF, change: HALF };
  const change = { before: 1, after: 0.5 };
  const ages = [{ group: "0-6", photos: 4, error: change, bias: change }];
  const results = [{ ...CARD.results[0]!, children }];
  const calibration = {
    base: "a-1",
    persons: 3,
    photos: 4,
    measures: [measure],
    ages,
    helps: true,
  };
  const page = cardPage({ ...CARD, results, otherPhotos, calibration });
  match(page, /## On other photos\n\nIt guesses\.\n\nTen photos\.\n\n[^]*\| bias +\| \+4 +\|/);
  match(page, /\| 6 +\| 4 +\| .* \| 2\.1 +\|/);
  match(page, /The network is that of a-1[^]*4 photos of 3 persons[^]*\| bias, years \|/);
  match(page, /\| 0-6 \| 4 +\| 1\.00 +\| 0\.50 +\|/);
});

Deno.test("cardPage() has the test first, no interval of photos that all agree, and no minus before zero", () => {
  const all = { value: 1, low: 1, high: 1 }, none = { value: -0.001, low: -0.01, high: 0.01 };
  const shares = { accuracy: all, balancedAccuracy: HALF, oneOffAccuracy: HALF, bias: none };
  const subgroups = [{ by: "gender", subgroup: "women", photos: 5, ...shares }];
  const [test] = CARD.results as [ModelCard["results"][number]];
  const page = cardPage({
    ...CARD,
    results: [{ ...test, part: "validation" }, { ...test, subgroups }],
  });
  match(page, /## Results on test[^]*## Results on validation/);
  match(page, /\| women +\| 5 +\| 100\.0% +\| .* \| 0\.00 \(-0\.01 to 0\.01\) \|/);
});

Deno.test("abstentionWords() tell the same photos once", () => {
  const answered = [1, 1, 2 / 3, 2 / 3].map((coverage) => ({ coverage, accuracy: HALF }));
  equal(abstentionWords({ area: HALF, answered }).match(/most certain \d/g)!.length, 1);
  const all = answered.slice(0, 2);
  equal(abstentionWords({ area: HALF, answered: all }).match(/most certain 100/g)!.length, 1);
});

Deno.test("cardPage() tells whether groups are weighed where calibration is measured", () => {
  match(cardPage(CARD), /Calibration, as the network is and at its temperature\./);
  const answer = { ...CARD.answer, groupWeights: [1.5, 1.5, 1, 1.2, 1.4] };
  match(
    cardPage({ ...CARD, answer }),
    /as the network is but for the groups' weights, which are in/,
  );
});
