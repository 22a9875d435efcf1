/**
 * Training in a process of its own, so that several runs are trained at the same time, and a death of
 * TensorFlow's library is not the caller's.
 *
 * @module
 */
import { join } from "node:path";
import { type ChildOptions, type Ended, runChild } from "@/child.ts";
import { ROOT } from "@/project.ts";
import type { RunSetting } from "@/run.ts";
import type { TrainingData } from "@/training.ts";

/** What a process is asked to train. */
export interface Job {
  folder: string;
  setting: RunSetting;
  data: TrainingData;
  /** The number of the epoch to stop after. */
  until: number;
}

/** The exit code of a process whose run another one has: what C calls EX_TEMPFAIL, try again later. */
export const CLAIMED = 75;

/** The program that does a job. */
const WORKER = join(ROOT, "tools", "train_worker.ts");

/** Trains in a process of its own, which ends when this one does, however that ends. */
export function trainInChild(job: Job, options: ChildOptions): Promise<Ended> {
  return runChild(WORKER, job, options);
}
