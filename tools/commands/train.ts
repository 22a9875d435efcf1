import { prepareStudy, type Study, withValidation } from "@/study/study.ts";
import type { SplitKind } from "@/study/folds.ts";
import { withModel } from "@/answers/open_model.ts";
import { predictPhotos } from "@/answers/predict_photos.ts";
import { withTeacher } from "@/answers/teacher.ts";
import { readRunAnswer, writeRunAnswer } from "@/answers/run_answer.ts";
import type { CardAnswer } from "@/metrics/answer.ts";
import { fitAnswer } from "@/metrics/part_results.ts";
import { openRun, runOf } from "@/training/checkpoint.ts";
import "@/native/tensorflow.ts";
import { percent } from "@/base/text.ts";
import { refitEpochs } from "@/training/run.ts";
import { runBeforeRefit } from "@/training/run_study.ts";
import { train } from "@/training/training.ts";
import { findSpec } from "@/model/zoo.ts";
import * as cli from "@tools/shared/command.ts";

/** The fold to test on; undefined for other splits. */
function foldOf(split: SplitKind, { fold, folds }: { fold?: number; folds?: number }) {
  const isNamed = fold !== undefined, isSplit = split === "folds";
  if (isSplit && isNamed) return { test: fold, count: folds };
  if (!isSplit && !isNamed && folds === undefined) return undefined;
  throw new RangeError(
    "To train for one fold, name --split folds and the fold to test on, such as --fold 0; " +
      "`deno task cross-validate` trains for all of them",
  );
}

/** Fits a run's answers on validation, for the weights of its best epoch; returns those that are kept already. */
async function fitRun(folder: string, { data, validation }: Study): Promise<CardAnswer> {
  return await withModel(folder, async (model) => {
    const kept = await readRunAnswer(folder, model.run!);
    if (kept) return kept;
    const answer = fitAnswer(await predictPhotos(model, data, validation), model.card);
    await writeRunAnswer(folder, model.run!, answer);
    return answer;
  });
}

export const program = cli.command("train", "Trains one model; resumes an earlier call.")
  .argument(
    "<model>",
    "a model, such as IV of the original study or the residual network better",
    cli.reading(findSpec),
  )
  .addOption(cli.DATA).addOption(cli.SIDE).addOption(cli.SPLIT_OR_FOLDS).addOption(cli.SEED)
  .addOption(cli.SHARES).addOption(cli.FACES).addOption(cli.FRESH)
  .addOption(cli.FOLD_COUNT)
  .option("--fold <number>", "the fold to test on, with --split folds", cli.wholeNumber(0))
  .option("--epochs <number>", "train so many epochs at most; else the model's", cli.wholeNumber(0))
  .option(
    "--refit",
    "train once more, on validation as well; after a training without, whose epochs and answers it takes over",
  )
  .addOption(cli.ARITHMETIC)
  .action(async (spec, { data, side, split, shares, seed, epochs, faces, fresh, ...chosen }) => {
    const fold = foldOf(split, chosen);
    const own = await prepareStudy({ folder: data, side, split, fold, shares, faces, fresh });
    const until = epochs ?? spec.epochs;
    const scoredBy = chosen.refit ? await runBeforeRefit(own, spec, seed) : null;
    const study = scoredBy ? withValidation(own, { epochs: refitEpochs(scoredBy.run) }) : own;
    const { folder, setting } = runOf(study, spec, seed);
    const begun = await openRun(folder, setting).catch(() => null); // train tells what is wrong
    if (begun && begun.history.length > 0 && !begun.fingerprint) {
      const fault = "nobody can tell whether photos or labels have changed";
      console.log(`The run in ${folder} has no fingerprint: ${fault}`);
    }
    const isOver = begun?.state === "finished"; // a teacher would predict for nothing
    const taught = isOver ? study : await withTeacher(study, spec, { folder: data, faces });
    const run = await train(folder, setting, taught, { until });
    const { state, history, bestEpoch } = run, best = history[bestEpoch - 1];
    console.log(`${spec.id}: ${state} after ${history.length} epochs, in ${folder}`);
    if (!best || (scoredBy && state === "diverged")) return;
    if (!scoredBy) {
      console.log(`Best epoch ${bestEpoch}: validation accuracy ${percent(best.valAccuracy)}`);
    }
    const answer = await fitRun(scoredBy?.folder ?? folder, study);
    if (scoredBy) await writeRunAnswer(folder, run, answer);
    console.log(`Temperature ${answer.temperature.toFixed(3)}, fitted on validation`);
  });

if (import.meta.main) await cli.runCommand(program);
