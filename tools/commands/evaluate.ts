import { csvFormatRows, mean } from "d3";
import { measureDamaged } from "@/answers/damaged.ts";
import { modelFolder } from "@/answers/model_folder.ts";
import { openForPredictions, type OpenModel } from "@/answers/open_model.ts";
import { type Photos, predictPhotos } from "@/answers/predict_photos.ts";
import { cropOf } from "@/answers/ship.ts";
import { requireUpdatable, updateCard } from "@/answers/write_card.ts";
import { guarded } from "@/base/csv.ts";
import { writeText } from "@/base/files.ts";
import { type Tick, withProgress } from "@/base/progress.ts";
import { percent } from "@/base/text.ts";
import { AGE_GROUPS } from "@/dataset/age_group.ts";
import { type DataSet, safeName, withOwnNames } from "@/dataset/data_set.ts";
import type { Photo } from "@/dataset/photo.ts";
import { disposeNetworks, openFaceNetworks } from "@/faces/onnx_networks.ts";
import { traitsOf } from "@/faces/photo_traits.ts";
import { readCuts } from "@/faces/read_faces.ts";
import { calibrationFigure } from "@/figures/results/calibration.ts";
import { confusionFigure } from "@/figures/results/confusion.ts";
import { subgroupsFigure } from "@/figures/results/intervals.ts";
import { trainingFigure } from "@/figures/results/training.ts";
import { readPhoto } from "@/images/decode_photo.ts";
import { readAnswer } from "@/metrics/answer.ts";
import { type Measure, measure, yearErrors } from "@/metrics/measures.ts";
import * as metrics from "@/metrics/metrics.ts";
import { answerKinds, groupRows, measurePart, type PartResults } from "@/metrics/part_results.ts";
import { type KindRow, measureKinds, type PhotoTraits } from "@/metrics/photo_kinds.ts";
import { reliabilityOf } from "@/metrics/reliability.ts";
import { calibrationLabel } from "@/model/card_page.ts";
import { askedArithmetic } from "@/native/arithmetic.ts";
import "@/native/tensorflow.ts";
import { type GalleryRow, saveGallery } from "@/notebook/show/notebook.ts";
import { type FaceChoice, openUsable } from "@/study/study.ts";
import { choosePhotos } from "@tools/shared/choose_photos.ts";
import * as cli from "@tools/shared/command.ts";
import * as tables from "@tools/shared/evaluation_tables.ts";
import { type Results, saveResults } from "@tools/shared/results.ts";
import { textTable } from "@tools/shared/table.ts";
import { checkTargets, resultTargets, tableTarget } from "@tools/shared/targets.ts";

/** Photos to evaluate on, and the layout of their data set. */
type Evaluated = Photos & { layout: string };

/** The photos that a model has not seen; and those that it has, if they are asked for. */
async function openPhotos(
  model: OpenModel,
  folder: string | undefined,
  { faces, includeSeen }: { faces?: FaceChoice; includeSeen: boolean },
): Promise<{ data: DataSet; unseen: Evaluated; seen: Evaluated | null }> {
  const usable = await openUsable(model.card.input.side, folder, { faces });
  const { squares, data, findings = [] } = usable, { name, layout } = data;
  tellGallery(await saveGallery(data, "findings", findings), "What was found about the photos");
  const { indices, seen, remark } = choosePhotos(usable, model);
  console.log(`${indices.length} photos of ${name}${remark}`);
  const of = (indices: number[]) => ({ layout, squares, indices });
  return { data, unseen: of(indices), seen: includeSeen && seen.length > 0 ? of(seen) : null };
}

function tellGallery(path: string | null, what: string): void {
  if (path !== null) console.log(`${what}, to page through in a browser: ${path}`);
}

/** The photos that a model takes for another group, the surest first, for a gallery. */
function mistakeRows(photos: readonly Photo[], probabilities: number[][]): GalleryRow[] {
  const wrong = metrics.withPredictions(photos, probabilities)
    .filter(({ group, predicted }) => group !== predicted)
    .sort((a, b) => b.probability - a.probability);
  return wrong.map(({ photo, age, group, predicted, probability }) => ({
    mistake: `${NAMES[group!]} taken for ${NAMES[predicted]}`,
    photo,
    label: `age ${age ?? "unknown"}`,
    probability: percent(probability),
  }));
}

/** Predicts photos: the network's output, and five probabilities a photo. */
async function predict(model: OpenModel, photos: Evaluated) {
  const answered = await predictPhotos(model, photos, photos);
  return { answered, probabilities: groupRows(answered.rows, model.card) };
}

/** The measures of photos that a model has seen, in rows of their own. */
async function seenRows(model: OpenModel, seen: Evaluated): Promise<Measure[]> {
  const { answered, probabilities } = await predict(model, seen);
  const { measures } = evaluate(answered.photos, metrics.predictions(probabilities));
  return measures.map((row) => ({ ...row, measure: `${row.measure}, photos seen before` }));
}

const NAMES: readonly string[] = AGE_GROUPS.map(({ name }) => name);

const HEAD = ["photo", "true", "predicted", ...NAMES];

/** All that it may write into the folder of figures. */
const WRITTEN = {
  figures: [
    ...["figure08_training", "figure09_confusion", "figure_calibration", "figure_subgroups"],
    ...["figure_kinds"],
  ],
  tables: ["history", "measures", "report", "calibration", "subgroups", "gaps", "kinds"],
};

/** Writes a row a photo: its path, the true and the predicted group, five probabilities. */
async function writePredictions(path: string, photos: readonly Photo[], probabilities: number[][]) {
  const rows = metrics.predictions(probabilities).map((predicted, k) => [
    guarded(photos[k]!.photo),
    NAMES[photos[k]!.group ?? -1] ?? "",
    NAMES[predicted]!,
    ...probabilities[k]!.map((share) => String(Math.fround(share))), // more digits say nothing
  ]);
  await writeText(path, csvFormatRows([HEAD, ...rows]) + "\n");
  console.log(`Predictions are in ${path}`);
}

function evaluate(photos: readonly Photo[], predicted: readonly number[]) {
  const truth = photos.map(({ group }) => group!), subjects = photos.map(({ subject }) => subject);
  return {
    truth,
    measures: measure(truth, predicted, subjects, { seed: 7 }),
    report: metrics.classificationReport(truth, predicted),
    confusion: metrics.confusionMatrix(truth, predicted),
  };
}

function reportOf({ measures, report, confusion }: ReturnType<typeof evaluate>): string {
  const measured = measures.map(tables.measureLine);
  const matrix = confusion.map((row, k) => ({
    "true": NAMES[k],
    ...Object.fromEntries(NAMES.map((name, j) => [name, row[j]])),
  }));
  const groups = textTable(report);
  return ["", ...measured, "", groups, "", "true group by predicted group:", textTable(matrix)]
    .join("\n");
}

/** The mean absolute error of a network that predicts years, and how many photos it rests on. */
function yearsLine(photos: readonly Photo[], years: readonly number[]): string {
  const all = yearErrors(photos.map(({ age }) => age), years);
  const errors = all.filter((error) => error !== null), error = mean(errors);
  if (error === undefined) return "\nmean absolute error: unknown, as no label is a single year";
  const count = `${errors.length} of ${all.length} photos, whose label is a single year`;
  return `\nmean absolute error: ${error.toFixed(2)} years, over ${count}`;
}

/** Measures what kind of photo each is, under a progress bar; looking for the face takes most of the time. */
export async function measurePhotos(folder: string, photos: readonly string[]) {
  const networks = await openFaceNetworks({ arithmetic: askedArithmetic() });
  const traits: PhotoTraits[] = [];
  const work = async (tick: Tick) => {
    for (const name of photos) {
      const photo = await readPhoto(folder, name);
      const [largest] = await readCuts(networks, photo, { tiles: false });
      traits.push(traitsOf(photo, largest));
      await tick(traits.length);
    }
  };
  try {
    await withProgress("Kinds of photo measured", photos.length, work);
  } finally {
    disposeNetworks(networks);
  }
  return traits;
}

/** All results, also certainty and subgroups, kinds of photo, and the network's output. */
interface Evaluation extends ReturnType<typeof evaluate> {
  part: PartResults;
  kinds: KindRow[];
  rows: readonly (readonly number[])[];
}

const KINDS_FIGURE = {
  title: "Test accuracy by kind of photo",
  note:
    "Bins of about equally many photos, by what is measured of each; at the bottom, by what predict warns about.",
};

function figuresOf(
  { run, card }: OpenModel,
  { measures, confusion, part: { subgroups }, kinds, rows, truth }: Evaluation,
): Results["figures"] {
  const ways = answerKinds(rows, card).filter(({ rounded }) => !rounded);
  const answers = Object.fromEntries(ways.map((way) => [calibrationLabel(way), way.probabilities]));
  const named = subgroups.map((row) => ({ ...row, name: row.subgroup, ...row.accuracy }));
  const bins = kinds.map((row) => ({ ...row, name: row.values, ...row.accuracy }));
  const all = { measure: "accuracy", overall: measures[0]!.value };
  return {
    // a refit has no validation to draw
    ...run && !run.refit && { figure08_training: trainingFigure(run.history) },
    figure09_confusion: confusionFigure(metrics.confusionRows(confusion)),
    figure_calibration: calibrationFigure(reliabilityOf(answers, truth, { bins: 10 })),
    ...named.length > 0 && { figure_subgroups: subgroupsFigure(named, all) },
    ...bins.length > 0 && { figure_kinds: subgroupsFigure(bins, { ...all, ...KINDS_FIGURE }) },
  };
}

function tablesOf(
  { run }: OpenModel,
  { measures, report, part, kinds }: Evaluation,
): Results["tables"] {
  const calibration = part.calibration.map((row) => (
    { probabilities: calibrationLabel(row), ...row }
  ));
  return {
    ...run && { history: run.history },
    ...{ measures, report, calibration: tables.flatRows(calibration) },
    ...part.subgroups.length > 0 && { subgroups: tables.flatRows(part.subgroups) },
    ...part.gaps.length > 0 && { gaps: part.gaps },
    ...kinds.length > 0 && { kinds: tables.flatRows(kinds) },
  };
}

export const program = cli.command(
  "evaluate",
  "Evaluates a trained network: on the test part of its own data set, or on all photos of another.",
)
  .argument("<model>", "a model that ships, such as age-groups-2, or the folder of a run")
  .addOption(cli.DATA).addOption(cli.FACES)
  .option("--out <file>", "where to write the predictions as CSV, one row per photo", cli.path)
  .option("--figures <folder>", "where to write curves, confusion and tables, no photo", cli.path)
  .option(
    "--include-seen",
    "also measure the photos that it has learned from, in rows of their own",
  )
  .option(
    "--kinds",
    "also measure by kind of photo: sharpness, brightness, size, padding, and how far the face is turned",
  )
  .option("--damaged", "also measure photos that are shrunk, blurred, darkened or compressed first")
  .option(
    "--update-card",
    "write the results into the folder of a model that ships: of its own test part alone",
  )
  .addOption(cli.FORCE).addOption(cli.ARITHMETIC)
  .action(
    async (
      nameOrFolder,
      { data, faces, out, figures, kinds, damaged, includeSeen = false, updateCard: update, force },
    ) => {
      checkTargets([...tableTarget(out, HEAD.join()), ...resultTargets(figures, WRITTEN)], {
        reads: [data, modelFolder(nameOrFolder)],
        force,
      });
      const model = await openForPredictions(nameOrFolder), { card } = model;
      const { data: set, unseen, seen } = await openPhotos(model, data, { faces, includeSeen });
      if (update) requireUpdatable(model, unseen.indices.length, cropOf(set));
      const { answered, probabilities } = await predict(model, unseen), { photos, rows } = answered;
      if (out !== undefined) {
        await writePredictions(out, withOwnNames(photos, set), probabilities);
      }
      const predicted = metrics.predictions(probabilities);
      const evaluation = evaluate(photos, predicted);
      console.log(reportOf(evaluation));
      const wrong = mistakeRows(photos, probabilities);
      const gallery = await saveGallery(set, `mistakes_${safeName(model.folder)}`, wrong);
      tellGallery(gallery, "\nThe mistakes");
      if (seen) {
        const measures = await seenRows(model, seen);
        console.log(`\n${seen.indices.length} photos that it was trained on or chosen by:`);
        console.log(measures.map(tables.measureLine).join("\n"));
        evaluation.measures.push(...measures);
      }
      if (card.output.kind === "years") {
        console.log(yearsLine(photos, rows.map((row) => readAnswer(row, card).years!)));
      }
      const part = measurePart("test", answered, card);
      console.log(tables.certaintyText(part));
      console.log(tables.subgroupsText(part));
      const onDamaged = damaged ? await measureDamaged(model, set, unseen) : undefined;
      if (onDamaged) console.log(tables.damagedText(onDamaged));
      if (update) await updateCard(model, answered, onDamaged);
      const told = photos.map((photo, k) => ({ photo, predicted: predicted[k]! }));
      const traits = kinds ? await measurePhotos(set.folder, photos.map(({ photo }) => photo)) : [];
      const byKind = kinds ? measureKinds(told, traits, { seed: 7 }) : [];
      if (kinds) console.log(tables.kindsText(byKind, photos.length));
      if (figures === undefined) return;
      const all = { ...evaluation, part, rows, kinds: byKind };
      const results = { figures: figuresOf(model, all), tables: tablesOf(model, all) };
      await saveResults(figures, results, WRITTEN);
    },
  );

if (import.meta.main) await cli.runCommand(program);
