/**
 * Training in processes of their own, so that several runs are trained at the same time, and a death of
 * TensorFlow's library is not the caller's.
 *
 * @module
 */
import { join } from "node:path";
import { type Child, type ChildOptions, openChild } from "@/base/worker_process.ts";
import { ROOT } from "@/base/project.ts";
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

/** The code of a job whose run another process has: what C calls EX_TEMPFAIL, try again later. */
export const CLAIMED = 75;

/** The program that does the jobs. */
const WORKER = join(ROOT, "tools", "train_worker.ts");

/** A process that trains one run after another, and ends when this one does, however that ends. */
export function openTrainer(options: ChildOptions): Child<Job> {
  return openChild(WORKER, options);
}
