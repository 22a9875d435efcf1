/**
 * Training in processes of their own: several runs train at the same time, and a crash of TensorFlow's
 * library ends one process only.
 *
 * @module
 */
import { join } from "node:path";
import { openWorker, type WorkerOptions, type WorkerProcess } from "@/base/worker_process.ts";
import type { RunSetting } from "@/training/checkpoint.ts";
import type { TrainingData } from "@/training/training.ts";

/** What a process is asked to train. */
export interface Job {
  folder: string;
  setting: RunSetting;
  data: TrainingData;
  /** The number of the epoch to stop after. */
  until: number;
}

/** The code of a job whose run another process is training: EX_TEMPFAIL in C, "try again later". */
export const CLAIMED = 75;

/** The program that does the jobs. */
const WORKER = join(import.meta.dirname!, "train_worker.ts");

/** Opens a process that trains one run after another. It ends when this process ends, even by a crash. */
export function openTrainer(options: WorkerOptions): WorkerProcess<Job> {
  return openWorker(WORKER, options);
}
