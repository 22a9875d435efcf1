/**
 * Searches through the zoo for the best model; goes on where an earlier call stopped.
 *
 * Usage: deno task search --budget 300 [--data FOLDER] [--side 96] [--split photo] [--seed 7]
 *        [--models IV,V] [--workers 2] [--figures FOLDER]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { baselines } from "@/evaluation/baselines.ts";
import { modelSearchFigure } from "@/figures/model_search.ts";
import { type LeaderboardRow, trainedRows } from "@/search/leaderboard.ts";
import { duration } from "@/base/progress.ts";
import { countWorkers, search } from "@/search/search.ts";
import { prepareStudy } from "@/study/study.ts";
import { percent } from "@/base/text.ts";
import { findSpec, ZOO } from "@/model/zoo.ts";
import { runCommand, splitKind, wholeNumber } from "@tools/command.ts";
import { saveResults } from "@tools/results.ts";
import { textTable } from "@tools/table.ts";

const USAGE = `Usage: deno task search --budget 300 [options]
  --budget 300     how many epochs to train in all: a third for all models, a third for the best
                   third, a third for the best ninth
  --data FOLDER    the photos to learn from (data/README.md tells the known layouts); else the sample
  --side 96        width and height of the squares in pixels
  --split photo    by photo, as in the original study, or by person: subject
  --seed 7         seed of weights, order and dropout
  --models IV,V    the models to search through; else the whole zoo
  --workers 2      how many models to train at the same time; else as many as the machine carries
  --figures FOLDER where to write the leaderboard and its figure`;

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      budget: { type: "string" },
      data: { type: "string" },
      side: { type: "string", default: "96" },
      split: { type: "string", default: "photo" },
      seed: { type: "string", default: "7" },
      models: { type: "string" },
      workers: { type: "string" },
      figures: { type: "string" },
    },
  });
  if (values.budget === undefined) throw new TypeError("No budget was named");
  const side = wholeNumber("side", values.side, 1);
  return {
    study: { folder: values.data, side, split: splitKind(values.split) },
    budget: wholeNumber("budget", values.budget, 1),
    seed: wholeNumber("seed", values.seed, 0),
    figures: values.figures,
    specs: values.models?.split(",").map(findSpec) ?? ZOO,
    workers: values.workers ? wholeNumber("workers", values.workers, 1) : countWorkers(side),
  };
}

/** A row as people read it. */
function told(row: LeaderboardRow): Record<string, unknown> {
  const { low, high, overParent } = row;
  return {
    "model": row.id,
    "technique": row.technique,
    "parameters": row.parameters,
    "rate": String(row.learningRate), // all of its digits
    "batch": row.batchSize,
    "epochs": row.epochs,
    "best": row.bestEpoch,
    "accuracy": percent(row.valAccuracy),
    "95% interval": low === null ? null : `${percent(low)} to ${percent(high)}`,
    "over parent": overParent === null ? null : `${overParent.toFixed(1)} points`,
    "time": duration(row.seconds),
    "state": row.state,
  };
}

await runCommand(USAGE, async () => {
  const { study, figures, ...options } = readArguments(Deno.args);
  const prepared = await prepareStudy(study), rows = await search(prepared, options);
  console.log(textTable(rows.map(told)));
  if (figures === undefined) return;
  const against = baselines(prepared.train.groups, prepared.validation.groups);
  await saveResults(figures, {
    figures: { figure_model_search: modelSearchFigure(trainedRows(rows), against) },
    tables: { leaderboard: rows },
  });
});
