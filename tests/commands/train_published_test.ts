import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { ModelCard } from "@/model/model_card.ts";
import { withFolder } from "@/testing.ts";
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
