/**
 * Photos by their squares on disk in, rows out.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { outputRows, type Predictor } from "@/answers/prediction.ts";
import { readSquares } from "@/images/square_store.ts";
import { sumByGroup } from "@/metrics/answer.ts";
import type { Answered } from "@/metrics/part_results.ts";
import type { Examples } from "@/study/batches.ts";

/** Photos by their squares on disk. */
type Photos = Pick<Examples, "squares" | "indices">;

/** Photos a batch: the last bits of an answer may depend on it. */
const BATCH = 64;

/**
 * Predicts photos by their squares on disk, and keeps what is known of each.
 *
 * @throws {RangeError} if the squares are of another side than the model's
 */
export async function predictPhotos(
  model: Predictor,
  { layout }: { layout: string },
  { squares, indices }: Photos,
): Promise<Answered> {
  const photos = indices.map((index) => squares.photos[index]!);
  return { photos, layout, rows: await predictRows(model, { squares, indices }) };
}

/**
 * Predicts the probabilities of the five groups as the network was trained to, without what was fitted since.
 *
 * @returns five probabilities a photo
 * @throws {RangeError} if the squares are of another side than the model's
 */
export async function predictGroups(model: Predictor, photos: Photos): Promise<number[][]> {
  const rows = await predictRows(model, photos);
  return model.card.output.kind === "years" ? rows.map(sumByGroup) : rows;
}

/**
 * Predicts photos by their squares on disk. Between batches the event loop runs, so that interrupts work.
 *
 * @returns as many numbers a photo as the card says
 * @throws {RangeError} if the squares are of another side than the model's
 */
export async function predictRows(
  model: Predictor,
  { squares, indices }: Photos,
): Promise<number[][]> {
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
