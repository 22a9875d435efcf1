/**
 * Trains a model of the zoo with Keras on the very photos, and tells how it does on the test part: what
 * our own training is held against. Keras draws its own first weights, orders and dropout.
 *
 * Usage: deno task train-keras MODEL [--data FOLDER] [--side 96] [--split photo] [--seed 7]
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Examples } from "@/study/batches.ts";
import { predictions } from "@/evaluation/metrics.ts";
import { layerShapes, layersOf } from "@/model/layers.ts";
import { measure } from "@/evaluation/measures.ts";
import { prepareStudy, type Study } from "@/study/study.ts";
import { percent } from "@/base/text.ts";
import { lossWeights } from "@/training/training.ts";
import { findSpec } from "@/model/zoo.ts";
import type { Spec } from "@/model/spec.ts";
import { keras, run } from "@tools/bench_program.ts";
import { runCommand, splitKind, wholeNumber } from "@tools/command.ts";

const USAGE = `Usage: deno task train-keras MODEL [options]
  MODEL            a model of the zoo, such as IV
  --data FOLDER    the photos to learn from (data/README.md tells the known layouts); else the sample
  --side 96        width and height of the squares in pixels
  --split photo    by photo, as in the original study, or by person: subject
  --seed 7         seed of weights, order and dropout`;

/** What Keras tells of its training. */
interface Trained {
  /** Validation accuracy after each epoch. */
  validation: number[];
  /** Number of the epoch that was kept. */
  best: number;
  /** Probabilities of the test photos, one after another. */
  probabilities: number[];
}

function readArguments(args: string[]) {
  const { values: { side, split, seed, data }, positionals: [id] } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: "string" },
      side: { type: "string", default: "96" },
      split: { type: "string", default: "photo" },
      seed: { type: "string", default: "7" },
    },
  });
  if (id === undefined) throw new TypeError("No model was named");
  return {
    spec: findSpec(id),
    seed: wholeNumber("seed", seed, 0),
    options: { folder: data, side: wholeNumber("side", side, 1), split: splitKind(split) },
  };
}

/** All that Keras needs to know, as JSON. */
function jobOf(spec: Spec, seed: number, { train, validation, test, side }: Study) {
  const { learningRate, batchSize, epochs, patience } = spec;
  return {
    ...{ layers: layersOf(spec), side, learningRate, batch: batchSize, epochs, patience, seed },
    classWeights: lossWeights(spec, train.groups),
    squares: train.squares.path,
    parts: { train: partOf(train), validation: partOf(validation), test: partOf(test) },
  };
}

function partOf({ positions, groups }: Examples): Omit<Examples, "squares"> {
  return { positions, groups };
}

function report({ validation, best, probabilities }: Trained, { test }: Study): string {
  const subjects = test.positions.map((position) => test.squares.photos[position]!.subject);
  const measured = measure(test.groups, predictions(Float32Array.from(probabilities)), subjects, {
    seed: 7,
  });
  return [
    `Keras: ${validation.length} epochs, the best ${best}, with validation accuracy ` +
    percent(validation[best - 1]!),
    `${test.positions.length} photos of the test part`,
    ...measured.map(({ measure, value, low, high }) => (
      `${measure}: ${percent(value)} (95%: ${percent(low)} to ${percent(high)})`
    )),
  ].join("\n");
}

await runCommand(USAGE, async () => {
  const { spec, seed, options } = readArguments(Deno.args);
  if (spec.mirror) throw new RangeError(`${spec.id} mirrors its photos, which Keras's part cannot`);
  layerShapes(spec, options.side); // refuses a side too small before anything is prepared
  const study = await prepareStudy(options);
  const program = keras("fit", () => jobOf(spec, seed, study));
  console.log(report(await run<Trained>({ ...program, tells: true }), study));
});
