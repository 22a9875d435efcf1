/**
 * Training in processes of their own: several runs train at the same time, and a crash of TensorFlow's
 * library ends one process only.
 */
import { join } from "node:path";
import { type Ended, openWorker, type WorkerProcess } from "@/base/worker_process.ts";
import type { RunSetting } from "@/training/checkpoint.ts";
import type { Study } from "@/study/study.ts";
import type { TrainingData } from "@/training/training.ts";

/** A job of a training process: a run to be trained further, or null to give up the run that it keeps. */
export type Job = Training | null;

interface Training {
  folder: string;
  setting: RunSetting;
  /** The number of the epoch to stop after. */
  until: number;
  /** The photos; left out if the process continues the run that it trained last. */
  data?: TrainingData;
}

/** The program that does the jobs. */
const WORKER = join(import.meta.dirname!, "train_worker.ts");

/** A run to be trained further. */
export interface Task {
  folder: string;
  setting: RunSetting;
  until: number;
  /** Number of threads that an op may use. */
  threads: number;
  /** True if the folder was changed since a process last trained in it. */
  changed: boolean;
  /** Ends the process if the task is not wanted any more. */
  signal: AbortSignal;
}

/** Training processes, which keep the networks that they trained last. */
export interface Trainers {
  /** Trains a run, in the process that trained it last if that is free. */
  train(task: Task): Promise<Ended>;
  /** Ends all processes, even during a training, and waits until they have ended; no other begins after them. */
  end(): Promise<void>;
}

/** A process, with the folder of the run whose network it keeps. */
interface Trainer {
  process: WorkerProcess<Job>;
  threads: number;
  folder: string | null;
  ending: AbortController;
}

/** Finds the photos of a run: those of the study that has its fold. */
export function choosePhotos(studies: readonly Study[]): (setting: RunSetting) => TrainingData {
  return ({ fold }) => {
    const { train, validation } = studies.find((study) => study.fold?.test === fold?.test)!;
    return { train, validation };
  };
}

/**
 * Opens training processes, as many as tasks are given at the same time. They end when this process ends.
 *
 * @param dataOf the photos that a run of this setting is trained on
 */
export function openTrainers(dataOf: (setting: RunSetting) => TrainingData): Trainers {
  const free: Trainer[] = [], all = new Set<Trainer>(), closing = new AbortController();
  const leaving: Leaving = new Map();
  const end = async (trainer: Trainer) => {
    all.delete(trainer);
    trainer.ending.abort();
    await trainer.process.end();
  };
  return {
    async train({ folder, setting, until, threads, changed, ...task }) {
      const signal = AbortSignal.any([task.signal, closing.signal]);
      signal.throwIfAborted();
      const trainer = choose(free, leaving, { folder, threads }, end);
      all.add(trainer);
      const kept = trainer.folder === folder && !changed;
      const abort = () => trainer.ending.abort();
      signal.addEventListener("abort", abort, { once: true });
      if (signal.aborted) abort(); // while a process was chosen
      try {
        await Promise.all([trainer.folder, folder].map((left) => leaving.get(left!)));
        const job = { folder, setting, until, ...!kept && { data: dataOf(setting) } };
        const ended = await trainer.process.do(job);
        trainer.folder = ended.code === 0 ? folder : null;
        return ended;
      } finally {
        signal.removeEventListener("abort", abort);
        if (trainer.ending.signal.aborted) await end(trainer);
        else free.push(trainer);
      }
    },
    async end() {
      closing.abort();
      await Promise.all([...leaving.values(), ...[...all].map(end)]);
    },
  };
}

/** Folders of runs that a process is giving up; another can train them when that is done. */
type Leaving = Map<string, Promise<unknown>>;

/** Takes the free process that keeps the run's network, or another one; ends those of other threads. */
function choose(
  free: Trainer[],
  leaving: Leaving,
  { folder, threads }: { folder: string; threads: number },
  end: (trainer: Trainer) => Promise<void>,
): Trainer {
  const unfit = free.filter((trainer) => trainer.threads !== threads);
  const fit = free.filter((trainer) => trainer.threads === threads);
  const chosen = fit.find((trainer) => trainer.folder === folder) ?? fit[0] ?? open(threads);
  free.splice(0, free.length, ...fit.filter((trainer) => trainer !== chosen));
  for (const trainer of unfit) leaving.set(trainer.folder ?? "", end(trainer));
  const { folder: kept, process } = chosen;
  if (kept && kept !== folder) leaving.set(kept, process.do(null).catch(() => {}));
  return chosen;
}

function open(threads: number): Trainer {
  const ending = new AbortController();
  const process = openWorker<Job>(WORKER, { threads, signal: ending.signal });
  return { process, threads, folder: null, ending };
}
