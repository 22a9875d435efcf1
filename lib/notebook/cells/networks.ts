/** Cells about trained networks: their places, their test part, their mistakes, the photos as they are varied for them. */
import * as tf from "@tensorflow/tfjs";
import { range } from "d3";
import { AGE_GROUPS, type AgeGroup } from "@/dataset/age_group.ts";
import { compare, type Comparison } from "@/metrics/comparison.ts";
import { baseline, classificationReport, predictions } from "@/metrics/metrics.ts";
import { groupMap, openModel, withModel } from "@/answers/open_model.ts";
import { predictGroups } from "@/answers/predict_photos.ts";
import { findSpec } from "@/model/zoo.ts";
import type { LeaderboardRow } from "@/search/leaderboard.ts";
import { toPhotos } from "@/study/batches.ts";
import type { Study } from "@/study/study.ts";
import { readRun, runOf } from "@/training/checkpoint.ts";
import type { Photo } from "@/dataset/photo.ts";
import { measure } from "@/metrics/measures.ts";
import { join } from "node:path";
import { MISTAKE_SIDE } from "@/figures/pictures/picture_sheets.ts";
import { jpegHref, pngHref } from "@/figures/shared/picture.ts";
import { heatmap } from "@/answers/grad_cam.ts";
import { fileToSquare } from "@/images/resize.ts";
import { readSquares, type Squares } from "@/images/square_store.ts";
import type { Augmentation } from "@/model/recipe.ts";
import { drawVariation, varyPhotos } from "@/training/augmentation.ts";

type Trained = Pick<LeaderboardRow, "id" | "bestEpoch">;

/**
 * Compares the first of some trained models with each of the others, on the validation photos: paired bootstrap over
 * persons where they are known, and McNemar's test. A run that has been trained further since, so that other weights
 * are its best, is left out.
 *
 * @returns for each model but the first: the first less this one; nothing if the first is left out
 * @throws {Error} if a run has no weights
 *
 * @example The first ten of a search
 * ```ts ignore
 * const rows = trainedRows(await search(study, { budget: 150, seed: 7 }));
 * const beside = await compareWithFirst(study, rows.slice(0, 10), { seed: 7 });
 * ```
 */
export async function compareWithFirst(
  study: Study,
  rows: readonly Trained[],
  { seed }: { seed: number },
): Promise<(Comparison & { id: string })[]> {
  const answersTo = async (rows: readonly Trained[]) => (
    (await Array.fromAsync(rows, (row) => answersOf(study, row, seed))).flat()
  );
  const [first] = await answersTo(rows.slice(0, 1)), truth = study.validation.groups;
  if (!first) return [];
  const others = await answersTo(rows.slice(1));
  const subjects = study.photos.filter(({ part }) => part === "validation")
    .map(({ subject }) => subject);
  return others.map(({ id, predicted }) => (
    { id, ...compare(truth, first.predicted, predicted, subjects, { seed }) }
  ));
}

/** Predicts the groups of the validation photos; nothing if the model's best epoch is no longer the row's. */
async function answersOf(study: Study, { id, bestEpoch }: Trained, seed: number) {
  const { folder } = runOf(study, findSpec(id), seed);
  if ((await readRun(folder)).bestEpoch !== bestEpoch) return [];
  const shares = await withModel(folder, (model) => predictGroups(model, study.validation));
  return [{ id, predicted: predictions(shares) }];
}

/**
 * Evaluates the weights of a run's best epoch on the test part of its study.
 *
 * @throws {Error} if the run has no weights yet
 *
 * @example After a training
 * ```ts ignore
 * const { folder, setting } = runOf(study, findSpec("IV"), 7);
 * await train(folder, setting, study);
 * const { measures } = await testRun(folder, study, 7);
 * ```
 */
export async function testRun(folder: string, study: Study, seed: number) {
  const model = await openModel(folder);
  const photos = study.photos.filter(({ part }) => part === "test");
  const truth = study.test.groups, subjects = photos.map(({ subject }) => subject);
  const probabilities = await predictGroups(model, study.test);
  const predicted = predictions(probabilities), guess = baseline(study.train.groups, truth);
  return {
    model,
    /** The photos of the test part, in the order of what follows. */
    photos,
    ...{ truth, predicted, probabilities },
    /** Accuracy, balanced and one-off accuracy, each with its 95% interval. */
    measures: measure(truth, predicted, subjects, { seed }),
    /** The measures for each group, and their means. */
    report: classificationReport(truth, predicted),
    /** The same measures of the majority-class baseline, in the same order. */
    guesses: [guess.accuracy, guess.balancedAccuracy, guess.oneOffAccuracy],
  };
}

/** Width and height of the pictures in pixels: twice what figures show, for screens with fine pixels. */
const SIDE = 2 * MISTAKE_SIDE;

/**
 * Draws mistakes, and where the network looked when it made them: cell by cell of its last convolution,
 * each photo's strongest cell in the brightest colour.
 *
 * @example A photo of the sample
 * ```ts ignore
 * const { folder, photos: [first] } = await openData();
 * const rows = [{ photo: first!.photo, predicted: 2, probability: 0.7 } as const];
 * const pictures = await withModel(
 *   "age-groups-2",
 *   ({ network }) => pictureMistakes(network, folder, rows),
 * );
 * ```
 */
export async function pictureMistakes(
  network: tf.LayersModel,
  folder: string,
  rows: readonly (Pick<Photo, "photo"> & { predicted: AgeGroup; probability: number })[],
) {
  return await Promise.all(rows.map(async ({ photo, predicted, probability }) => {
    const bytes = await Deno.readFile(join(folder, photo));
    const picture = await fileToSquare(bytes, SIDE);
    const seen = await fileToSquare(bytes, network.inputs[0]!.shape[1]!);
    const { values, height: rows, width: columns, grid } = groupMap(network, seen, predicted);
    const reason = heatmap(values, rows, columns, picture, { grid });
    return {
      photo: await jpegHref(picture),
      /** The photo with what spoke for the predicted group laid over it (Grad-CAM), as a data URL. */
      reason: await jpegHref(reason),
      /** Rows and columns of cells that the reason is drawn in. */
      cells: { rows, columns },
      ...{ predicted: AGE_GROUPS[predicted].name, probability },
    };
  }));
}

/**
 * Varies some photos as the first epochs of a training would, if these were its first photos.
 *
 * @example Two photos in three epochs
 * ```ts ignore
 * const { train: { squares, indices } } = await prepareStudy({ side: 96, split: "photo" });
 * const augmentation = findSpec("better").recipe!.augmentation!;
 * const options = { augmentation, indices: indices.slice(0, 2), epochs: 3, seed: 7 };
 * const rows = await varyExamples(squares, options);
 * ```
 */
export async function varyExamples(
  squares: Squares,
  { augmentation, indices, epochs, seed }: {
    augmentation: Augmentation;
    indices: readonly number[];
    epochs: number;
    seed: number;
  },
): Promise<{ href: string; varied: string[] }[]> {
  const { side } = squares, photos = toPhotos(readSquares(squares, [...indices]), side);
  const varied = await Array.fromAsync(range(1, epochs + 1), (epoch) => {
    const variations = indices.map((_, photo) => (
      drawVariation(augmentation, side, { seed, epoch, photo })
    ));
    return picturesOf(tf.tidy(() => varyPhotos(photos, variations).mul(255).round()));
  });
  const originals = await picturesOf(photos.mul(255));
  photos.dispose();
  return originals.map((href, k) => ({ href, varied: varied.map((epoch) => epoch[k]!) }));
}

/** Photos as the data URLs of PNGs; disposes of them. */
async function picturesOf(photos: tf.Tensor): Promise<string[]> {
  const [count, height, width] = photos.shape as [number, number, number, number];
  const bytes = Uint8Array.from(await photos.data()), size = height * width * 3;
  photos.dispose();
  return await Promise.all(Array.from({ length: count }, (_, k) => (
    pngHref({ width, height, data: bytes.subarray(k * size, (k + 1) * size) })
  )));
}
