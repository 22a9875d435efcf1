/**
 * Trains one run for a search, in a process of its own; ends with a code of its own where another process
 * trains that run.
 *
 * @module
 */
import { doJob } from "@/child.ts";
import { Claimed } from "@/files.ts";
import "@/tensorflow.ts";
import { CLAIMED, type Job } from "@/train_child.ts";
import { train } from "@/training.ts";

doJob(async ({ folder, setting, data, until }: Job) => {
  try {
    await train(folder, setting, data, { until });
    return 0;
  } catch (error) {
    if (!(error instanceof Claimed)) throw error;
    console.error(error.message);
    return CLAIMED;
  }
});
