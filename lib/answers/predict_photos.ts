/** Photos by their squares on disk in, rows out. */
import { setImmediate } from "node:timers/promises";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { outputRows, type Predictor } from "@/answers/prediction.ts";
import { widerBy } from "@/faces/wider_by.ts";
import { readSquares } from "@/images/square_store.ts";
import type { Answered } from "@/metrics/part_results.ts";
import type { Examples } from "@/study/batches.ts";

/** Photos by their squares on disk. */
export type Photos = Pick<Examples, "squares" | "indices">;

/** Photos a batch: the last bits of an answer may depend on it. */
const BATCH = 64;

/**
 * Predicts photos by their squares on disk, and keeps each photo's record.
 *
 * @throws {RangeError} if the squares are of another side than the model's
 *
 * @example The test photos of a study
 * ```ts ignore
 * const study = await prepareStudy({ side: 96, split: "photo" }), model = await openModel("age-groups-2");
 * const { photos, rows } = await predictPhotos(model, study.data, study.test);
 * ```
 */
export async function predictPhotos(
  model: Predictor,
  { layout }: { layout: string },
  { squares, indices }: Photos,
): Promise<Answered> {
  const photos = indices.map((index) => squares.photos[index]!);
  const rows = await predictRows(model, { squares, indices });
  return { photos, layout, rows, wider: widerRanges(model, { squares, indices }) };
}

/** How many times as wide the range of each photo is; undefined if the model's card widens none. */
export function widerRanges(
  { card: { answer: { widening } } }: Pick<Predictor, "card">,
  { squares, indices }: Photos,
): number[] | undefined {
  const { side: width } = squares;
  return widening && indices.map((index) => (
    widerBy({ width, height: width, data: readSquares(squares, [index]) }, widening)
  ));
}

/**
 * Predicts the probabilities of the five groups as the network was trained to, before calibration.
 *
 * @returns five probabilities a photo
 * @throws {RangeError} if the squares are of another side than the model's
 *
 * @example The validation photos of a study
 * ```ts ignore
 * const study = await prepareStudy({ side: 96, split: "photo" }), model = await openModel("age-groups-2");
 * const probabilities = await predictGroups(model, study.validation);
 * ```
 */
export async function predictGroups(model: Predictor, photos: Photos): Promise<number[][]> {
  const rows = await predictRows(model, photos);
  return model.card.output.kind === "years" ? rows.map(groupSums) : rows;
}

/** Sums up years by group in single precision, as the network's own last layer does, to the same bits. */
function groupSums(years: readonly number[]): number[] {
  return AGE_GROUPS.map(({ from, to }) => (
    years.slice(from, to + 1).reduce((sum, share) => Math.fround(sum + share), 0)
  ));
}

/**
 * Predicts photos by their squares on disk. Between batches the event loop runs, so that interrupts work.
 *
 * @returns as many numbers a photo as the card says
 * @throws {RangeError} if the squares are of another side than the model's
 */
export async function predictRows(model: Predictor, { squares, indices }: Photos) {
  const { name, input: { side } } = model.card;
  if (squares.side !== side) {
    throw new RangeError(`Model ${name} takes photos of ${side} pixels, not ${squares.side}`);
  }
  const rows: number[][] = [];
  for (let from = 0; from < indices.length; from += BATCH) {
    const bytes = readSquares(squares, indices.slice(from, from + BATCH));
    rows.push(...await outputRows(model, bytes));
    await setImmediate();
  }
  return rows;
}
