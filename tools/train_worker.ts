/**
 * Trains runs for a search, in a process of its own; answers with a code of its own where another process
 * trains that run.
 *
 * @module
 */
import { doJobs, DONE } from "@/base/worker_process.ts";
import { Claimed } from "@/base/files.ts";
import "@/native/tensorflow.ts";
import { CLAIMED, type Job } from "@/search/train_child.ts";
import { train } from "@/training/training.ts";

doJobs(async ({ folder, setting, data, until }: Job) => {
  try {
    await train(folder, setting, data, { until });
    return DONE;
  } catch (error) {
    if (!(error instanceof Claimed)) throw error;
    return { code: CLAIMED, words: error.message };
  }
});
