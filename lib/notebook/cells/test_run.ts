/** A trained network on the test part of its study. */
import type { Photo } from "@/dataset/photo.ts";
import { type Measure, measure } from "@/metrics/measures.ts";
import { baseline, classificationReport, predictions, type ReportRow } from "@/metrics/metrics.ts";
import { openModel, type OpenNetwork } from "@/answers/open_model.ts";
import { predictGroups } from "@/answers/predict_photos.ts";
import type { SplitPhoto } from "@/study/split.ts";
import type { Study } from "@/study/study.ts";

/** A network's predictions on the test part, and their measures. */
export interface TestResult {
  model: OpenNetwork;
  /** The photos of the test part, in the order of what follows. */
  photos: SplitPhoto<Photo>[];
  /** Their true and their predicted groups. */
  truth: readonly number[];
  predicted: readonly number[];
  /** Five probabilities for each photo. */
  probabilities: number[][];
  /** Accuracy, balanced and one-off accuracy, each with its 95% interval. */
  measures: Measure[];
  /** The measures for each group, and their means. */
  report: ReportRow[];
  /** The same measures of the majority-class baseline, in the same order. */
  guesses: number[];
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
export async function testRun(folder: string, study: Study, seed: number): Promise<TestResult> {
  const model = await openModel(folder);
  const photos = study.photos.filter(({ part }) => part === "test");
  const truth = study.test.groups, subjects = photos.map(({ subject }) => subject);
  const probabilities = await predictGroups(model, study.test);
  const predicted = predictions(probabilities);
  const guess = baseline(study.train.groups, truth);
  return {
    ...{ model, photos, truth, predicted, probabilities },
    measures: measure(truth, predicted, subjects, { seed }),
    report: classificationReport(truth, predicted),
    guesses: [guess.accuracy, guess.balancedAccuracy, guess.oneOffAccuracy],
  };
}
