import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { readDataSet } from "@/dataset/data_set.ts";
import { MODEL_FILES } from "@/model/model_card.ts";
import { withFolder } from "@/testing.ts";
import { cardOf, runTool } from "../support/cli.ts";
import { putSample } from "../support/begin.ts";

Deno.test("a run of ranges and hard targets is shipped, and evaluated on photos it has not seen", async () => {
  await withFolder(async (work) => {
    const known = join(work, "known"), copy = join(work, "copy"), models = join(work, "models");
    await putSample(known);
    const train = ["IV", "--data", known, "--side", "80", "--epochs", "1", "--split", "subject"];
    const [, run] = (await runTool("train", train, work)).text.match(/after 1 epochs, in (.+)/)!;
    const updated = await runTool("evaluate", [run!, "--data", known, "--update-card"], work);
    match(
      updated.text,
      /Cannot update the card of IV-7: it is a run, which has none. Ship it first/,
    );
    const early = await runTool("calibrate", [run!, "--data", join(work, "not there")], work);
    match(early.text, /Cannot calibrate IV-7: it predicts groups alone/); // before it looks for photos
    const args = [run!, "--name", "tiny-1", "--data", known, "--out", models];
    const shipped = await runTool("ship", args, work);
    ok(shipped.success, shipped.text);

    const folder = join(models, "tiny-1"), card = await cardOf(models, "tiny-1");
    equal(card.output.kind, "groups");
    equal(card.input.crop, null); // ranges and no known crop: nothing is invented
    equal(card.answer.yearRange, null);
    equal(card.results.length, 2);
    match(await Deno.readTextFile(join(folder, MODEL_FILES.page)), /^# tiny-1\n/);
    const file = JSON.parse(await Deno.readTextFile(join(folder, MODEL_FILES.network)));
    equal(file.userDefinedMetadata.classes.join(" "), "0-6 7-20 21-37 38-59 60+");

    // the same photos in another folder: known by their content
    await putSample(copy);
    const evaluated = await runTool("evaluate", [folder, "--data", copy], work);
    ok(evaluated.success, evaluated.text);
    const left = card.training.photos.train + card.training.photos.validation;
    match(evaluated.text, new RegExp(`; left out are ${left} that it was trained on`));
    const test = card.results[1]!.measures.find(({ measure }) => measure === "balanced accuracy")!;
    const told = evaluated.text.match(/balanced accuracy: ([\d.]+)%/)!;
    equal(told[1], (100 * test.value).toFixed(1));

    await Deno.writeFile(join(folder, card.weights.file), new Uint8Array(8));
    match(
      (await runTool("evaluate", [folder, "--data", copy], work)).text,
      /weights.bin is not the file/,
    );
  });
});

/** Says of a run in a folder that it is finished. */
async function finish(folder: string): Promise<void> {
  const path = join(folder, "run.json"), run = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...run, state: "finished" }));
}

Deno.test("a run that learned from validation in the end takes its answers from one that had not", async () => {
  await withFolder(async (work) => {
    const known = join(work, "known"), models = join(work, "models");
    await putSample(known);
    const train = ["IV", "--data", known, "--side", "80", "--epochs", "1", "--split", "subject"];
    const ship = (run: string, name: string) => (
      runTool("ship", [run, "--name", name, "--data", known, "--out", models], work)
    );
    const [, judged] = (await runTool("train", train, work)).text.match(/after 1 epochs, in (.+)/)!;
    match(
      (await runTool("train", [...train, "--refit"], work)).text,
      /train it to its end without --refit first/,
    );
    await finish(judged!);
    const again = await runTool("train", [...train, "--refit"], work);
    const [, run] = again.text.match(/IV: finished after 1 epochs, in (.+)/)!; // as many as were best
    equal(run, `${judged}-refit`);
    equal((await ship(run!, "tiny-2")).success, true);
    equal((await ship(judged!, "tiny-1")).success, true);

    const [first, second] = [await cardOf(models, "tiny-1"), await cardOf(models, "tiny-2")];
    const { train: learned, validation, test } = first.training.photos;
    deepEqual(second.training.photos, { train: learned + validation, validation, test });
    deepEqual(second.answer, first.answer);
    deepEqual(second.results[0], first.results[0]); // validation judges the network that has not seen it
    notDeepEqual(second.results[1]!.confusion, first.results[1]!.confusion);
    equal(second.results[1]!.photos, test);
    match(
      await Deno.readTextFile(join(models, "tiny-2", MODEL_FILES.page)),
      /without these photos/,
    );

    const evaluated = await runTool("evaluate", [join(models, "tiny-2"), "--data", known], work);
    match(evaluated.text, new RegExp(`left out are ${learned + validation} that`));
  });
});

Deno.test("a run of a fold ships with that fold as its test, and not for other photos", async () => {
  await withFolder(async (work) => {
    const known = join(work, "known"), models = join(work, "models");
    await putSample(known);
    const train = ["IV", "--data", known, "--side", "80", "--epochs", "1", "--split", "folds"];
    const fold = [...train, "--folds", "3", "--fold", "2"];
    const [, run] = (await runTool("train", fold, work)).text.match(/after 1 epochs, in (.+)/)!;
    const ship = () =>
      runTool("ship", [run!, "--name", "t", "--data", known, "--out", models], work);
    ok((await ship()).success);
    const { training: { photos, shares }, results } = await cardOf(models, "t");
    equal(results[1]!.photos, photos.test);
    const all = photos.train + photos.validation + photos.test;
    deepEqual(shares, { train: photos.train / all, validation: photos.validation / all });
    const evaluated = await runTool("evaluate", [join(models, "t"), "--data", known], work);
    match(evaluated.text, new RegExp(`left out are ${photos.train + photos.validation} that`));

    const { photos: [gone] } = await readDataSet(known);
    await Deno.remove(join(known, gone!.photo));
    const refused = await ship();
    equal(refused.success, false);
    match(refused.text, /has learned from other photos or labels than there are now/);
  });
});
