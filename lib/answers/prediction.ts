/**
 * Squares in, rows out: what an open model puts out for photos.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { OpenModel } from "@/answers/open_model.ts";
import type { Pixels } from "@/base/pixels.ts";
import { readSquares } from "@/images/square_store.ts";
import { type AgeAnswer, readAnswer, sumByGroup } from "@/metrics/answer.ts";
import type { Answered } from "@/metrics/part_results.ts";
import type { Examples } from "@/study/batches.ts";

/** The part of a model that predicting needs. */
export type Predictor = Pick<OpenModel, "card" | "outputs">;

/** Photos by their squares on disk. */
type Photos = Pick<Examples, "squares" | "indices">;

/** Photos a batch, from disk and in memory: the last bits of an answer may depend on it. */
const BATCH = 64, BATCH_IN_MEMORY = 32;

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

/** Predicts squares in memory, each of the side that the card says. */
export async function predictSquares(
  model: Predictor,
  squares: readonly Pixels[],
): Promise<AgeAnswer[]> {
  const size = 3 * model.card.input.side ** 2, answers: AgeAnswer[] = [];
  for (let from = 0; from < squares.length; from += BATCH_IN_MEMORY) {
    const batch = squares.slice(from, from + BATCH_IN_MEMORY),
      bytes = new Uint8Array(batch.length * size);
    batch.forEach(({ data }, k) => bytes.set(data, k * size));
    const rows = await outputRows(model, bytes);
    answers.push(...rows.map((row) => readAnswer(row, model.card)));
  }
  return answers;
}

async function outputRows({ card, outputs }: Predictor, bytes: Uint8Array): Promise<number[][]> {
  const { width } = card.output, numbers = await outputs(bytes);
  return Array.from(
    { length: numbers.length / width },
    (_, k) => Array.from(numbers.subarray(k * width, (k + 1) * width)),
  );
}
