/** Trains from a published start, and makes the model that ships of it. */
import { join, resolve } from "node:path";
import { withLock } from "@/base/files.ts";
import { WORK } from "@/base/project.ts";
import { percent } from "@/base/text.ts";
import { MODELS } from "@/answers/model_folder.ts";
import { type OpenModel, openModel, type OpenNetwork, toModel } from "@/answers/open_model.ts";
import { shipModel } from "@/answers/ship.ts";
import { buildMobileNet } from "@/model/mobile_net.ts";
import { cardSummary, type ModelCard, newCard } from "@/model/model_card.ts";
import { addPublishedWeights, PUBLISHED } from "@/model/published_weights.ts";
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
  FORCE,
  path,
  runCommand,
  SEED,
  SHARES,
  side,
  wholeNumber,
} from "@tools/shared/command.ts";
import { checkTargets, modelTarget } from "@tools/shared/targets.ts";

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

/** The facts that a refit and the model before it share. */
type Training = Pick<
  ModelCard["training"],
  "recipe" | "epochs" | "seed" | "split" | "shares" | "photos"
>;

/**
 * Requires that the validation scores of a model may stand in for its refit's: it was trained in the same way on the
 * same photos without validation, and has not seen the test.
 *
 * @param study divided as it was for the model, validation apart
 * @param training the training that the model must have had
 * @throws {Error} if they may not, with all that is wrong
 */
export function requireScorer(
  { card, seen }: Pick<OpenModel, "card" | "seen">,
  { side, train, validation, test }: Study,
  training: Training,
): void {
  const unseen = ({ squares, indices }: Study["train"]) => (
    indices.filter((index) => !seen.isFile(squares.contents![index]!.md5)).length
  );
  const missing = unseen(train) + unseen(validation);
  const learned = test.indices.length - unseen(test);
  const wrong = [
    ...card.training.refit ? ["it has learned from validation itself"] : [],
    ...differences(factsOf(card.training, card.input.side), factsOf(training, side)),
    ...missing > 0 ? [`photos of training and validation that it has not seen: ${missing}`] : [],
    ...learned > 0 ? [`photos of the test that it has seen: ${learned}`] : [],
  ];
  if (wrong.length === 0) return;
  throw new Error(
    `The validation scores of ${card.name} cannot stand in for this refit's: ${
      wrong.join("; ")
    }. ` +
      "Make it from the same photos with the same options, but without --refit; if its head alone was best, " +
      "refit with --tune 0",
  );
}

/** The facts of a training in words. */
function factsOf(
  { recipe, epochs, seed, split, shares, photos }: Training,
  side: number,
): Record<string, string> {
  return {
    recipe: `“${recipe}”`,
    "number of epochs": String(epochs),
    seed: String(seed),
    side: `${side} pixels`,
    split: `by ${split}`,
    "share of training": percent(shares.train),
    "share of validation": percent(shares.validation),
    "number of photos": `${photos.train}, ${photos.validation} and ${photos.test}`,
  };
}

function differences(own: Record<string, string>, wanted: Record<string, string>): string[] {
  return Object.keys(own).filter((fact) => own[fact] !== wanted[fact])
    .map((fact) => `its ${fact} is ${own[fact]}, not ${wanted[fact]}`);
}

/**
 * Opens the model whose validation scores stand in for its refit's.
 *
 * @throws {Error} if they may not, or if the refit would overwrite it
 */
async function openScorer(
  name: string,
  target: string,
  study: Study,
  training: Training,
): Promise<OpenNetwork> {
  const scorer = await openModel(name);
  requireScorer(scorer, study, training);
  if (resolve(scorer.folder) !== resolve(target)) return scorer;
  throw new Error(`The refit would overwrite ${target}: give it another --name or --out`);
}

/** The epoch at which a refit stopped, if not at its end, in words. */
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
  .addOption(FORCE)
  .addOption(ARITHMETIC)
  .action(
    async (
      { name, data, side, seed, shares = ORIGINAL_SHARES, tune, views, refit, out, force },
    ) => {
      checkTargets([modelTarget(join(out, name))], { reads: [data], force });
      const split = "subject", all = stagesOf(tune), last = all.at(-1)!, target = join(out, name);
      const divided = await prepareStudy({ folder: data, side, split, shares });
      const scoredBy = refit === undefined ? undefined : await openScorer(refit, target, divided, {
        ...{ recipe: wordsOf(all, last.folder, views), epochs: last.recipe.epochs },
        ...{ seed, split, shares, photos: photoCounts(divided) },
      });
      const until = scoredBy?.card.training.bestEpoch;
      const study = until ? withValidation(divided, { epochs: until }) : divided;
      const stages = until ? stagesUntil(until, all) : all;
      const network = buildMobileNet({ side });
      await addPublishedWeights(network, PUBLISHED);
      const parts = `${study.data.name}-${side}-${seed}${scoredBy ? "-refit" : ""}`;
      const folder = join(WORK, "published", parts);
      const tail = tailOf(network, TUNED_FROM);
      const best = await withLock(join(folder, LOCK), `training in ${folder}`, async () => {
        const store = await keepMaps(folder, network, TUNED_FROM, study, { seed, rounds: views });
        return await trainStages(folder, { tail, store, study }, stages, { seed });
      });
      if (!scoredBy) {
        console.log(`best on validation: ${best.folder}, ${percent(best.balanced)} balanced`);
      }
      const isTuned = best.recipe.trunkShare > 0;
      const model = toModel(
        network,
        newCard({
          ...{ name, summary: cardSummary(", from a published start"), side, data: "" },
          training: {
            ...{ spec: null, split, start: PUBLISHED },
            recipe: wordsOf(stages, best.folder, views) + (scoredBy ? untilWords(best) : ""),
            ...{ seed, shares, photos: photoCounts(study) },
            ...(scoredBy && { refit: true as const }),
            ...{ epochs: until ?? best.recipe.epochs, bestEpoch: best.epoch },
          },
        }),
      );
      await shipModel(target, model, study, {
        ...{ name, balance: true, scoredBy, say: console.log },
        ships: (layer) => layer === "years" || (isTuned && tail.layers.includes(layer)),
      });
      model.close();
      scoredBy?.close();
    },
  );

if (import.meta.main) await runCommand(program);
