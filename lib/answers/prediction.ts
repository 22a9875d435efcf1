/** Squares in memory in, answers out. */
import { range } from "d3";
import type { Pixels } from "@/base/pixels.ts";
import { widerBy } from "@/faces/wider_by.ts";
import { type AgeAnswer, readAnswer } from "@/metrics/answer.ts";
import { mapYears } from "@/metrics/year_map.ts";
import type { ModelCard } from "@/model/model_card.ts";

/** The part of a model that predicting needs, whatever computes it. */
export interface Predictor {
  card: ModelCard;
  /**
   * Computes the output that the card describes, the mirror average included if it asks for that.
   *
   * @param squares bytes of `[photos, side, side, 3]`
   * @returns photo after photo, `[photos * width]`
   */
  outputs(squares: Uint8Array): Promise<Float32Array>;
}

/** Photos a batch: the last bits of an answer may depend on it. */
const BATCH = 32;

/**
 * Predicts squares in memory, each of the side that the card says.
 *
 * @example A photo that is one face
 * ```ts ignore
 * const model = await openModel("age-groups-2");
 * const square = await fileToSquare(await Deno.readFile("face.jpg"), model.card.input.side);
 * const [answer] = await predictSquares(model, [square]);
 * ```
 */
export async function predictSquares(
  model: Predictor,
  squares: readonly Pixels[],
): Promise<AgeAnswer[]> {
  const rows = await squareRows(model, squares), { card } = model;
  return rows.map((row, k) => readAnswer(row, card, widerBy(squares[k]!, card.answer.widening)));
}

/** Predicts squares in memory: as many numbers each as the card says. */
export async function squareRows(model: Predictor, squares: readonly Pixels[]) {
  const size = 3 * model.card.input.side ** 2, rows: number[][] = [];
  for (let from = 0; from < squares.length; from += BATCH) {
    const batch = squares.slice(from, from + BATCH);
    const bytes = new Uint8Array(batch.length * size);
    batch.forEach(({ data }, k) => bytes.set(data, k * size));
    rows.push(...await outputRows(model, bytes));
  }
  return rows;
}

/** Predicts bytes of `[photos, side, side, 3]`: as many numbers a photo as the card says, years moved as it says. */
export async function outputRows({ card, outputs }: Predictor, bytes: Uint8Array) {
  const { width } = card.output, numbers = await outputs(bytes);
  const rows = range(0, numbers.length, width).map((at) => [...numbers.subarray(at, at + width)]);
  return rows.map((row) => mapYears(row, card.answer.yearMap));
}
