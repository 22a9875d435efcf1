/**
 * Trains runs for a search, in a process of its own; answers with a code of its own where another process
 * trains that run.
 *
 * @module
 */
import { doJobs, DONE } from "@/child.ts";
import { Claimed } from "@/files.ts";
import "@/tensorflow.ts";
import { CLAIMED, type Job } from "@/train_child.ts";
import { train } from "@/training.ts";

doJobs(async ({ folder, setting, data, until }: Job) => {
  try {
    await train(folder, setting, data, { until });
    return DONE;
  } catch (error) {
    if (!(error instanceof Claimed)) throw error;
    return { code: CLAIMED, words: error.message };
  }
});
