/** A model calibrated for one's own photos: a small folder that stands on the model whose network it is. */
import { basename, join } from "node:path";
import { singleYear } from "@/dataset/age_group.ts";
import { MODELS } from "@/answers/model_folder.ts";
import type { OpenModel } from "@/answers/open_model.ts";
import { predictPhotos } from "@/answers/predict_photos.ts";
import { seenFiles } from "@/answers/seen.ts";
import { writeCard, writeFiles } from "@/answers/write_card.ts";
import { recalibrate, type Recalibration } from "@/metrics/recalibration.ts";
import type { ModelCard } from "@/model/model_card.ts";
import { assignFolds, FOLDS } from "@/study/folds.ts";
import type { Usable } from "@/study/study.ts";

/** The fewest photos, and the fewest ages among them, that a fit says something by. */
const LEAST = { photos: 100, ages: 5 };

/**
 * Fits a model's answers to photos that it has not seen, and writes a folder if that helps beyond noise: a map of years,
 * temperature, thresholds and range, with a card that says what they bring on photos that the fit has not seen.
 *
 * @param indices the photos, none of which the model has seen
 * @returns what the fit brings; nothing is written unless it helps
 * @throws {Error} if the model tells groups alone, or is calibrated itself
 * @throws {RangeError} if the photos are too few, of too few ages, or too few persons
 */
export async function calibrateModel(
  folder: string,
  model: OpenModel,
  { data, squares, nearDuplicates }: Usable,
  indices: readonly number[],
): Promise<Recalibration> {
  requireCalibratable(model.card);
  const own = indices.filter((index) => singleYear(squares.photos[index]!.age) !== null);
  const photos = own.map((index) => squares.photos[index]!);
  requireVaried(photos.map(({ age }) => singleYear(age)!));
  const named = new Set(photos.map(({ fold }) => fold));
  const areFolds = !named.has(null) && named.size > 1; // those that the data name
  const { folds } = assignFolds(photos, {
    ...{ seed: 7, nearDuplicates, count: areFolds ? undefined : FOLDS },
  });
  const answered = await predictPhotos(model, data, { squares, indices: own });
  const places = photos.map(({ photo }) => folds.get(photo)!);
  const { answer, rows, results } = recalibrate(answered, places, model.card);
  if (!results.helps) return results;
  await writeFiles(folder, seenFiles(own.map((index) => squares.contents![index]!)));
  const persons = new Set(photos.map(({ subject }) => subject));
  const count = persons.has(null) ? null : persons.size;
  const calibration = { base: baseOf(model), persons: count, ...results };
  const { name, summary } = model.card;
  const card = {
    ...model.card,
    name: basename(folder),
    summary: `${summary} It is ${name}, calibrated for photos of one's own.`,
    ...{ answer, calibration, results: [], otherPhotos: undefined, damaged: undefined },
  };
  await writeCard(folder, card, { ...answered, rows });
  return results;
}

/** The name of a model that ships, as it may lie elsewhere on other machines; else the model's folder. */
function baseOf({ card, folder }: OpenModel): string {
  return folder === join(MODELS, card.name) ? card.name : folder;
}

/**
 * Checks that a model can be calibrated, whatever the photos.
 *
 * @throws {Error} if it tells groups alone, is calibrated itself, or is a run
 */
export function requireCalibratable({ name, output, calibration, weights }: ModelCard): void {
  const refuse = (wrong: string) => new Error(`Cannot calibrate ${name}: it ${wrong}`);
  if (output.kind === "groups") throw refuse("predicts groups alone");
  if (calibration) throw refuse(`is calibrated itself: calibrate ${calibration.base}`);
  if (weights.sha256 === "") throw refuse("is a run: ship it first");
}

function requireVaried(ages: readonly number[]): void {
  const count = new Set(ages).size;
  if (ages.length >= LEAST.photos && count >= LEAST.ages) return;
  throw new RangeError(
    `Cannot calibrate on ${ages.length} photos of ${count} ages that the model has not seen: it takes ` +
      `${LEAST.photos} photos whose labels are single years, of ${LEAST.ages} ages at least`,
  );
}
