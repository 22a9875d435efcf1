import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeText } from "@/base/files.ts";
import { WORK } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { type AblationOutcome, type AblationResult, ablationTable } from "@/metrics/ablation.ts";
import { type OpenNetwork, withModel } from "@/answers/open_model.ts";
import { predictGroups } from "@/answers/predict_photos.ts";
import { predictions } from "@/metrics/metrics.ts";
import { ablationFigure } from "@/figures/results/ablation.ts";
import { ABLATION, type AblationRow, findRows, trainedFor } from "@/model/ablation.ts";
import "@/native/tensorflow.ts";
import { SIDES } from "@/study/defaults.ts";
import { prepareStudy, type Study } from "@/study/study.ts";
import { runOf } from "@/training/checkpoint.ts";
import { train } from "@/training/training.ts";
import * as cli from "@tools/shared/command.ts";
import { saveResults } from "@tools/shared/results.ts";
import { textTable } from "@tools/shared/table.ts";
import { checkTargets, resultTargets } from "@tools/shared/targets.ts";

/** Trains a network from a seed, if that is not done, and predicts the groups of the validation photos. */
async function outcomeOf(study: Study, row: AblationRow, seed: number): Promise<AblationOutcome> {
  const { folder, setting } = runOf(study, row.trained, seed);
  const run = await train(folder, setting, study);
  if (run.state === "diverged") throw new Error(`The training in ${folder} has diverged`);
  const kept = join(folder, `validation-${row.spec.id}.json`);
  if (!existsSync(kept)) {
    const ask = (model: OpenNetwork) => predictGroups(model, study.validation);
    const predicted = predictions(await withModel(folder, ask, { spec: row.spec }));
    await writeText(kept, JSON.stringify(predicted));
  }
  return { id: row.spec.id, seed, predicted: JSON.parse(await Deno.readTextFile(kept)) };
}

function toTextRow(row: AblationResult): Record<string, unknown> {
  const points = (share: number) => (100 * share).toFixed(1);
  const share = (value: number | null) => value === null ? null : percent(value);
  const { part, change, seeds, difference, low, high } = row;
  return {
    ...{ part, change, seeds },
    ...{ balanced: share(row.balancedAccuracy), "one-off": share(row.oneOffAccuracy) },
    "points": difference === null ? null : points(difference),
    "95% interval": low === null ? null : `${points(low)} to ${points(high!)}`,
    "over": row.over,
  };
}

export const program = cli.command(
  "ablation",
  "Trains the networks of the ablation, from several seeds, and measures what each part of the better " +
    "network's recipe gives on the validation photos; resumes an earlier call.",
)
  .addOption(cli.DATA).addOption(cli.side().default(SIDES.better)).addOption(cli.SPLIT)
  .addOption(cli.SHARES).addOption(cli.SEED).addOption(cli.FRESH)
  .option("--seeds <number>", "how many seeds, from --seed on", cli.wholeNumber(1), 3)
  .option("--epochs <number>", "epochs of each training", cli.wholeNumber(1), 12)
  .option(
    "--only <networks>",
    "only these, such as better,less-erasing; else all",
    cli.reading((ids) => findRows(ids, ABLATION)),
  )
  .option(
    "--figures <folder>",
    "where to write table and figure; else data/figures/ablation",
    cli.path,
  )
  .addOption(cli.FORCE).addOption(cli.ARITHMETIC)
  .action(
    async (
      { data, side, split, shares, fresh, seed: first, seeds, epochs, only, figures, force },
    ) => {
      const written = { figures: ["figure_ablation"], tables: ["ablation"] };
      checkTargets(resultTargets(figures, written), { reads: [data], force });
      const rows = trainedFor(epochs, only ?? ABLATION);
      const study = await prepareStudy({ folder: data, side, split, shares, fresh });
      const runs = basename(dirname(runOf(study, rows[0]!.spec, first).folder));
      const out = figures ?? join(WORK, "figures", "ablation", runs);
      const outcomes: AblationOutcome[] = [];
      const tabulate = () => ablationTable(rows, outcomes, study.validation.groups);
      // one seed of all networks, then the next: the table tells something early
      for (let seed = first; seed < first + seeds; seed++) {
        for (const row of rows) {
          outcomes.push(await outcomeOf(study, row, seed));
          const ablation = tabulate();
          const figures = { figure_ablation: ablationFigure(ablation) };
          await saveResults(out, { figures, tables: { ablation } });
        }
      }
      console.log(textTable(tabulate().map(toTextRow)));
    },
  );

if (import.meta.main) await cli.runCommand(program);
