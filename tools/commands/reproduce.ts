/** Executes the notebooks, two at a time where there are cores for it, and tells what came of it. */
import { join } from "node:path";
import { type DataSet, readDataSet } from "@/dataset/data_set.ts";
import { withLock } from "@/base/files.ts";
import { Interrupted } from "@/base/interruption.ts";
import { duration } from "@/base/progress.ts";
import { figuresFolder, ROOT, RUN, SAMPLE, WORK } from "@/base/project.ts";
import { askedArithmetic } from "@/native/arithmetic.ts";
import { threadsEach } from "@/base/worker_process.ts";
import * as books from "@tools/notebooks/notebooks.ts";
import { Option } from "@commander-js/extra-typings";
import { findSpec } from "@/model/zoo.ts";
import { VARIABLES } from "@/study/defaults.ts";
import { openData } from "@/study/open_data.ts";
import * as cli from "@tools/shared/command.ts";
import { type LaneLines, openLaneLines, runInLanes } from "@tools/shared/lanes.ts";
import { output } from "@tools/shared/python.ts";
import { checkTargets, pageTargets } from "@tools/shared/targets.ts";

/** The notebooks of some numbers, such as `01,02`. */
function choose(numbers: string): string[] {
  const notebooks = books.listNotebooks();
  return numbers.split(",").map((number) => {
    const found = notebooks.find((name) => name.startsWith(`${number.trim().padStart(2, "0")}_`));
    if (found) return found;
    throw new RangeError(`There is no notebook ${number}; there are ${notebooks.join(", ")}.`);
  });
}

/** The data and settings of a notebook, and the folder of pages. */
type OneJob = { data?: string; html?: string; settings: Record<string, string> };

type Job = OneJob & { notebooks: string[] };

/** Reads a data set, and says how many labels and photos it has; the first notebook tells the rest. */
async function openSet(data: string): Promise<DataSet> {
  const set = await readDataSet(data), { labels, photos } = set.found;
  console.log(`Labels: ${labels}, photos: ${photos}, labelled photos: ${set.photos.length}`);
  return set;
}

/** Notebooks at a time: two where there are cores for it; one of chosen ones, since what they need may be missing. */
function countLanes(notebooks: readonly string[]): number {
  const isPart = notebooks.length < books.listNotebooks().length;
  return isPart ? 1 : Math.min(2, navigator.hardwareConcurrency);
}

/** The variables of lanes that share the cores; whoever has set a number of threads keeps it. */
function sharing(lanes: number): Record<string, string> {
  const name = "TF_NUM_INTRAOP_THREADS", share = String(threadsEach(lanes));
  return lanes > 1 && !Deno.env.get(name) ? { [name]: share } : {};
}

/** Executes a notebook in a lane; what a failing one says is printed whole. */
async function executeIn(lane: number, lines: LaneLines, notebook: string, job: OneJob) {
  const { data, html, settings } = job, onProgress = (text: string) => lines.show(lane, text);
  try {
    const execution = await books.executeNotebook(notebook, { folder: data, settings, onProgress });
    if (html) await books.writePage(execution.path, html);
    lines.print(`${notebook}: done in ${duration(execution.seconds)}`);
    return execution;
  } catch (error) {
    if (!(error instanceof books.Failed)) throw error;
    lines.print(`\n${error.message}\n`);
    throw new Error(`The notebook ${notebook} failed; see above.`);
  } finally {
    lines.show(lane, null);
  }
}

/** Executes notebooks in lanes, and tells what came of them; throws if one failed or was interrupted. */
async function executeAll({ notebooks, ...job }: Job, lanes: number): Promise<void> {
  const lines = openLaneLines(), isOneSetting = Object.keys(job.settings).length > 0;
  const needs = (notebook: string) => books.neededBy(notebook, isOneSetting);
  const settings = { ...sharing(lanes), ...job.settings };
  const execute = (notebook: string, lane: number) =>
    executeIn(lane, lines, notebook, { ...job, settings });
  const ends = await runInLanes(notebooks, { lanes, needs }, execute);
  const failures = ends.flatMap((end) => end?.status === "rejected" ? [end.reason] : []);
  const interrupted = failures.find((reason) => reason instanceof Interrupted);
  if (interrupted) throw interrupted;
  console.log(table(ends.flatMap((end) => end?.status === "fulfilled" ? [end.value] : [])));
  if (failures.length > 0) throw failures[0];
}

const TELLING = join(ROOT, "tools", "notebooks", "tell_arithmetic.ts");

/** Tells whether notebooks come out as they are committed: with their own settings, and the pinned arithmetic. */
async function areAsCommitted(settings: OneJob["settings"]): Promise<boolean> {
  if (Object.keys(settings).length > 0 || askedArithmetic() === "native") return false;
  // asked in another process: in this one, TensorFlow would keep the memory of a graphics card from the notebooks
  if (await output(Deno.execPath(), [...RUN, TELLING]) !== "native") return true;
  console.log(
    "This machine cannot keep to the pinned arithmetic: what is committed stays as it is",
  );
  return false;
}

async function reproduce({ notebooks, html, settings, ...job }: Job): Promise<void> {
  const isAsCommitted = !job.data && await areAsCommitted(settings);
  // with others, the sample is a folder like any other: the committed notebooks and figures stay as they are
  const data = job.data ?? (isAsCommitted ? undefined : (await openData()).folder);
  const set = data ? await openSet(data) : { name: SAMPLE, hasPhotos: true };
  const chosen = notebooks.filter((notebook) => books.canRun(notebook, set));
  for (const notebook of notebooks.filter((notebook) => !chosen.includes(notebook))) {
    console.log(`${notebook}: left out, since it needs photos`);
  }
  await executeAll({ notebooks: chosen, data, html, settings }, countLanes(notebooks));
  console.log(`\nFigures are in ${figuresFolder(set)}`);
  if (data) console.log(`Executed notebooks are in ${join(WORK, "notebooks", set.name)}`);
  if (html) console.log(`Pages are in ${html}`);
}

/** Settings as the environment variables that the notebooks read; those not named are left out. */
function toVariables(settings: Partial<Record<keyof typeof VARIABLES, unknown>>) {
  const entries = Object.entries(VARIABLES) as [keyof typeof VARIABLES, string][];
  const named = entries.filter(([name]) => settings[name] !== undefined);
  return Object.fromEntries(named.map(([name, variable]) => [variable, String(settings[name])]));
}

function table(executions: books.Execution[]): string {
  const rows = executions.map(({ notebook, seconds, figures }) => (
    `${notebook.padEnd(20)}${seconds.toFixed(1).padStart(8)}  ${figures.join(", ") || "none"}`
  ));
  return ["", `${"notebook".padEnd(20)} seconds  figures written`, ...rows].join("\n");
}

export const program = cli.command(
  "reproduce",
  "Executes the notebooks in their order and draws all figures.",
)
  .addOption(cli.DATA)
  .option("--only <numbers>", "notebooks to execute, such as 01,02; else all", cli.reading(choose))
  .option("--html <folder>", "where to write each executed notebook as a web page", cli.path)
  .addOption(cli.side()).addOption(cli.split()).addOption(cli.seed())
  .addOption(
    new Option("--model <name>", "a model, such as IV or better")
      .env(VARIABLES.model).argParser(cli.reading((name) => findSpec(name).id)),
  )
  .addHelpText(
    "after",
    "\nSide, split, seed and model are each notebook's own unless named. With others, or with --arithmetic native, the " +
      "executed notebooks and their figures go to the work folder, as with --data.",
  )
  .addOption(cli.FORCE).addOption(cli.ARITHMETIC)
  .action(async ({ data, html, only = books.listNotebooks(), force, ...settings }) => {
    checkTargets(pageTargets(html, only), { reads: [data], force });
    const job = { data, html, notebooks: only, settings: toVariables(settings) };
    const lock = join(WORK, "reproduce.lock"), doing = "reproducing the study in this folder";
    await withLock(lock, doing, () => reproduce(job));
  });

// the notebook's cell tidies up, then Jupyter ends
if (import.meta.main) await cli.runCommand(program, { ownInterrupt: true });
