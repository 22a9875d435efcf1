/**
 * Trains from a published start, and makes the model that ships of it.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { withLock } from "@/base/files.ts";
import { WORK } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { requireJudged } from "@/answers/judged.ts";
import {
  MODELS,
  type OpenModel,
  openModel,
  openPublished,
  startedModel,
} from "@/answers/open_model.ts";
import { shipModel } from "@/answers/ship.ts";
import "@/native/tensorflow.ts";
import { SIDES } from "@/study/defaults.ts";
import { ORIGINAL_SHARES } from "@/study/split.ts";
import { photoCounts, prepareStudy, type Study, withValidation } from "@/study/study.ts";
import { keepMaps, LOCK } from "@/training/map_store.ts";
import {
  HEAD_RECIPE,
  type Stage,
  type StartRecipe,
  tailOf,
  trainStages,
  TUNED_FROM,
  TUNING_RECIPE,
} from "@/training/published_start.ts";
import {
  ARITHMETIC,
  command,
  DATA,
  path,
  runCommand,
  SEED,
  SHARES,
  side,
  wholeNumber,
} from "@tools/shared/command.ts";

function stagesOf(tune: number): Stage[] {
  const head = { folder: "head", recipe: HEAD_RECIPE };
  return tune > 0
    ? [head, { folder: `tuned-${tune}`, recipe: { ...TUNING_RECIPE, epochs: tune } }]
    : [head];
}

/** Stages of which the last stops after an epoch. */
function stagesUntil(epoch: number, stages: readonly Stage[]): Stage[] {
  const last = stages.at(-1)!;
  return [...stages.slice(0, -1), { ...last, folder: `${last.folder}-to-${epoch}`, until: epoch }];
}

/**
 * Opens the model that validation judges in place of a refit.
 *
 * @throws {Error} if it may not be judged, or if the refit would overwrite it
 */
async function openJudged(
  name: string,
  target: string,
  study: Study,
  training: Parameters<typeof requireJudged>[2],
): Promise<OpenModel> {
  const judged = await openModel(name);
  requireJudged(judged, study, training);
  if (resolve(judged.folder) !== resolve(target)) return judged;
  throw new Error(`The refit would overwrite ${target}: give it another --name or --out`);
}

/** How far a refit went, if not to its end. */
function untilWords({ epoch, recipe: { epochs } }: { epoch: number; recipe: StartRecipe }): string {
  return epoch === epochs
    ? ""
    : ` Stopped after ${epoch} of ${epochs} epochs, where a training without validation was best.`;
}

/** The stages up to the one that is used, in words. */
function wordsOf(stages: readonly Stage[], used: string, views: number): string {
  const last = stages.findIndex(({ folder }) => folder === used);
  return stages.slice(0, last + 1).map(({ recipe }) => (
    `${
      recipe.trunkShare > 0
        ? "Then the trunk's last eight convolutions with it"
        : "A head of 101 years on the frozen trunk's code of 1,024 numbers (MobileNet v1)"
    }: ` +
    recipeWords(recipe, views)
  )).join(" ");
}

function recipeWords(
  { rate, trunkShare, weightDecay, batchSize, dropout, averageWeights }: StartRecipe,
  views: number,
): string {
  const trunk = trunkShare > 0 ? ` (the trunk's ${trunkShare} of it)` : "";
  return `AdamW with decay ${weightDecay} at ${rate}${trunk}, cosine; batches of ${batchSize}; dropout ${dropout}; ` +
    `rare groups weighted by the square root; weights averaged (${averageWeights}); ` +
    `photos varied, in ${views} views each.`;
}

export const program = command(
  "train-published",
  "Trains from the weights of a published face network: a head, then its last layers; ships the better one; " +
    "with --refit, trains it once more, on validation too.",
)
  .requiredOption("--name <name>", "the model's name, such as age-groups-published-1")
  .addOption(DATA)
  .addOption(side().default(SIDES.published))
  .addOption(SEED)
  .addOption(SHARES)
  .option(
    "--tune <epochs>",
    "epochs for the last layers; 0 trains a head alone",
    wholeNumber(0),
    6,
  )
  .option("--views <count>", "varied views of each training photo", wholeNumber(1), 3)
  .option(
    "--refit <model>",
    "train once more, on validation as well, as this earlier model of the command was (its name or folder); " +
      "its best epoch and its answers are taken over",
  )
  .option("--out <folder>", "where models lie; else data/models", path, MODELS)
  .addOption(ARITHMETIC)
  .action(
    async ({ name, data, side, seed, shares = ORIGINAL_SHARES, tune, views, refit, out }) => {
      const split = "subject", all = stagesOf(tune), last = all.at(-1)!, target = join(out, name);
      const divided = await prepareStudy({ folder: data, side, split, shares });
      const judged = refit === undefined ? undefined : await openJudged(refit, target, divided, {
        ...{ recipe: wordsOf(all, last.folder, views), epochs: last.recipe.epochs },
        ...{ seed, split, shares, photos: photoCounts(divided) },
      });
      const until = judged?.card.training.bestEpoch;
      const study = until ? withValidation(divided, { epochs: until }) : divided;
      const stages = until ? stagesUntil(until, all) : all;
      const network = await openPublished(side);
      const parts = `${study.data.name}-${side}-${seed}${judged ? "-refit" : ""}`;
      const folder = join(WORK, "published", parts);
      const tail = tailOf(network, TUNED_FROM);
      const best = await withLock(join(folder, LOCK), `training in ${folder}`, async () => {
        const store = await keepMaps(folder, network, TUNED_FROM, study, { seed, rounds: views });
        return await trainStages(folder, { tail, store, study }, stages, { seed });
      });
      if (!judged) {
        console.log(`best on validation: ${best.folder}, ${percent(best.balanced)} balanced`);
      }
      const isTuned = best.recipe.trunkShare > 0;
      const model = startedModel(name, network, side, {
        recipe: wordsOf(stages, best.folder, views) + (judged ? untilWords(best) : ""),
        ...{ seed, shares, photos: photoCounts(study) },
        ...(judged && { refit: true as const }),
        ...{ epochs: until ?? best.recipe.epochs, bestEpoch: best.epoch },
      });
      await shipModel(target, model, study, {
        ...{ name, balance: true, judged, say: console.log },
        ships: (layer) => layer === "years" || (isTuned && tail.layers.includes(layer)),
      });
      model.dispose();
      judged?.dispose();
    },
  );

if (import.meta.main) await runCommand(program);
