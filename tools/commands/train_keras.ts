/**
 * Trains a model of the zoo with Keras on the same photos and evaluates it on the test part: the
 * baseline of our own training. Keras draws its own initial weights, orders and dropout.
 */
import type { Examples } from "@/study/batches.ts";
import { predictions } from "@/metrics/metrics.ts";
import { layerShapes, layersOf } from "@/model/layers.ts";
import { measure } from "@/metrics/measures.ts";
import { prepareStudy, type Study } from "@/study/study.ts";
import { percent } from "@/base/text.ts";
import { lossWeights } from "@/training/epoch.ts";
import { findSpec } from "@/model/zoo.ts";
import type { Spec } from "@/model/spec.ts";
import { keras, run } from "@bench/program.ts";
import { measureLine } from "@tools/shared/evaluation_tables.ts";
import { command, DATA, reading, runCommand, SEED, SIDE, SPLIT } from "@tools/shared/command.ts";

interface Trained {
  /** Validation accuracy after each epoch. */
  validation: number[];
  best: number;
  /** Five probabilities of each test photo. */
  probabilities: number[][];
}

/** All that Keras needs to know, as JSON. */
function jobOf(spec: Spec, seed: number, { train, validation, test, side }: Study) {
  const { learningRate, batchSize, epochs, patience } = spec;
  const part = ({ indices, groups }: Examples) => ({ indices, groups });
  return {
    ...{ layers: layersOf(spec), side, learningRate, batch: batchSize, epochs, patience, seed },
    classWeights: lossWeights(spec, train.groups),
    squares: train.squares.path,
    parts: { train: part(train), validation: part(validation), test: part(test) },
  };
}

function report({ validation, best, probabilities }: Trained, { test }: Study): string {
  const subjects = test.indices.map((index) => test.squares.photos[index]!.subject);
  const measured = measure(test.groups, predictions(probabilities), subjects, { seed: 7 });
  return [
    `Keras: ${validation.length} epochs, the best ${best}, with validation accuracy ` +
    percent(validation[best - 1]!),
    `${test.indices.length} photos of the test part`,
    ...measured.map(measureLine),
  ].join("\n");
}

export const program = command("train-keras", "Trains one model with Keras, for comparison.")
  .argument("<model>", "a model, such as IV or better", reading(findSpec))
  .addOption(DATA).addOption(SIDE).addOption(SPLIT).addOption(SEED)
  .action(async (spec, { data, side, split, seed }) => {
    if (spec.horizontalFlip) {
      throw new RangeError(`${spec.id} flips its photos, which the Keras program does not support`);
    }
    layerShapes(spec, side); // refuses a side too small before anything is prepared
    const study = await prepareStudy({ folder: data, side, split });
    const program = keras("fit", () => jobOf(spec, seed, study));
    console.log(report(await run<Trained>({ ...program, tells: true }), study));
  });

if (import.meta.main) await runCommand(program);
