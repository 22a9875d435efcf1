/** The program of a training process: trains runs for a search, one after another, each up to an epoch. */
import { Claimed } from "@/base/files.ts";
import { doJobs, DONE } from "@/base/worker_process.ts";
import "@/native/tensorflow.ts";
import type { Job } from "@/search/trainer.ts";
import { train } from "@/training/training.ts";

doJobs(async ({ folder, setting, data, until }: Job) => {
  try {
    await train(folder, setting, data, { until });
    return DONE;
  } catch (error) {
    if (!(error instanceof Claimed)) throw error;
    return { code: 1, words: error.message }; // another process trains it; this one stays ready for others
  }
});
