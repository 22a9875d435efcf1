/** Photos damaged on purpose: how far ranges and sets hold on photos unlike those of the training, and how much wider they have to be. */
import sharp, { type Matrix3x3, type Sharp } from "sharp";
import { type Predictor, squareRows } from "@/answers/prediction.ts";
import { singleYear } from "@/dataset/age_group.ts";
import { widerBy } from "@/faces/wider_by.ts";
import { LEAST_SHARPNESS } from "@/faces/warnings.ts";
import { readSquares } from "@/images/square_store.ts";
import { readAnswer, type Widening } from "@/metrics/answer.ts";
import { type Answered, type DamagedResult, measurePart } from "@/metrics/part_results.ts";
import { rangeScore } from "@/metrics/recalibration.ts";
import type { Photos } from "@/answers/predict_photos.ts";

/** A square of a side, as a picture to be worked on. */
type Damage = (square: Sharp, side: number) => Sharp | Promise<Sharp>;

/** Makes it so many pixels wide, and as large as before. */
const shrink = (width: number): Damage => async (square, side) => (
  fromRaw(await square.resize(width).raw().toBuffer(), width).resize(side)
);

/** The brightness of a pixel, three times. */
const LUMA = [0.299, 0.587, 0.114] as const, GREY = [LUMA, LUMA, LUMA] as unknown as Matrix3x3;

const KINDS: Readonly<Record<string, Damage>> = {
  "as they are": (square) => square,
  "20 pixels wide": shrink(20),
  "14 pixels wide": shrink(14),
  "blurred by 2.5% of the width": (square, side) => square.blur(0.025 * side),
  "blurred by 4%": (square, side) => square.blur(0.04 * side),
  "a fifth of the light": (square) => square.linear(0.2, 0),
  "a pale grey scan": (square, side) =>
    square.blur(Math.max(0.3, 0.005 * side)).recomb(GREY).linear(0.5, 76),
  "JPEG of quality 8": async (square) => sharp(await square.jpeg({ quality: 8 }).toBuffer()),
};

/** The kinds whose squares are less sharp. */
const SOFT = Object.keys(KINDS).slice(0, 5);

/** The most photos that are damaged: in so many ways, more take too long. */
const MOST = 500;

/** Predicts photos that are damaged in one way; of many, every so-manieth. */
async function predictDamaged(
  model: Predictor,
  { layout }: { layout: string },
  { squares, indices }: Photos,
  kind: string,
): Promise<Answered> {
  const step = Math.ceil(indices.length / MOST), own = indices.filter((_, k) => k % step === 0);
  const { side } = squares;
  const damaged = await Promise.all(own.map(async (index) => {
    const square = await KINDS[kind]!(fromRaw(readSquares(squares, [index]), side), side);
    return { width: side, height: side, data: new Uint8Array(await square.raw().toBuffer()) };
  }));
  return {
    ...{ layout, photos: own.map((index) => squares.photos[index]!) },
    rows: await squareRows(model, damaged),
    wider: damaged.map((square) => widerBy(square, model.card.answer.widening)),
  };
}

function fromRaw(bytes: Uint8Array, side: number): Sharp {
  return sharp(bytes, { raw: { width: side, height: side, channels: 3 } });
}

export async function measureDamaged(
  model: Predictor,
  data: { layout: string },
  examples: Photos,
): Promise<DamagedResult[]> {
  const results: DamagedResult[] = [];
  for (const kind of Object.keys(KINDS)) {
    const answered = await predictDamaged(model, data, examples, kind);
    const { photos, years, sets, measures } = measurePart(kind, answered, model.card);
    const { value, low, high } = measures.find(({ measure }) => measure === "balanced accuracy")!;
    results.push({
      ...{ kind, photos, balancedAccuracy: { value, low, high }, years },
      sets: sets && { coverage: sets.coverage, size: sets.size },
    });
  }
  return results;
}

/** Powers that are tried, and how many times less sharp than the least a face counts at most. */
const POWERS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], MOST_SOFT = 10;

/** The share of the range score that has to go for widening to be worth it. */
const WORTHWHILE = 0.05;

/**
 * Fits how much wider the ranges of soft faces have to be: the power by which the range score is least, on photos that
 * were shrunk and blurred on purpose.
 *
 * @param examples photos that the model has not learned from
 * @returns undefined if widening lowers the score by less than a twentieth, or the model has no ranges
 */
export async function fitWidening(
  model: Predictor,
  data: { layout: string },
  { squares, indices }: Photos,
): Promise<Widening | undefined> {
  const known = indices.filter((index) => singleYear(squares.photos[index]!.age) !== null);
  if (known.length === 0 || !model.card.answer.yearRange) return;
  const candidates = POWERS.map((power) => ({ below: LEAST_SHARPNESS, power, most: MOST_SOFT }));
  // the widening is asked for with a power of 1, of which all others follow
  const card = { ...model.card, answer: { ...model.card.answer, widening: candidates.at(-1)! } };
  const asked = { ...model, card }, photos = { squares, indices: known };
  const scores = POWERS.map(() => 0);
  for (const kind of SOFT) {
    const { photos: own, rows, wider } = await predictDamaged(asked, data, photos, kind);
    for (const [k, { power }] of candidates.entries()) {
      rows.forEach((row, n) => {
        const { range } = readAnswer(row, card, wider![n]! ** power);
        scores[k]! += rangeScore(range!, singleYear(own[n]!.age)!);
      });
    }
  }
  const best = scores.indexOf(Math.min(...scores));
  return scores[best]! <= (1 - WORTHWHILE) * scores[0]! ? candidates[best] : undefined;
}
