/**
 * Evaluates a trained network on a folder of photos: the test part of the data set that it was trained
 * on, or all photos of another.
 *
 * @module
 */
import { csvFormatRows } from "d3";
import { ageSpan } from "@/dataset/age_group.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import {
  classificationReport,
  confusionMatrix,
  confusionRows,
  predictions,
} from "@/evaluation/metrics.ts";
import { confusionFigure } from "@/figures/confusion.ts";
import { trainingFigure } from "@/figures/training.ts";
import { writeWhole } from "@/base/files.ts";
import { meanAbsoluteError, measure } from "@/evaluation/measures.ts";
import type { Photo } from "@/dataset/photo.ts";
import { openNetwork, predict, predictYears } from "@/evaluation/prediction.ts";
import type { Run } from "@/training/checkpoint.ts";
import { answersYears } from "@/training/step.ts";
import { divide, openUsable } from "@/study/study.ts";
import "@/native/tensorflow.ts";
import type { Squares } from "@/images/square_store.ts";
import { percent } from "@/base/text.ts";
import { command, DATA, path, runCommand } from "@tools/command.ts";
import { type Results, saveResults } from "@tools/results.ts";
import { textTable } from "@tools/table.ts";

/** Photos to evaluate on: their labels, and where their squares are. */
interface Evaluated {
  photos: Photo[];
  squares: Squares;
  indices: number[];
}

/** The test part of the run's own data set, or all photos of another. */
async function choosePhotos(run: Run, folder: string | undefined): Promise<Evaluated> {
  const usable = await openUsable(run.side, folder);
  const { squares } = usable, own = usable.data.name === run.data;
  const indices = own ? divide(usable, run).test.indices : [...squares.photos.keys()];
  console.log(`${indices.length} photos of ${usable.data.name}${own ? ", the test part" : ""}`);
  return { squares, indices, photos: indices.map((index) => squares.photos[index]!) };
}

/** Writes a row a photo: its path, the true and the predicted group, five probabilities. */
async function writePredictions(
  path: string,
  photos: readonly Photo[],
  probabilities: Float32Array,
): Promise<void> {
  const names = AGE_GROUPS.map(({ name }) => name);
  const rows = predictions(probabilities).map((predicted, k) => [
    photos[k]!.photo,
    names[photos[k]!.group ?? -1] ?? "",
    names[predicted]!,
    ...Array.from(probabilities.subarray(k * 5, k * 5 + 5), String),
  ]);
  const head = ["photo", "true", "predicted", ...names];
  await writeWhole(path, (part) => Deno.writeTextFile(part, csvFormatRows([head, ...rows]) + "\n"));
  console.log(`Predictions are in ${path}`);
}

/** How well the predictions of some photos are. */
function evaluate(photos: readonly Photo[], predicted: readonly number[]) {
  const truth = photos.map(({ group }) => group!), subjects = photos.map(({ subject }) => subject);
  return {
    measures: measure(truth, predicted, subjects, { seed: 7 }),
    report: classificationReport(truth, predicted),
    confusion: confusionMatrix(truth, predicted),
  };
}

function reportOf({ measures, report, confusion }: ReturnType<typeof evaluate>): string {
  const measured = measures.map((row) => (
    `${row.measure}: ${percent(row.value)} (95%: ${percent(row.low)} to ${percent(row.high)})`
  ));
  const names = AGE_GROUPS.map(({ name }) => name);
  const matrix = confusion.map((row, k) => ({
    "true": names[k],
    ...Object.fromEntries(names.map((n, j) => [n, row[j]])),
  }));
  const groups = textTable(report.map((row) => ({ ...row })));
  return ["", ...measured, "", groups, "", "true group by predicted group:", textTable(matrix)]
    .join("\n");
}

/** The mean absolute error of a network that predicts years, and how many photos it rests on. */
function yearsLine(photos: readonly Photo[], years: readonly number[]): string {
  const ages = photos.map(({ age }) => age), error = meanAbsoluteError(ages, years);
  if (error === null) return "\nmean absolute error: unknown, as no label is a single year";
  const single = ages.map(ageSpan).filter((span) => span && span.from === span.to).length;
  const count = `${single} of ${ages.length} photos, whose label is a single year`;
  return `\nmean absolute error: ${error.toFixed(2)} years, over ${count}`;
}

function resultsOf(
  { history }: Run,
  { measures, report, confusion }: ReturnType<typeof evaluate>,
): Results {
  return {
    figures: {
      figure08_training: trainingFigure(history),
      figure09_confusion: confusionFigure(confusionRows(confusion)),
    },
    tables: { history: history.map((epoch) => ({ ...epoch })), measures, report },
  };
}

await runCommand(
  command(
    "evaluate",
    "Evaluates a trained network: on the test part of its own data set, or on all photos of another.",
  )
    .argument("<run>", "the folder of a run, such as data/runs/sample-96-photo/IV-7", path)
    .addOption(DATA)
    .option("--out <file>", "where to write the predictions as CSV, a row a photo", path)
    .option("--figures <folder>", "where to write curves, confusion and tables, no photo", path)
    .action(async (folder, { data, out, figures }) => {
      const { run, network } = await openNetwork(folder);
      const chosen = await choosePhotos(run, data);
      const probabilities = await predict(network, run.spec, chosen);
      if (out !== undefined) await writePredictions(out, chosen.photos, probabilities);
      const evaluation = evaluate(chosen.photos, predictions(probabilities));
      console.log(reportOf(evaluation));
      if (answersYears(run.spec)) {
        const years = await predictYears(network, run.spec, chosen);
        console.log(yearsLine(chosen.photos, years));
      }
      if (figures !== undefined) await saveResults(figures, resultsOf(run, evaluation));
    }),
);
