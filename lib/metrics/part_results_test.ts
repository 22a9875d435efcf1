import { deepEqual, equal, ok } from "node:assert/strict";
import type { Photo } from "@/dataset/photo.ts";
import { plainAnswer } from "@/model/model_card.ts";
import { chooseGroupWeights, fitAnswer, measurePart } from "./part_results.ts";

const NOBODY = { gender: null, subject: null, album: null, fold: null };

function photo(age: string, group: Photo["group"]): Photo {
  return { photo: `${age}.jpg`, age, group, ...NOBODY };
}

const RULES = { output: { kind: "groups", width: 5 }, answer: plainAnswer(false) } as const;

/** Twenty photos of the first group, told with 0.9; every fourth is of the second. */
const PHOTOS = Array.from({ length: 20 }, (_, k) => k % 4 ? photo("3", 0) : photo("9", 1));
const ANSWERED = {
  photos: PHOTOS,
  layout: "labels.csv",
  rows: PHOTOS.map(() => [0.9, 0.1, 0, 0, 0]),
};

Deno.test("fitAnswer() makes answers less sure where they were too sure", () => {
  const { temperature, sets, yearRange } = fitAnswer(ANSWERED, RULES);
  ok(Math.abs(temperature - 2) < 0.1); // 3 to 1 is the root of 9 to 1
  equal(sets?.coverage, 0.9);
  equal(yearRange, null); // it tells groups alone
});

Deno.test("fitAnswer() of years fits a range on the photos whose year is known", () => {
  const years = (year: number) => Array.from({ length: 101 }, (_, k) => k === year ? 0.6 : 0.004);
  const photos = [...Array.from({ length: 9 }, () => photo("30", 2)), photo("(25, 32)", 2)];
  const rows = photos.map(() => years(30));
  const rules = { output: { kind: "years", width: 101 }, answer: plainAnswer(true) } as const;
  const { yearRange } = fitAnswer({ photos, layout: "labels.csv", rows }, rules);
  ok(yearRange && yearRange.low < 0.5 && yearRange.high > 0.5);
});

Deno.test("chooseGroupWeights() favours a rare group if that balances the recalls", () => {
  // rare photos get 0.4, the others 0.3 for the rare group: a factor of more than 1.5 finds all of them
  const rows = PHOTOS.map(({ group }) => (
    group === 1 ? [0.6, 0.4, 0, 0, 0] : [0.7, 0.3, 0, 0, 0]
  ));
  const weights = chooseGroupWeights({ ...ANSWERED, rows }, RULES, [100, 25, 100, 100, 100]);
  equal(weights[0], 1);
  ok(weights[1]! > 1.5 && weights[1]! < 7 / 3);
});

Deno.test("chooseGroupWeights() changes nothing where nothing is gained", () => {
  const rows = PHOTOS.map(({ group }) => group === 1 ? [0, 1, 0, 0, 0] : [1, 0, 0, 0, 0]);
  deepEqual(chooseGroupWeights({ ...ANSWERED, rows }, RULES, [9, 1, 1, 1, 0]), [1, 1, 1, 1, 1]);
});

Deno.test("measurePart() tells everything at once, calibration with and without temperature, and rounded", () => {
  const rules = { ...RULES, answer: fitAnswer(ANSWERED, RULES) };
  const part = measurePart("validation", ANSWERED, rules);
  deepEqual([part.part, part.photos, part.measures[0]!.value], ["validation", 20, 0.75]);
  deepEqual(part.groups.map(({ recall }) => recall?.value ?? null), [1, 0, null, null, null]);
  deepEqual(part.calibration.map(({ rounded }) => rounded), [false, false, true]);
  const ofRounded = part.calibration[2]!; // 0.9 becomes 1, and every fourth of these answers is wrong
  deepEqual([ofRounded.calibrationError.value, ofRounded.brier.value], [0.25, 0.5]);
  const [before, after] = part.calibration.map(({ negativeLogLikelihood }) =>
    negativeLogLikelihood.value
  );
  ok(after! < before!);
  equal(part.sets!.coverage.value, 1); // five photos of a group: its threshold is 0
  equal(part.abstention!.area.value, 0.25); // all answers are equally certain
  deepEqual(part.subgroups.map(({ setCoverage }) => setCoverage?.value), [1]);
  equal(part.years, null);
  deepEqual([part.subgroups.map(({ by }) => by), part.gaps], [["decade"], []]);
});
