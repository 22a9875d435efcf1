/**
 * The model that validation judges in place of one that has learned from validation as well.
 *
 * @module
 */
import type { OpenModel } from "@/evaluation/open_model.ts";
import type { ModelCard } from "@/model/model_card.ts";
import type { Study } from "@/study/study.ts";

/** What a training and its judge must have in common. */
type Training = Pick<ModelCard["training"], "recipe" | "seed" | "split" | "shares">;

/**
 * Makes sure that a model may judge a training that holds validation as well: it was trained in the same way on the
 * same photos without validation, and has not seen the test.
 *
 * @param study divided as it was for the model, validation apart
 * @throws {Error} if it may not, with all that is wrong
 */
export function requireJudge(
  { name, card, seen }: Pick<OpenModel, "name" | "card" | "seen">,
  { train, validation, test }: Study,
  training: Training,
): void {
  const { squares } = train, own = card.training;
  const unseen = (part: Study["train"]) => (
    part.indices.filter((index) => !seen.isFile(squares.contents![index]!.md5)).length
  );
  const missing = unseen(train) + unseen(validation);
  const learned = test.indices.length - unseen(test);
  const wrong = [
    ...own.refit ? ["it has learned from validation itself"] : [],
    ...(["recipe", "seed", "split", "shares"] as const)
      .filter((key) => JSON.stringify(own[key]) !== JSON.stringify(training[key]))
      .map((key) => `its ${key} is ${tell(own[key])}, not ${tell(training[key])}`),
    ...missing > 0 ? [`photos of training and validation that it has not seen: ${missing}`] : [],
    ...learned > 0 ? [`photos of the test that it has seen: ${learned}`] : [],
  ];
  if (wrong.length === 0) return;
  throw new Error(
    `Validation cannot judge ${name} in place of this training: ${wrong.join("; ")}. ` +
      "Make it from the same photos with the same options, but without --refit",
  );
}

function tell(value: unknown): string {
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}
