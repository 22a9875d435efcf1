/**
 * The program of a training process: trains runs for a search, epoch by epoch. It keeps the network of
 * its run until it is asked for another one.
 */
import { Claimed } from "@/base/files.ts";
import { doJobs, DONE, type Ended } from "@/base/worker_process.ts";
import "@/native/tensorflow.ts";
import type { Job } from "@/search/trainer.ts";
import { train } from "@/training/training.ts";

/** A run in training, which pauses where it is asked to stop. */
interface Paused {
  /** Trains up to an epoch, or to the run's end. */
  reach(until: number): Promise<Ended>;
  /** Gives the run up: its folder is free for others. */
  leave(): Promise<void>;
}

/** Thrown into a paused training to end it. */
class Abandoned extends Error {}

let current: Paused | null = null;

doJobs(async (job: Job) => {
  if (!job || job.data) {
    await current?.leave();
    current = null;
  }
  if (!job) return DONE;
  current ??= begin({ ...job, data: job.data! });
  return await current.reach(job.until).catch(claimed);
});

/** Reports a run that another process trains, and stays ready for others. */
function claimed(error: unknown): Ended {
  if (!(error instanceof Claimed)) throw error;
  current = null;
  return { code: 1, words: error.message };
}

function begin({ folder, setting, data }: Required<NonNullable<Job>>): Paused {
  let until = 0, reached = Promise.withResolvers<void>(), next = Promise.withResolvers<void>();
  let over: Promise<void> | undefined;
  const onEpoch = async ({ history }: { history: unknown[] }, last: boolean) => {
    if (last || history.length < until) return;
    const waiting = next.promise;
    reached.resolve();
    await waiting;
  };
  const run = () => train(folder, setting, data, { onEpoch }).then(() => {});
  return {
    async reach(wanted) {
      until = wanted;
      reached = Promise.withResolvers();
      const { resolve } = next;
      next = Promise.withResolvers();
      over ??= run();
      resolve();
      await Promise.race([over, reached.promise]);
      return DONE;
    },
    async leave() {
      next.promise.catch(() => {}); // a training that is over does not wait
      next.reject(new Abandoned());
      await over?.catch((error) => {
        if (!(error instanceof Abandoned)) throw error;
      });
    },
  };
}
