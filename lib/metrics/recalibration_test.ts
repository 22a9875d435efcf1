import { deepEqual, equal, ok } from "node:assert/strict";
import { range } from "d3";
import { createRandom } from "@/base/random.ts";
import { ageGroup } from "@/dataset/age_group.ts";
import type { Photo } from "@/dataset/photo.ts";
import { plainAnswer } from "@/model/model_card.ts";
import { recalibrate, refitAnswer } from "@/metrics/recalibration.ts";

const ANSWER = { ...plainAnswer(false), yearRange: { coverage: 0.8, low: 0.1, high: 0.9 } };
const RULES = { output: { kind: "years", width: 101 }, answer: ANSWER } as const;

/** Photos of forty persons from 0 to 44 years, told so many years older, and up to three years off. */
function answered(older: number) {
  const random = createRandom(7, "photos");
  const photos = range(180).map((k): Photo => {
    const age = String(k % 45), subject = `person ${k % 40}`;
    return {
      photo: `${k}.jpg`,
      age,
      group: ageGroup(age),
      gender: null,
      subject,
      album: null,
      fold: null,
    };
  });
  const rows = photos.map(({ age }) => {
    const middle = Number(age) + older + 6 * (random() - 0.5);
    const shares = range(101).map((year) => Math.exp(-(((year - middle) / 2) ** 2)));
    const all = shares.reduce((sum, share) => sum + share);
    return shares.map((share) => share / all);
  });
  return { photos, layout: "labels.csv", rows };
}

const FOLDS = range(180).map((k) => k % 40 % 5);

Deno.test("recalibrate() mends years and ranges on photos that the fit has not seen", () => {
  const { answer, rows, results } = recalibrate(answered(8), FOLDS, RULES);
  const value = (name: string) => results.measures.find(({ measure }) => measure.startsWith(name))!;
  ok(results.helps);
  ok(value("mean absolute error").before.value > 7 && value("mean absolute error").after.value < 2);
  ok(value("bias").change.high < -7);
  ok(value("ranges").before.value < 0.1 && Math.abs(value("ranges").after.value - 0.8) < 0.06);
  ok(Math.abs(answer.yearMap!.to[3]! - 13) < 1, `${answer.yearMap!.to}`);
  equal(rows.length, 180);
  deepEqual(results.ages.map(({ group, photos }) => [group, photos]), [
    ...[["0-6", 28], ["7-20", 56], ["21-37", 68]],
    ["38-59", 28],
  ]);
});

Deno.test("recalibrate() does not help where nothing is wrong", () => {
  const { answer } = recalibrate(answered(0), FOLDS, RULES);
  equal(recalibrate(answered(0), FOLDS, { ...RULES, answer }).results.helps, false);
});

Deno.test("refitAnswer() keeps the threshold of a group of few photos", () => {
  const sets = { coverage: 0.9, thresholds: [0.5, 0.5, 0.5, 0.5, 0.4] };
  const { thresholds } = refitAnswer(answered(8), { ...RULES, answer: { ...ANSWER, sets } }).sets!;
  equal(thresholds[4], 0.4);
  ok(thresholds[0] !== 0.5);
});
