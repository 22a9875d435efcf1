/**
 * Executes the notebooks in their order and tells what came of it.
 *
 * @module
 */
import { join } from "node:path";
import { readDataSet } from "@/dataset/data_set.ts";
import { withLock } from "@/base/files.ts";
import { duration } from "@/base/progress.ts";
import { figuresFolder, SAMPLE, WORK } from "@/base/project.ts";
import { canRun, executeNotebook, type Execution, listNotebooks } from "@tools/notebooks.ts";
import { command, DATA, reading, runCommand } from "@tools/command.ts";

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

async function reproduce({ data, notebooks }: { data?: string; notebooks: string[] }) {
  const set = data ? await readDataSet(data) : { name: SAMPLE, hasPhotos: true };
  const executions: Execution[] = [];
  for (const notebook of notebooks) {
    if (!canRun(notebook, set)) console.log(`${notebook}: left out, since it needs photos`);
    else executions.push(report(await executeNotebook(notebook, data)));
  }
  console.log(table(executions));
  console.log(`\nFigures are in ${figuresFolder(set)}`);
  if (data) console.log(`Executed notebooks are in ${join(WORK, "notebooks", set.name)}`);
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

await runCommand(
  command("reproduce", "Executes the notebooks in their order and draws all figures.")
    .addOption(DATA)
    .option(
      "--only <numbers>",
      "the notebooks to execute, such as 01,02; else all",
      reading(choose),
    )
    .action(async ({ data, only = listNotebooks() }) => {
      await withLock(
        join(WORK, "reproduce.lock"),
        "reproducing the study in this folder",
        () => reproduce({ data, notebooks: only }),
      );
    }),
);
