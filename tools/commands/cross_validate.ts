import { join } from "node:path";
import { type FoldMeasure, foldRow, measureFolds } from "@/metrics/cross_validation.ts";
import { writeText } from "@/base/files.ts";
import { outOfFoldText } from "@/metrics/out_of_fold.ts";
import { foldsFigure } from "@/figures/results/intervals.ts";
import { WORK } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { findSpec, withEpochs } from "@/model/zoo.ts";
import { crossValidate } from "@/search/cross_validation.ts";
import { countWorkers } from "@/search/search.ts";
import { openUsable } from "@/study/study.ts";
import "@/native/tensorflow.ts";
import * as cli from "@tools/shared/command.ts";
import { QUEUE_URL } from "@tools/shared/queue.ts";
import { saveResults } from "@tools/shared/results.ts";
import { textTable } from "@tools/shared/table.ts";
import { checkTargets, resultTargets, tableTarget } from "@tools/shared/targets.ts";

function toTextRow(measured: FoldMeasure): Record<string, unknown> {
  const text = measured.measure.endsWith("years") ? (value: number) => value.toFixed(2) : percent;
  const write = (value: number | string | null) => typeof value === "number" ? text(value) : value;
  const { low = null, high = null, ...row } = foldRow(measured);
  const cells = Object.entries(row).map(([head, value]) => [head, write(value ?? null)]);
  return { ...Object.fromEntries(cells), "95% interval": `${write(low)} to ${write(high)}` };
}

export const program = cli.command(
  "cross-validate",
  "Trains a model once for each fold and seed, and measures it on the photos that it has not seen; " +
    "resumes an earlier call.",
)
  .argument("<model>", "a model, such as IV or better", cli.reading(findSpec))
  .addOption(cli.DATA).addOption(cli.SIDE).addOption(cli.FOLD_COUNT).addOption(cli.SEED)
  .option("--seeds <number>", "train with so many seeds, from --seed on", cli.wholeNumber(1), 1)
  .option(
    "--epochs <number>",
    "plan each training for so many epochs, its learning rates included; else the model's",
    cli.wholeNumber(1),
  )
  .addOption(cli.WORKERS).addOption(QUEUE_URL)
  .addOption(cli.SHARES).addOption(cli.FACES).addOption(cli.FRESH)
  .option("--out <file>", "where to write the out-of-fold predictions as CSV", cli.path)
  .option("--figures <folder>", "where to write the figure and the table, no photo", cli.path)
  .addOption(cli.FORCE).addOption(cli.ARITHMETIC)
  .action(
    async (
      model,
      { data, side, folds, seed, seeds, epochs, faces, out, figures, force, ...how },
    ) => {
      const results = resultTargets(figures, { figures: ["figure_folds"], tables: ["folds"] });
      checkTargets([...tableTarget(out, outOfFoldText([]).trimEnd()), ...results], {
        reads: [data],
        force,
      });
      if (faces && how.queue) {
        throw new RangeError(
          "Workers of a queue do not find faces: cross-validate without --queue, or name the folder of faces " +
            "that --faces find has made here",
        );
      }
      const spec = epochs === undefined ? model : withEpochs(model, epochs);
      const usable = await openUsable(side, data, { faces });
      const rows = await crossValidate(usable, spec, {
        ...how,
        count: folds,
        seeds: Array.from({ length: seeds }, (_, k) => seed + k),
        workers: how.workers ?? countWorkers(side),
      });
      const name = `out_of_fold_${spec.id}_${side}.csv`;
      const table = out ?? join(WORK, "tables", usable.data.name, name);
      await writeText(table, outOfFoldText(rows));
      const measured = measureFolds(rows);
      console.log(textTable(measured.map(toTextRow)));
      console.log(`The predictions of each photo are in ${table}`);
      if (figures === undefined) return;
      const shares = measured.filter(({ measure }) => !measure.endsWith("years"));
      await saveResults(figures, {
        figures: { figure_folds: foldsFigure(shares) },
        tables: { folds: measured.map(foldRow) },
      });
    },
  );

if (import.meta.main) await cli.runCommand(program);
