/**
 * Where things lie in the project folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder: the one that holds deno.json. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the project makes for itself (sample, squares, runs); never under version control. */
export const WORK = Deno.env.get("HUMAN_AGE_WORK") ?? join(ROOT, "data");

/** The figures of the write-up, drawn from the sample. */
export const FIGURES = join(ROOT, "figures");
