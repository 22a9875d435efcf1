/**
 * Makes some of the squares of a data set, in a process of its own; prints how many are done.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { doJob } from "@/child.ts";
import { fillSquares, type SquaresJob } from "@/square_jobs.ts";

/** Photos between two reports. */
const REPORT = 32;

doJob(async (job: SquaresJob) => {
  await fillSquares(job, async (done) => {
    if (done % REPORT !== 0) return;
    console.log(done);
    await delay(0); // else it would not hear that the caller has ended
  });
  return 0;
});
