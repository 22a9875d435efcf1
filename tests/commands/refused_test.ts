import { equal, match } from "node:assert/strict";
import { join } from "node:path";
import { withFolder, withWork } from "@/testing.ts";

const { module: { putSample, runHere, TINIEST } } = await withWork(async () => ({
  ...await import("../support/begin.ts"),
  ...await import("../support/here.ts"),
}));

/** What stands in the folder of a command that must be refused. */
interface Folder {
  /** The folder: it holds a text. */
  folder: string;
  /** A sample in it, if that is asked for. */
  sample: string;
}

/** A command that must be refused, and what its message must say. */
interface Refused {
  tool: string;
  /** What is refused; else the words themselves tell. */
  name?: string;
  args: (folder: Folder) => string[];
  says: RegExp[];
  needsSample?: boolean;
}

const FOLDS = (
  { sample }: Folder,
) => ["IV", "--data", sample, "--side", "80", "--epochs", "1", "--split", "folds"];

const REFUSED: Refused[] = [
  {
    tool: "train",
    args: () => [],
    says: [/missing required argument 'model'[^]*Usage: deno task train/],
  },
  { tool: "train", args: () => ["XL"], says: [/no model "XL": the zoo has I, Ia/] },
  {
    tool: "train",
    args: () => ["IV", "--side", "big"],
    says: [/--side <pixels>' argument 'big' is invalid. It must be a whole number of at least 1/],
  },
  {
    tool: "train",
    name: "a seed that would be taken for another",
    args: () => ["IV", "--seed", "9007199254740993"],
    says: [/--seed <number>' argument '9007199254740993' is invalid/],
  },
  {
    tool: "train",
    args: () => ["IV", "--split", "age"],
    says: [
      /--split <kind>' argument 'age' is invalid. Allowed choices are photo, subject, folds, original/,
    ],
  },
  {
    tool: "train",
    name: "a side that the model has no maps for",
    args: ({ sample }) => ["IV", "--side", "24", "--data", sample],
    says: [/24 pixels: layer pool4/],
    needsSample: true,
  },
  {
    tool: "train",
    name: "folds of which none is named",
    args: FOLDS,
    says: [/name --split folds and the fold to test on, such as --fold 0/],
    needsSample: true,
  },
  {
    tool: "train",
    name: "a fold that is not there",
    args: (folder) => [...FOLDS(folder), "--fold", "7"],
    says: [/There is no fold 7: the folds are 0, 1, 2, 3, 4/],
    needsSample: true,
  },
  {
    tool: "search",
    args: () => ["--budget", "9", "--split", "folds"],
    says: [
      /'folds' is invalid\. Folds are for one model: `deno task cross-validate MODEL` trains it/,
    ],
  },
  {
    tool: "cross_validate",
    name: "to find faces with workers of a queue, which would wait for it in vain",
    args: () => ["IV", "--faces", "find", "--queue", "postgres://127.0.0.1:1/none"],
    says: [/Workers of a queue do not find faces: cross-validate without --queue, or/],
  },
  {
    tool: "search",
    name: "a queue's URL that a sign of the password cuts, without a word of it",
    args: () => ["--budget", "9", "--queue", "postgres://ann:12#secret@db/age"],
    says: [/^(?![^]*secret)[^]*are written so: # %23, \/ %2F/],
  },
  {
    tool: "evaluate",
    args: () => [],
    says: [/missing required argument 'model'[^]*Usage: deno task evaluate/],
  },
  {
    tool: "evaluate",
    args: () => ["nowhere"],
    says: [/There is no model or folder "nowhere"/],
  },
  {
    tool: "evaluate",
    args: () => ["age-groups-0"],
    says: [/no model or folder "age-groups-0". The models that ship: /],
  },
  {
    tool: "predict",
    name: "a photo that is not there",
    args: ({ folder }) => [join(folder, "none.jpg")],
    says: [/There is no file or folder ".*none\.jpg"/],
  },
  {
    tool: "predict",
    name: "a folder without a picture",
    args: ({ folder }) => [folder],
    says: [/There is no picture in/],
  },
  { tool: "predict", args: () => [], says: [/missing required argument 'photos'/] },
  {
    tool: "predict",
    name: "an empty path, as of a variable that is not set",
    args: ({ folder }) => [folder, "--out", ""],
    says: [/'--out <file>' argument '' is invalid. It takes a path, and this one is empty/],
  },
  {
    tool: "predict",
    name: "groups of no words",
    args: ({ sample }) => [sample, "--groups", ""],
    says: [/Cannot read the group ""/],
    needsSample: true,
  },
  {
    tool: "evaluate",
    name: "a folder without a run, and nobody is to remove it",
    args: ({ folder }) => [folder],
    says: [/^(?![^]*remove)[^]*There is no run in .*: name the folder of a run/],
  },
  {
    tool: "predict",
    args: () => [".", "--format", "xml"],
    says: [/Allowed choices are csv, csv-excel, json/],
  },
  {
    tool: "predict",
    name: "a model that is not there",
    args: ({ sample }) => [sample, "--model", "age-groups-99"],
    says: [/There is no model or folder "age-groups-99". The models that ship: /],
    needsSample: true,
  },
  {
    tool: "reproduce",
    name: "a folder that is not there",
    args: ({ folder }) => ["--data", join(folder, "nowhere")],
    says: [/nowhere/, /no such folder/],
  },
  {
    tool: "reproduce",
    name: "a folder of no known layout",
    args: ({ folder }) => ["--data", folder],
    says: [/labels\.csv/, /fold_0_data\.txt/, /UTKFace/i, /notes\.txt/],
  },
  {
    tool: "reproduce",
    name: "a file in place of a folder",
    args: ({ folder }) => ["--data", join(folder, "notes.txt")],
    says: [/notes\.txt/, /not a folder/],
  },
  {
    tool: "reproduce",
    name: "a notebook that is not there",
    args: () => ["--only", "99"],
    says: [/no notebook 99/, /01_eda/],
  },
  {
    tool: "reproduce",
    name: "an option that is not there",
    args: () => ["--dta", "x"],
    says: [/--dta/, /Usage: deno task reproduce/],
  },
];

for (const { tool, name, args, says, needsSample } of REFUSED) {
  const what = name ?? (args({ folder: "", sample: "" }).join(" ") || "to guess");
  Deno.test(`${tool} refuses ${what}, saying what to do`, async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "notes.txt"), "no labels here");
      const sample = join(folder, "sample");
      if (needsSample) await putSample(sample, TINIEST);
      const { code, err } = await runHere(tool, args({ folder, sample }));
      equal(code, 1);
      for (const pattern of says) match(err, pattern);
      equal(/\n {4}at /.test(err), false, "a message, not a stack trace");
    });
  });
}
