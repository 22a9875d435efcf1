/**
 * Trains one model of the zoo on a folder of photos; resumes an earlier call.
 *
 * @module
 */
import { prepareStudy } from "@/study/study.ts";
import { openRun, runOf } from "@/training/checkpoint.ts";
import "@/native/tensorflow.ts";
import { percent } from "@/base/text.ts";
import { train } from "@/training/training.ts";
import { findSpec } from "@/model/zoo.ts";
import {
  command,
  DATA,
  FACES,
  FRESH,
  reading,
  runCommand,
  SEED,
  SHARES,
  SIDE,
  SPLIT,
  wholeNumber,
} from "@tools/command.ts";

await runCommand(
  command("train", "Trains one model of the zoo; resumes an earlier call.")
    .argument("<model>", "a model of the zoo, such as IV", reading(findSpec))
    .addOption(DATA).addOption(SIDE).addOption(SPLIT).addOption(SEED)
    .addOption(SHARES).addOption(FACES).addOption(FRESH)
    .option("--epochs <number>", "train so many epochs at most; else the model's", wholeNumber(0))
    .action(async (spec, { data, side, split, shares, seed, epochs, faces, fresh }) => {
      const study = await prepareStudy({ folder: data, side, split, shares, faces, fresh });
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
    }),
);
