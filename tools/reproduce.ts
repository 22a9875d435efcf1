/**
 * Executes the notebooks in their order and tells what came of it.
 *
 * Usage: deno task reproduce [--data FOLDER] [--only 01,02]
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDataSet } from "@/dataset/data_set.ts";
import { withLock } from "@/base/files.ts";
import { duration } from "@/base/progress.ts";
import { figuresFolder, ROOT, SAMPLE, WORK } from "@/base/project.ts";
import { canRun, executeNotebook, type Execution, listNotebooks } from "@tools/notebooks.ts";
import { runCommand } from "@tools/command.ts";

const USAGE = `Usage: deno task reproduce [--data FOLDER] [--only 01,02]
  --data FOLDER  the photos to work on (data/README.md tells the known layouts); else the sample
  --only 01,02   the notebooks to execute, by their numbers; else all`;

/** Reads the command line. */
function readArguments(args: string[]): { data?: string; notebooks: string[] } {
  const { data, only } = parseArgs({
    args,
    options: { data: { type: "string" }, only: { type: "string" } },
  }).values;
  return { data, notebooks: choose(listNotebooks(), only) };
}

function choose(notebooks: string[], only: string | undefined): string[] {
  if (only === undefined) return notebooks;
  return only.split(",").map((number) => {
    const found = notebooks.find((name) => name.startsWith(`${number.trim().padStart(2, "0")}_`));
    if (!found) {
      throw new Error(`There is no notebook ${number}; there are ${notebooks.join(", ")}.`);
    }
    return found;
  });
}

async function reproduce({ data, notebooks }: { data?: string; notebooks: string[] }) {
  const set = data ? await readDataSet(data) : { name: SAMPLE, hasPhotos: true };
  const executions: Execution[] = [];
  for (const notebook of notebooks) {
    if (!canRun(notebook, set)) console.log(`${notebook}: left out, since it needs photos`);
    else executions.push(report(await executeNotebook(notebook, data)));
  }
  console.log(table(executions));
  console.log(`\nFigures are in ${relative(figuresFolder(set))}`);
  if (data) console.log(`Executed notebooks are in ${relative(join(WORK, "notebooks", set.name))}`);
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

function relative(path: string): string {
  return path.startsWith(ROOT) ? path.slice(ROOT.length + 1) : path;
}

await runCommand(USAGE, async () => {
  const chosen = readArguments(Deno.args);
  await withLock(join(WORK, "reproduce.lock"), "reproducing the study in this folder", () => {
    return reproduce(chosen);
  });
});
