/**
 * Trains one model of the zoo on a folder of photos; resumes an earlier call.
 *
 * @module
 */
import { prepareStudy } from "@/study/study.ts";
import type { FoldChoice, SplitKind } from "@/study/folds.ts";
import { fitRun } from "@/evaluation/fit_run.ts";
import { openRun, runOf } from "@/training/checkpoint.ts";
import "@/native/tensorflow.ts";
import { percent } from "@/base/text.ts";
import { train } from "@/training/training.ts";
import { findSpec } from "@/model/zoo.ts";
import {
  command,
  DATA,
  FACES,
  FOLD_COUNT,
  FRESH,
  reading,
  runCommand,
  SEED,
  SHARES,
  SIDE,
  SPLIT_OR_FOLDS,
  wholeNumber,
} from "@tools/command.ts";

/** The fold to test on; undefined for other splits. */
function foldOf(
  split: SplitKind,
  { fold, folds }: { fold?: number; folds?: number },
): FoldChoice | undefined {
  const isNamed = fold !== undefined, isSplit = split === "folds";
  if (isSplit && isNamed) return { test: fold, count: folds };
  if (!isSplit && !isNamed && folds === undefined) return undefined;
  throw new RangeError(
    "To train for one fold, name --split folds and the fold to test on, such as --fold 0; " +
      "`deno task cross-validate` trains for all of them",
  );
}

await runCommand(
  command("train", "Trains one model of the zoo; resumes an earlier call.")
    .argument("<model>", "a model of the zoo, such as IV", reading(findSpec))
    .addOption(DATA).addOption(SIDE).addOption(SPLIT_OR_FOLDS).addOption(SEED)
    .addOption(SHARES).addOption(FACES).addOption(FRESH)
    .addOption(FOLD_COUNT)
    .option("--fold <number>", "the fold to test on, with --split folds", wholeNumber(0))
    .option("--epochs <number>", "train so many epochs at most; else the model's", wholeNumber(0))
    .action(async (spec, { data, side, split, shares, seed, epochs, faces, fresh, ...chosen }) => {
      const fold = foldOf(split, chosen);
      const study = await prepareStudy({ folder: data, side, split, fold, shares, faces, fresh });
      const { folder, setting } = runOf(study, spec, seed);
      const begun = await openRun(folder, setting, {}).catch(() => null); // train tells what is wrong
      if (begun && begun.history.length > 0 && !begun.fingerprint) {
        console.log(
          `The run in ${folder} has no fingerprint: nobody can tell whether photos or labels have changed`,
        );
      }
      const until = epochs ?? spec.epochs;
      const { state, history, bestEpoch } = await train(folder, setting, study, { until });
      const best = history[bestEpoch - 1];
      console.log(`${spec.id}: ${state} after ${history.length} epochs, in ${folder}`);
      if (!best) return;
      console.log(`Best epoch ${bestEpoch}: validation accuracy ${percent(best.valAccuracy)}`);
      const { temperature } = await fitRun(folder, study);
      console.log(`Temperature ${temperature.toFixed(3)}, fitted on validation`);
    }),
);
