/**
 * Trains one model of the zoo on a folder of photos; goes on where an earlier call stopped.
 *
 * Usage: deno task train MODEL [--data FOLDER] [--side 96] [--split photo] [--seed 7] [--epochs 100]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { prepareStudy } from "@/study/study.ts";
import { runOf } from "@/training/checkpoint.ts";
import "@/native/tensorflow.ts";
import { percent } from "@/base/text.ts";
import { train } from "@/training/training.ts";
import { findSpec } from "@/model/zoo.ts";
import { runCommand, splitKind, wholeNumber } from "@tools/command.ts";

const USAGE = `Usage: deno task train MODEL [options]
  MODEL            a model of the zoo, such as IV
  --data FOLDER    the photos to learn from (data/README.md tells the known layouts); else the sample
  --side 96        width and height of the squares in pixels
  --split photo    by photo, as in the original study, or by person: subject
  --seed 7         seed of weights, order and dropout
  --epochs 100     stop after so many epochs at most`;

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: "string" },
      side: { type: "string", default: "96" },
      split: { type: "string", default: "photo" },
      seed: { type: "string", default: "7" },
      epochs: { type: "string" },
    },
  });
  const [id] = positionals;
  if (id === undefined) throw new TypeError("No model was named");
  return { ...values, split: splitKind(values.split), spec: findSpec(id) };
}

async function main(args: string[]): Promise<void> {
  const { spec, data, side, split, seed, epochs } = readArguments(args);
  const study = await prepareStudy({ folder: data, side: wholeNumber("side", side), split });
  const { folder, setting } = runOf(study, spec, wholeNumber("seed", seed));
  const until = epochs === undefined ? spec.epochs : wholeNumber("epochs", epochs);
  const { state, history, bestEpoch } = await train(folder, setting, study, { until });
  const best = history[bestEpoch - 1];
  console.log(`${spec.id}: ${state} after ${history.length} epochs, in ${folder}`);
  if (best) {
    console.log(`Best epoch ${bestEpoch}: validation accuracy ${percent(best.valAccuracy)}`);
  }
}

await runCommand(USAGE, () => main(Deno.args));
