import { deepEqual, doesNotThrow, equal, match, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import type { OpenModel } from "@/answers/open_model.ts";
import type { ModelCard } from "@/model/model_card.ts";
import type { Study } from "@/study/study.ts";
import { withFolder } from "@/testing.ts";
import { requireScorer } from "@tools/commands/train_published.ts";
import { cardOf, runTool } from "../support/cli.ts";
import { putSample } from "../support/begin.ts";

/** The results of one part of the photos. */
function resultsOf(results: ModelCard["results"], part: string) {
  return results.find((own) => own.part === part);
}

Deno.test("a model from a published start ships, and once more with validation, judged by the first", async () => {
  await withFolder(async (work) => {
    const data = join(work, "known"), models = join(work, "models");
    await putSample(data);
    const shared = ["--data", data, "--side", "32", "--views", "1", "--out", models];
    const make = (name: string, ...more: string[]) => (
      runTool("train_published", ["--name", name, ...shared, ...more], work)
    );
    const first = await make("first", "--tune", "0");
    ok(first.success, first.text);
    match(first.text, /best on validation: head, /);
    const before = await cardOf(models, "first");

    const again = await make("again", "--tune", "0", "--refit", join(models, "first"));
    ok(again.success, again.text);
    const { training, answer, results } = await cardOf(models, "again");
    deepEqual(resultsOf(results, "validation"), resultsOf(before.results, "validation"));
    deepEqual(answer, before.answer);
    deepEqual([training.refit, training.epochs], [true, before.training.bestEpoch]);
    equal(training.photos.train, before.training.photos.train + before.training.photos.validation);

    const evaluated = await runTool("evaluate", [join(models, "again"), "--data", data], work);
    ok(evaluated.success, evaluated.text);
    const over = await make("first", "--tune", "0", "--refit", join(models, "first"));
    match(over.text, /would overwrite .*first: give it another --name or --out/);
    const worse = await make("third", "--tune", "1", "--refit", join(models, "again"));
    match(worse.text, /it has learned from validation itself; its recipe is/);
  });
});

const TRAINING = {
  ...{ recipe: "A head.", epochs: 6, seed: 7, split: "subject" as const },
  ...{ shares: { train: 0.5, validation: 0.25 }, photos: { train: 1, validation: 1, test: 1 } },
};

/** Three photos: one to train with, one for validation, one for the test. */
const SQUARES = { contents: ["a", "b", "c"].map((md5) => ({ md5, hash: null })) };
const STUDY = {
  side: 160,
  train: { squares: SQUARES, indices: [0] },
  validation: { squares: SQUARES, indices: [1] },
  test: { squares: SQUARES, indices: [2] },
} as unknown as Study;

function model(seen: string[], training: object = {}, side = 160): OpenModel {
  return {
    card: { name: "before", training: { ...TRAINING, ...training }, input: { side } },
    seen: { isFile: (md5: string) => seen.includes(md5), hashes: null },
  } as unknown as OpenModel;
}

Deno.test("the validation scores of a model of the same photos and recipe stand in for its refit's", () => {
  doesNotThrow(() => requireScorer(model(["a", "b"]), STUDY, TRAINING));
});

Deno.test("all that keeps a model's validation scores from standing in is said at once", () => {
  const shares = { train: 0.6, validation: 0.2 }, photos = { train: 2, validation: 0, test: 1 };
  const other = { seed: 8, recipe: "Another.", epochs: 12, shares, photos, refit: true };
  throws(() => requireScorer(model(["a", "c"], other, 96), STUDY, TRAINING), {
    message: "The validation scores of before cannot stand in for this refit's: " +
      "it has learned from validation itself; its recipe is “Another.”, not “A head.”; " +
      "its number of epochs is 12, not 6; its seed is 8, not 7; its side is 96 pixels, not 160 pixels; " +
      "its share of training is 60.0%, not 50.0%; its share of validation is 20.0%, not 25.0%; " +
      "its number of photos is 2, 0 and 1, not 1, 1 and 1; " +
      "photos of training and validation that it has not seen: 1; photos of the test that it has seen: 1. " +
      "Make it from the same photos with the same options, but without --refit; if its head alone was best, " +
      "refit with --tune 0",
  });
});

Deno.test("the validation scores of a model that has seen the test do not stand in", () => {
  throws(() => requireScorer(model(["a", "b", "c"]), STUDY, TRAINING), /test that it has seen: 1/);
});
