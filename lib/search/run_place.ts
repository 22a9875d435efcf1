/**
 * The files of the runs that a worker trains: they lie in the database, from which each worker fetches what it
 * needs into a folder.
 */
import { join } from "node:path";
import { writeWhole } from "@/base/files.ts";
import type { Database } from "@/search/database.ts";
import { readFiles, type RunFiles, type RunRecord } from "@/search/records.ts";
import { filesOf, keepRun, readRun } from "@/training/checkpoint.ts";
import type { Run } from "@/training/run.ts";

export type RunPlace = ReturnType<typeof placeInDatabase>;

/** A run, and its files that the database keeps. */
export type Kept = Awaited<ReturnType<RunPlace["collect"]>>;

/** The place of a worker among others: a folder of its own, filled from the database. */
export function placeInDatabase(database: Database, scratch: string) {
  return {
    /** Makes the files of a run ready to be trained further; returns its folder, and the run as that has it. */
    async open(record: RunRecord): Promise<{ folder: string; run: Run }> {
      const { id, run } = record, folder = join(scratch, id);
      const here = await readRun(folder).catch(() => null);
      if (here && goesOn(here, run)) return { folder, run: here };
      await Deno.remove(folder, { recursive: true }).catch(() => {});
      if (run.history.length > 0) await writeRun(folder, run, await readFiles(database, id));
      return { folder, run };
    },
    async collect(folder: string) {
      const run = await readRun(folder);
      return { run, files: await collectFiles(folder, run) };
    },
  };
}

/** Tells whether a run continues another one: no two epochs of different trainings take equally long. */
function goesOn(here: Run, from: Run): boolean {
  const begun = here.history.slice(0, from.history.length);
  return JSON.stringify(begun) === JSON.stringify(from.history);
}

/** Writes a run with its files into a folder, the record last. */
export async function writeRun(folder: string, run: Run, files: RunFiles): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await writeWhole(join(folder, name), (part) => Deno.writeFile(part, bytes));
  }
  await keepRun(folder, run, {});
}

/** Reads those files of a run that another machine needs. */
export async function collectFiles(folder: string, run: Run): Promise<RunFiles> {
  if (run.history.length === 0) return {};
  const { weights, state } = filesOf(run);
  const names = run.state === "finished" ? [weights, state, "model.json"] : [weights, state];
  const read = async (name: string) => [name, await Deno.readFile(join(folder, name))] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}
