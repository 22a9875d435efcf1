/**
 * Training in processes of their own: several runs train at the same time, and a crash of TensorFlow's
 * library ends one process only.
 */
import { join } from "node:path";
import { type Ended, openWorker } from "@/base/worker_process.ts";
import type { RunSetting } from "@/training/checkpoint.ts";
import type { Study } from "@/study/study.ts";
import type { TrainingData } from "@/training/epoch.ts";

/** A job of a training process: a run to be trained further, and the number of the epoch to stop after. */
export interface Job {
  folder: string;
  setting: RunSetting;
  until: number;
  data: TrainingData;
}

export interface Task extends Omit<Job, "data"> {
  threads: number;
  /** Ends the process if the task is not wanted any more. */
  signal: AbortSignal;
}

export type Trainers = ReturnType<typeof openTrainers>;

type Trainer = ReturnType<typeof open>;

/**
 * Opens training processes, as many as tasks are given at the same time. They end when this process ends.
 *
 * @param studies those of the runs: each is trained on the photos of the study that has its fold
 */
export function openTrainers(studies: readonly Pick<Study, "train" | "validation" | "fold">[]) {
  const all = new Set<Trainer>(), closing = new AbortController();
  let free: Trainer[] = [];
  const end = async (trainer: Trainer) => {
    trainer.ending.abort();
    await trainer.process.end();
    all.delete(trainer);
  };
  return {
    /** Trains a run in a process that is free, or in a new one. */
    async train({ folder, setting, until, threads, ...task }: Task): Promise<Ended> {
      const signal = AbortSignal.any([task.signal, closing.signal]);
      signal.throwIfAborted();
      const unfit = free.filter((other) => other.threads !== threads);
      const [trainer = open(threads), ...others] = free.filter((other) => !unfit.includes(other));
      free = others;
      all.add(trainer);
      const abort = () => trainer.ending.abort();
      signal.addEventListener("abort", abort, { once: true });
      try {
        await Promise.all(unfit.map(end));
        const own = studies.find(({ fold }) => fold?.test === setting.fold?.test)!;
        const data = { train: own.train, validation: own.validation };
        return await trainer.process.do({ folder, setting, until, data });
      } finally {
        signal.removeEventListener("abort", abort);
        if (trainer.ending.signal.aborted) await end(trainer);
        else free.push(trainer);
      }
    },
    /** Ends all processes, even during a training, and waits until they have ended; no other begins after them. */
    async end(): Promise<void> {
      closing.abort();
      await Promise.all([...all].map(end));
    },
  };
}

function open(threads: number) {
  const ending = new AbortController(), program = join(import.meta.dirname!, "train_worker.ts");
  const process = openWorker<Job>(program, { threads, signal: ending.signal });
  return { process, threads, ending };
}
