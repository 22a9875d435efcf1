/**
 * The model that validation judges in place of a refit, which has learned from validation as well.
 *
 * @module
 */
import { percent } from "@/base/text.ts";
import type { OpenModel } from "@/answers/open_model.ts";
import type { ModelCard } from "@/model/model_card.ts";
import type { Study } from "@/study/study.ts";

/** What a refit and the model before it have in common. */
type Training = Pick<
  ModelCard["training"],
  "recipe" | "epochs" | "seed" | "split" | "shares" | "photos"
>;

/**
 * Makes sure that validation may judge a model in place of its refit: it was trained in the same way on the same
 * photos without validation, and has not seen the test.
 *
 * @param study divided as it was for the model, validation apart
 * @param training how the model must have been trained
 * @throws {Error} if it may not, with all that is wrong
 */
export function requireJudged(
  { name, card, seen }: Pick<OpenModel, "name" | "card" | "seen">,
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
    `Validation cannot judge ${name} in place of this refit: ${wrong.join("; ")}. ` +
      "Make it from the same photos with the same options, but without --refit; if its head alone was best, " +
      "refit with --tune 0",
  );
}

/** What is known of a training, in words. */
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
