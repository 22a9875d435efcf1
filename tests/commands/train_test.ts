import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { csvParse } from "d3";
import { withFolder } from "@/testing.ts";
import { runTool } from "../support/cli.ts";
import { putSample, TINIEST } from "../support/begin.ts";

Deno.test("a model is trained on one data set, resumed, and evaluated on another", async () => {
  await withFolder(async (work) => {
    const [known, unseen] = [join(work, "known"), join(work, "unseen")];
    await putSample(known);
    await putSample(unseen, { ...TINIEST, seed: 8 });
    const train = ["IV", "--data", known, "--side", "80", "--epochs"];
    match((await runTool("train", [...train, "1"], work)).text, /IV: training after 1 epochs/);
    const trained = await runTool("train", [...train, "2"], work);
    ok(trained.success, trained.text);
    const [, run] = trained.text.match(/IV: training after 2 epochs, in (.+)/)!;

    const out = join(work, "predictions.csv");
    const evaluated = await runTool("evaluate", [run!, "--data", unseen, "--out", out], work);
    ok(evaluated.success, evaluated.text);
    match(evaluated.text, /accuracy: \d+\.\d% \(95%: \d+\.\d% to \d+\.\d%\)/);
    match(evaluated.text, /weighted mean/);
    const rows = csvParse(await Deno.readTextFile(out));
    deepEqual(rows.columns, ["photo", "true", "predicted", "0-6", "7-20", "21-37", "38-59", "60+"]);
    const photos = Number(evaluated.text.match(/(\d+) photos of unseen/)![1]);
    equal(rows.length, photos);
    for (const row of rows) {
      const sum = rows.columns.slice(3).reduce((sum, group) => sum + Number(row[group]), 0);
      ok(Math.abs(sum - 1) < 1e-4);
    }

    const figures = join(work, "figures");
    const own = await runTool("evaluate", [run!, "--data", known, "--figures", figures], work);
    match(own.text, /the test part/);
    const [, temperature] = trained.text.match(/Temperature (\d+\.\d{3}), fitted on validation/)!;
    match(own.text, new RegExp(`at temperature ${temperature}`));
    match(own.text, /sets of \d\.\d\d groups hold the truth in \d/);
    match(own.text, /these are correct: [\d.]+% \([^)]+\) of the most certain 90\.5%/);
    const written = Array.from(Deno.readDirSync(figures), ({ name }) => name).toSorted();
    deepEqual(written, [
      "calibration.csv",
      ...["figure08_training.png", "figure08_training.svg"],
      ...["figure09_confusion.png", "figure09_confusion.svg"],
      ...["figure_calibration.png", "figure_calibration.svg"],
      ...["figure_subgroups.png", "figure_subgroups.svg"],
      ...["gaps.csv", "history.csv", "measures.csv", "report.csv", "subgroups.csv"],
    ]);
  });
});

Deno.test("a student learns from what its teacher predicts of the training photos", async () => {
  await withTable(async (folder, work) => {
    const train = ["better-student", "--data", folder, "--side", "32", "--epochs", "1"];
    const { success, text } = await runTool("train", train, work);
    ok(success, text);
    match(
      text,
      /better-student learns from age-groups-published-2, which predicts \d+ photos first/,
    );
    match(text, /better-student: training after 1 epochs/);
  });
});

/** A folder of few photos of the sample's faces, each of its own person, with a table of labels. */
async function withTable(body: (folder: string, work: string) => Promise<void>): Promise<void> {
  await withFolder(async (work) => {
    const folder = join(work, "own");
    await putSample(join(work, "drawn"), TINIEST);
    await Deno.mkdir(folder);
    const faces = join(work, "drawn", "faces");
    const files = [...Deno.readDirSync(faces)].flatMap(({ name }) =>
      [...Deno.readDirSync(join(faces, name))].map((file) => join(faces, name, file.name))
    ).toSorted();
    await Promise.all(files.map((file, k) => Deno.copyFile(file, join(folder, `p${k}.jpg`))));
    await writeLabels(folder, files.length, (k) => k % 2 === 0 ? 3 : 70);
    await body(folder, work);
  });
}

async function writeLabels(folder: string, photos: number, age: (k: number) => number) {
  const rows = Array.from({ length: photos }, (_, k) => `p${k}.jpg,${age(k)}`);
  await Deno.writeTextFile(join(folder, "labels.csv"), ["photo,age", ...rows, ""].join("\n"));
}

Deno.test("a run belongs to its photos and labels, and knows its photos in a copy", async () => {
  await withTable(async (folder, work) => {
    const train = ["IV", "--data", folder, "--side", "80", "--epochs", "1"];
    const first = await runTool("train", train, work);
    ok(first.success, first.text);
    match(
      first.text,
      /Split by photo without near-duplicates; in training and in test: no groups of near-duplicates/,
    );
    const [, run] = first.text.match(/IV: training after 1 epochs, in (.+)/)!;

    const copy = join(work, "copy");
    await Deno.mkdir(copy);
    for (const { name } of Deno.readDirSync(folder)) {
      await Deno.copyFile(join(folder, name), join(copy, name));
    }
    const test = await runTool("evaluate", [run!, "--data", folder], work);
    const [, photos] = test.text.match(/(\d+) photos of own-\w+, the test part/)!;
    const copied = await runTool("evaluate", [run!, "--data", copy, "--include-seen"], work);
    match(copied.text, new RegExp(`^${photos} photos of copy-\\w+; left out are \\d+ that`, "m"));
    match(copied.text, /accuracy, photos seen before: \d/);

    const count = [...Deno.readDirSync(folder)].length - 1;
    await writeLabels(folder, count, (k) => k % 2 === 0 ? 70 : 3);
    const further = train.with(-1, "2"); // the run is not finished, and is not resumed, either
    const refused = await runTool("train", further, work);
    equal(refused.success, false);
    match(
      refused.text,
      /other photos or labels than there are now: \d+ photos have another age group/,
    );
    const afresh = await runTool("train", [...train, "--fresh"], work);
    match(afresh.text, /IV: training after 1 epochs, in .+IV-7-[0-9a-f]{8}\n/);
    const again = await runTool("train", train, work);
    match(again.text, /IV: training after 1 epochs, in .+IV-7-[0-9a-f]{8}\n/);

    await searchBeside(["--data", folder, "--side", "80", "--workers", "1"], work);
  });
});

/** A search among models of which one has been trained afresh, and one on other labels. */
async function searchBeside(options: string[], work: string): Promise<void> {
  const search = [...options, "--models", "IV,IV-rate", "--budget", "6"];
  const own = await runTool("search", search, work);
  ok(own.success, own.text);
  match(own.text, /Models searched: 2, in 6 of 6 epochs/);
  ok(!own.text.includes("failed"), "the run beside the old one is the search's");
}
