/**
 * Makes the sample, or says that it is there.
 *
 * Usage: deno task sample [FOLDER]
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureSample } from "@/study/open_data.ts";
import { SAMPLE, WORK } from "@/base/project.ts";
import { runCommand } from "@tools/command.ts";

const USAGE = `Usage: deno task sample [FOLDER]
  FOLDER   where to put it; else into the project's own data folder`;

await runCommand(USAGE, async () => {
  const { positionals } = parseArgs({ args: Deno.args, allowPositionals: true });
  const folder = positionals[0] ?? join(WORK, SAMPLE);
  await ensureSample(folder);
  console.log(`The sample is in ${folder}`);
});
