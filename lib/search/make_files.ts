/**
 * The program that makes PGlite's files, in the folder that it is asked for.
 *
 * @module
 */
import { PGlite } from "@electric-sql/pglite";
import { doJobs, DONE } from "@/base/worker_process.ts";

doJobs(async (folder: string) => {
  await (await PGlite.create(folder)).close();
  return DONE;
});
