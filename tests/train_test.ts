import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { csvParse } from "d3";
import { makeSample } from "@/sample/sample.ts";
import { withFolder } from "@/testing.ts";
import { runTool } from "./_cli.ts";

const TINY = { photos: 120, subjects: 40, albums: 10 };

Deno.test("a model is trained on one data set, resumed, and evaluated on another", async () => {
  await withFolder(async (work) => {
    const [known, unseen] = [join(work, "known"), join(work, "unseen")];
    await makeSample(known, TINY);
    await makeSample(unseen, { photos: 60, subjects: 20, albums: 5, seed: 8 });
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
    const written = Array.from(Deno.readDirSync(figures), ({ name }) => name).toSorted();
    deepEqual(written, [
      ...["figure08_training.png", "figure08_training.svg"],
      ...["figure09_confusion.png", "figure09_confusion.svg"],
      ...["history.csv", "measures.csv", "report.csv"],
    ]);
  });
});

/** Commands that must be refused, and what their message must say. */
const REFUSED: { tool: string; args: string[]; says: RegExp }[] = [
  { tool: "train", args: [], says: /missing required argument 'model'[^]*Usage: deno task train/ },
  { tool: "train", args: ["XL"], says: /no model "XL": the zoo has I, Ia/ },
  {
    tool: "train",
    args: ["IV", "--side", "big"],
    says: /--side <pixels>' argument 'big' is invalid. It takes a whole number from 1/,
  },
  {
    tool: "train",
    args: ["IV", "--split", "age"],
    says: /--split <kind>' argument 'age' is invalid. Allowed choices are photo, subject/,
  },
  {
    tool: "train",
    args: ["IV", "--side", "24", "--data", "SAMPLE"],
    says: /24 pixels: layer pool4/,
  },
  {
    tool: "evaluate",
    args: [],
    says: /missing required argument 'run'[^]*Usage: deno task evaluate/,
  },
  { tool: "evaluate", args: ["nowhere"], says: /Cannot read the run in \/.*\/nowhere/ },
];

for (const { tool, args, says } of REFUSED) {
  Deno.test(`${tool} refuses ${args.join(" ") || "to guess"}, saying what to do`, async () => {
    await withFolder(async (work) => {
      const sample = join(work, "sample");
      if (args.includes("SAMPLE")) {
        await makeSample(sample, { photos: 60, subjects: 20, albums: 5 });
      }
      const named = args.map((word) => word === "SAMPLE" ? sample : word);
      const { success, text } = await runTool(tool, named, work);
      equal(success, false);
      match(text, says);
      equal(/\n {4}at /.test(text), false, "a message, not a stack trace");
    });
  });
}
