/**
 * Executes the notebooks in their order and tells what came of it.
 *
 * @module
 */
import { join } from "node:path";
import { type DataSet, readDataSet } from "@/dataset/data_set.ts";
import { withLock } from "@/base/files.ts";
import { duration } from "@/base/progress.ts";
import { figuresFolder, SAMPLE, WORK } from "@/base/project.ts";
import { canRun, executeNotebook, type Execution, listNotebooks } from "@tools/notebooks.ts";
import { Option } from "@commander-js/extra-typings";
import { findSpec } from "@/model/zoo.ts";
import { command, DATA, path, reading, runCommand, seed, side, split } from "@tools/command.ts";
import { writePage } from "@tools/pages.ts";

/** The notebooks of some numbers, such as `01,02`. */
function choose(numbers: string): string[] {
  const notebooks = listNotebooks();
  return numbers.split(",").map((number) => {
    const found = notebooks.find((name) => name.startsWith(`${number.trim().padStart(2, "0")}_`));
    if (!found) {
      throw new RangeError(`There is no notebook ${number}; there are ${notebooks.join(", ")}.`);
    }
    return found;
  });
}

/** What to execute, on which data, with which settings, and where to write pages. */
interface Job {
  notebooks: string[];
  data?: string;
  html?: string;
  settings: Record<string, string>;
}

/** Reads a data set, and says how many labels and photos it has; the first notebook tells the rest. */
async function openSet(data: string): Promise<DataSet> {
  const set = await readDataSet(data), { labels, photos } = set.found;
  console.log(`Labels: ${labels}, photos: ${photos}, labelled photos: ${set.photos.length}`);
  return set;
}

async function reproduce({ notebooks, data, html, settings }: Job): Promise<void> {
  const set = data ? await openSet(data) : { name: SAMPLE, hasPhotos: true };
  const executions: Execution[] = [];
  for (const notebook of notebooks) {
    if (!canRun(notebook, set)) console.log(`${notebook}: left out, since it needs photos`);
    else {
      const execution = await executeNotebook(notebook, { folder: data, settings });
      if (html) await writePage(execution.path, html);
      executions.push(report(execution));
    }
  }
  console.log(table(executions));
  console.log(`\nFigures are in ${figuresFolder(set)}`);
  if (data) console.log(`Executed notebooks are in ${join(WORK, "notebooks", set.name)}`);
  if (html) console.log(`Pages are in ${html}`);
}

/** Settings as the environment variables that the notebooks read; those not named are left out. */
function toVariables(settings: Record<string, unknown>): Record<string, string> {
  const named = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    named.map(([name, value]) => [`HUMAN_AGE_${name.toUpperCase()}`, String(value)]),
  );
}

function report(execution: Execution): Execution {
  console.log(`${execution.notebook}: done in ${duration(execution.seconds)}`);
  return execution;
}

function table(executions: Execution[]): string {
  const rows = executions.map(({ notebook, seconds, figures }) =>
    [notebook.padEnd(20), seconds.toFixed(1).padStart(8), `  ${figures.join(", ") || "none"}`].join(
      "",
    )
  );
  return ["", `${"notebook".padEnd(20)} seconds  figures written`, ...rows].join("\n");
}

export const program = command(
  "reproduce",
  "Executes the notebooks in their order and draws all figures.",
)
  .addOption(DATA)
  .option(
    "--only <numbers>",
    "the notebooks to execute, such as 01,02; else all",
    reading(choose),
  )
  .option("--html <folder>", "where to write each executed notebook as a web page", path)
  .addOption(side()).addOption(split()).addOption(seed())
  .addOption(
    new Option("--model <name>", "a model of the zoo, such as IV")
      .env("HUMAN_AGE_MODEL").argParser(reading((name) => findSpec(name).id)),
  )
  .addHelpText("after", "\nSide, split, seed and model are each notebook's own unless named.")
  .action(async ({ data, html, only = listNotebooks(), ...settings }) => {
    const job = { data, html, notebooks: only, settings: toVariables(settings) };
    await withLock(
      join(WORK, "reproduce.lock"),
      "reproducing the study in this folder",
      () => reproduce(job),
    );
  });

// the notebook's cell tidies up, then Jupyter ends
if (import.meta.main) await runCommand(program, { ownInterrupt: true });
