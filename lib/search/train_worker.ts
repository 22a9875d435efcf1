/**
 * The program of a training process: trains runs for a search. A job whose run another process is
 * training ends with the code {@linkcode CLAIMED}.
 *
 * @module
 */
import { doJobs, DONE } from "@/base/worker_process.ts";
import { Claimed } from "@/base/files.ts";
import "@/native/tensorflow.ts";
import { CLAIMED, type Job } from "@/search/trainer.ts";
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
