/**
 * Trains from a published start, and makes the model that ships of it.
 *
 * @module
 */
import { join } from "node:path";
import { withLock } from "@/base/files.ts";
import { WORK } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { MODELS, openPublished, startedModel } from "@/evaluation/open_model.ts";
import { shipModel } from "@/evaluation/ship.ts";
import "@/native/tensorflow.ts";
import { ORIGINAL_SHARES } from "@/study/split.ts";
import { prepareStudy } from "@/study/study.ts";
import { keepMaps, LOCK } from "@/training/map_store.ts";
import {
  HEAD_RECIPE,
  type Stage,
  type StartRecipe,
  tailOf,
  trainStages,
  TUNED_FROM,
  TUNING_RECIPE,
  yearsOfKept,
} from "@/training/published_start.ts";
import {
  command,
  DATA,
  path,
  runCommand,
  SEED,
  SHARES,
  side,
  wholeNumber,
} from "@tools/command.ts";

function stagesOf(tune: number): Stage[] {
  const head = { folder: "head", recipe: HEAD_RECIPE };
  return tune > 0
    ? [head, { folder: `tuned-${tune}`, recipe: { ...TUNING_RECIPE, epochs: tune } }]
    : [head];
}

/** The stages up to the one that is used, in words. */
function wordsOf(stages: readonly Stage[], used: string): string {
  const last = stages.findIndex(({ folder }) => folder === used);
  return stages.slice(0, last + 1).map(({ recipe }) => (
    `${
      recipe.trunkShare > 0
        ? "Then the trunk's last eight convolutions with it"
        : "A head of 101 years on the frozen trunk's code of 1,024 numbers (MobileNet v1)"
    }: ` +
    recipeWords(recipe)
  )).join(" ");
}

function recipeWords(
  { rate, trunkShare, weightDecay, batchSize, dropout, averageWeights }: StartRecipe,
) {
  const trunk = trunkShare > 0 ? ` (the trunk's ${trunkShare} of it)` : "";
  return `AdamW with decay ${weightDecay} at ${rate}${trunk}, cosine; batches of ${batchSize}; dropout ${dropout}; ` +
    `rare groups weighted by the square root; weights averaged (${averageWeights}); photos varied.`;
}

await runCommand(
  command(
    "train-published",
    "Trains from the weights of a published face network: a head, then its last layers; ships the better one.",
  )
    .requiredOption("--name <name>", "the model's name, such as age-groups-published-1")
    .addOption(DATA)
    .addOption(side().default(160))
    .addOption(SEED)
    .addOption(SHARES)
    .option(
      "--tune <epochs>",
      "epochs for the last layers; 0 trains a head alone",
      wholeNumber(0),
      6,
    )
    .option("--views <count>", "varied views of each training photo", wholeNumber(1), 3)
    .option("--out <folder>", "where models lie; else data/models", path, MODELS)
    .action(async ({ name, data, side, seed, shares, tune, views, out }) => {
      const study = await prepareStudy({ folder: data, side, split: "subject", shares });
      const network = await openPublished(side);
      const folder = join(WORK, "published", `${study.data.name}-${side}-${seed}`);
      const tail = tailOf(network, TUNED_FROM), stages = stagesOf(tune);
      const { store, best } = await withLock(
        join(folder, LOCK),
        `training in ${folder}`,
        async () => {
          const store = await keepMaps(folder, network, TUNED_FROM, study, { seed, rounds: views });
          return {
            store,
            best: await trainStages(folder, { tail, store, study }, stages, { seed }),
          };
        },
      );
      console.log(`best on validation: ${best.folder}, ${percent(best.balanced)} balanced`);
      const isTuned = best.recipe.trunkShare > 0;
      const model = startedModel(name, network, side, {
        ...{ recipe: wordsOf(stages, best.folder), seed, shares: shares ?? ORIGINAL_SHARES },
        photos: {
          train: study.train.indices.length,
          validation: study.validation.indices.length,
          test: study.test.indices.length,
        },
        ...{ epochs: best.recipe.epochs, bestEpoch: best.epoch },
      });
      await shipModel(join(out, name), model, study, {
        ...{ name, balance: true, say: console.log },
        ships: (layer) => layer === "years" || (isTuned && tail.layers.includes(layer)),
        infer: (_, examples) => Promise.resolve(yearsOfKept(tail, store, examples, best.recipe)),
      });
      model.dispose();
    }),
);
