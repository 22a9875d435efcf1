import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { makeSample } from "@/sample/sample.ts";
import { MODEL_FILES, parseCard } from "@/model/model_card.ts";
import { withFolder } from "@/testing.ts";
import { runTool } from "./_cli.ts";

const TINY = { photos: 120, subjects: 40, albums: 10 };

Deno.test("a run of ranges and hard targets is shipped, and evaluated on photos it has not seen", async () => {
  await withFolder(async (work) => {
    const known = join(work, "known"), copy = join(work, "copy"), models = join(work, "models");
    await makeSample(known, TINY);
    const train = ["IV", "--data", known, "--side", "80", "--epochs", "1", "--split", "subject"];
    const [, run] = (await runTool("train", train, work)).text.match(/after 1 epochs, in (.+)/)!;
    const args = [run!, "--name", "tiny-1", "--data", known, "--out", models];
    const shipped = await runTool("ship", args, work);
    ok(shipped.success, shipped.text);

    const folder = join(models, "tiny-1"), path = join(folder, MODEL_FILES.card);
    const card = parseCard(await Deno.readTextFile(path), path);
    equal(card.output.kind, "groups");
    equal(card.input.crop, null); // ranges and no known crop: nothing is invented
    equal(card.answer.yearRange, null);
    equal(card.results.length, 2);
    match(await Deno.readTextFile(join(folder, MODEL_FILES.page)), /^# tiny-1\n/);
    const file = JSON.parse(await Deno.readTextFile(join(folder, MODEL_FILES.network)));
    equal(file.userDefinedMetadata.classes.join(" "), "0-6 7-20 21-37 38-59 60+");

    // the same photos in another folder: known by their content
    await makeSample(copy, TINY);
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

Deno.test("a run that learned from validation in the end takes its answers from one that had not", async () => {
  await withFolder(async (work) => {
    const known = join(work, "known"), models = join(work, "models");
    await makeSample(known, TINY);
    const train = ["IV", "--data", known, "--side", "80", "--epochs", "1", "--split", "subject"];
    match(
      (await runTool("train", [...train, "--refit"], work)).text,
      /train without --refit first/,
    );
    const [, judged] = (await runTool("train", train, work)).text.match(/after 1 epochs, in (.+)/)!;
    const again = await runTool("train", [...train, "--refit"], work);
    const [, run] = again.text.match(/after 1 epochs, in (.+)/)!;
    equal(run, `${judged}-refit`);
    const args = [run!, "--name", "tiny-2", "--data", known, "--out", models];
    const shipped = await runTool("ship", args, work);
    ok(shipped.success, shipped.text);
    await runTool("ship", [judged!, "--name", "tiny-1", "--data", known, "--out", models], work);

    const [first, second] = await Promise.all(["tiny-1", "tiny-2"].map(async (name) => {
      const path = join(models, name, MODEL_FILES.card);
      return parseCard(await Deno.readTextFile(path), path);
    }));
    const { train: learned, validation, test } = first!.training.photos;
    deepEqual(second!.training.photos, { train: learned + validation, validation, test });
    deepEqual(second!.answer, first!.answer);
    // validation judges the network that has not seen it, with the weights of its run
    const [judgement, own] = [first!, second!].map(({ results }) =>
      results.map(({ confusion }) => confusion)
    );
    deepEqual(own![0], judgement![0]);
    notDeepEqual(own![1], judgement![1]);
    equal(second!.results[1]!.photos, test);
    match(
      await Deno.readTextFile(join(models, "tiny-2", MODEL_FILES.page)),
      /without these photos/,
    );

    const evaluated = await runTool("evaluate", [join(models, "tiny-2"), "--data", known], work);
    match(evaluated.text, new RegExp(`left out are ${learned + validation} that`));
  });
});

Deno.test("evaluate names the models that ship where there is none of a name", async () => {
  await withFolder(async (work) => {
    const { success, text } = await runTool("evaluate", ["age-groups-0"], work);
    equal(success, false);
    match(text, /no model or folder "age-groups-0". The models that ship: /);
  });
});
