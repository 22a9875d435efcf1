import { baselines } from "@/metrics/metrics.ts";
import { modelSearchFigure } from "@/figures/results/model_search.ts";
import { type LeaderboardRow, trainedRows } from "@/search/leaderboard.ts";
import { duration } from "@/base/progress.ts";
import { withServer } from "@/search/database.ts";
import { readLocalStatus } from "@/search/local.ts";
import { countWorkers, search } from "@/search/search.ts";
import { readStatus } from "@/search/status.ts";
import { prepareStudy } from "@/study/study.ts";
import { percent } from "@/base/text.ts";
import { findSpec, ZOO } from "@/model/zoo.ts";
import * as cli from "@tools/shared/command.ts";
import { QUEUE_URL } from "@tools/shared/queue.ts";
import { saveResults } from "@tools/shared/results.ts";
import { describeStatus, textTable } from "@tools/shared/table.ts";
import { checkTargets, resultTargets } from "@tools/shared/targets.ts";

function toTextRow(row: LeaderboardRow): Record<string, unknown> {
  const { low, high, overParent, machine } = row;
  return {
    ...{ model: row.id, technique: row.technique, parameters: row.parameters },
    "rate": String(row.learningRate), // all of its digits
    ...{ batch: row.batchSize, epochs: row.epochs, best: row.bestEpoch },
    "accuracy": percent(row.valAccuracy),
    "95% interval": low === null ? null : `${percent(low)} to ${percent(high)}`,
    "over parent": overParent === null ? null : `${overParent.toFixed(1)} points`,
    "time": duration(row.seconds),
    "state": row.state,
    ...(machine !== undefined && { "machine": machine.replaceAll(/:[^+]*(?= \+ |$)/g, "") }),
  };
}

/** The machines that took part, each on a line with its processor and kernels. */
function listMachines(rows: readonly LeaderboardRow[]): string {
  const all = rows.flatMap(({ machine }) => machine ? machine.split(" + ") : []);
  return [...new Set(all)].sort().map((machine) => `\n${machine}`).join("");
}

export const program = cli.command(
  "search",
  "Searches the study's models (the zoo) for the best; resumes an earlier call.",
)
  .option(
    "--budget <epochs>",
    "how many epochs to train in all: a third for all models, a third for the best third, " +
      "a third for the best ninth",
    cli.wholeNumber(1),
  )
  .addOption(QUEUE_URL)
  .option("--status", "show how far the searches of the queue, or of this machine, are, and end")
  .addOption(cli.DATA).addOption(cli.SIDE).addOption(cli.SPLIT).addOption(cli.SEED)
  .addOption(cli.FRESH)
  .option(
    "--models <names>",
    "the models to search through, such as IV,V; else the whole zoo",
    cli.reading((names) => names.split(",").map(findSpec)),
  )
  .addOption(cli.WORKERS)
  .option(
    "--heartbeat <seconds>",
    "a worker of which nothing was heard for so long loses its job to another one; else 30",
    cli.wholeNumber(10),
  )
  .option("--figures <folder>", "where to write the leaderboard and its figure", cli.path)
  .addOption(cli.FORCE).addOption(cli.ARITHMETIC)
  .action(
    async (
      { data, side, split, fresh, figures, models, workers, status, budget, force, ...options },
    ) => {
      const { queue } = options;
      if (status && queue) return console.log(describeStatus(await withServer(queue, readStatus)));
      if (status) return console.log(describeStatus({ searches: await readLocalStatus() }));
      if (budget === undefined) throw new RangeError("Name a --budget <epochs>, such as 1200");
      const written = { figures: ["figure_model_search"], tables: ["leaderboard"] };
      checkTargets(resultTargets(figures, written), { reads: [data], force });
      const study = await prepareStudy({ folder: data, side, split, fresh });
      const chosen = { specs: models ?? ZOO, workers: workers ?? countWorkers(side) };
      const rows = await search(study, { ...options, ...chosen, budget });
      console.log(textTable(rows.map(toTextRow)) + listMachines(rows));
      if (figures === undefined) return;
      const against = baselines(study.train.groups, study.validation.groups);
      await saveResults(figures, {
        figures: { figure_model_search: modelSearchFigure(trainedRows(rows), against) },
        tables: { leaderboard: rows },
      });
    },
  );

if (import.meta.main) await cli.runCommand(program);
