/**
 * Makes the sample, or says that it is there.
 *
 * Usage: deno task sample [FOLDER]
 *
 * @module
 */
import { join } from "node:path";
import { ensureSample } from "@/open_data.ts";
import { SAMPLE, WORK } from "@/project.ts";

const folder = Deno.args[0] ?? join(WORK, SAMPLE);
try {
  await ensureSample(folder);
  console.log(`The sample is in ${folder}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
