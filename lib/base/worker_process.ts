/**
 * Worker processes: a crash of a library ends one of them, not the caller. A worker reads jobs as lines of JSON from its
 * standard input, one at a time, and answers each with a line on its standard output. It ends when its input closes.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { atExit } from "@/base/at_exit.ts";
import { ROOT, RUN } from "@/base/project.ts";
import { visible } from "@/base/text.ts";

export interface WorkerOptions {
  /** Threads that an op may use. */
  threads: number;
  /** Further variables of its environment. */
  env?: Record<string, string>;
  /** Kills the process, whatever it is doing. */
  signal?: AbortSignal;
}

/** The end of a job: `code` is 0, or the job's own code or that of the dead process; `words` say why. */
export interface Ended {
  code: number;
  words: string;
}

/** Returns the threads that each of some processes may use: the machine's cores shared out, one at least. */
export function threadsEach(processes: number): number {
  return Math.max(1, Math.floor(navigator.hardwareConcurrency / processes));
}

/** The end of a successful job. */
export const DONE: Ended = { code: 0, words: "" };

/** A process that does jobs, one after another. It starts with the first job, and again after it has died. */
export interface WorkerProcess<Job> {
  /**
   * Does a job; the job must be valid JSON.
   *
   * @throws what the signal was aborted with
   */
  do(job: Job): Promise<Ended>;
  /** Ends the process, even during a job, and waits until it has ended. */
  end(): Promise<void>;
}

/** A process that is alive or has just died. */
type Running = ReturnType<typeof start>;

/**
 * Opens a worker process. It ends when this process ends, even by a crash.
 *
 * @param path the program's file, one that calls {@linkcode doJobs}
 */
export function openWorker<Job>(path: string, options: WorkerOptions): WorkerProcess<Job> {
  let running: Running | undefined;
  return {
    async do(job) {
      options.signal?.throwIfAborted();
      const worker = running ??= start(path, options);
      const answer = await ask(worker, job);
      if (answer) return answer;
      running = undefined;
      const ended = await death(worker);
      options.signal?.throwIfAborted();
      return ended;
    },
    async end() {
      await running?.input.close().catch(() => {});
      await running?.status;
    },
  };
}

function start(path: string, { threads, env, signal }: WorkerOptions) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN, path],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_FORCE_GPU_ALLOW_GROWTH: "true", // else the first process takes all memory of a GPU
      ...env,
    },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    detached: true, // an interruption reaches this process alone, which ends the worker
    signal,
  }).spawn();
  const { status, stdin, stdout, stderr } = child;
  // else it would end its job, and write what nobody wants
  status.finally(atExit(() => {
    try {
      child.kill("SIGKILL");
    } catch { /* it has just ended */ }
  }));
  const answers = linesOf(stdout)[Symbol.asyncIterator](), said = new Response(stderr).text();
  return { status, input: stdin.getWriter(), answers, said };
}

/** The lines of what a process prints, as they come. */
export function linesOf(output: ReadableStream<Uint8Array>): AsyncIterable<string> {
  const input = Readable.fromWeb(output as Parameters<typeof Readable.fromWeb>[0]);
  return createInterface({ input });
}

/** Writes a value as a line of JSON; for who reads lines, some letters that names may have end one, too. */
const lineOf = (value: unknown) => visible(JSON.stringify(value));

/** Sends a job and returns the answer; null if the process dies. */
async function ask({ input, answers }: Running, job: unknown): Promise<Ended | null> {
  const line = new TextEncoder().encode(lineOf(job) + "\n");
  await input.write(line).catch(() => {}); // if it is dead already, there is no answer
  const { value, done } = await answers.next();
  return done ? null : JSON.parse(value);
}

async function death({ status, input, said }: Running): Promise<Ended> {
  const { code, signal } = await status;
  await input.close().catch(() => {});
  // the last line that is not part of a stack trace
  const last = (await said).split("\n").findLast((line) => /^\S/.test(line));
  return {
    code: code || 1,
    words: signal ? `a worker process was ended by ${signal}` : last ?? "it said nothing",
  };
}

/**
 * Does the jobs of a worker process: the main loop of a program that {@linkcode openWorker} starts. If the work throws,
 * the process ends with that error, since it may be in a broken state.
 */
export function doJobs<Job>(work: (job: Job) => Promise<Ended>): void {
  const caller = createInterface({ input: process.stdin });
  caller.on("line", (line) => {
    work(JSON.parse(line)).then((ended) => console.log(lineOf(ended)), (error) => {
      console.error(error instanceof Error ? error.message : error);
      Deno.exit(1);
    });
  });
  caller.once("close", () => Deno.exit());
}

/**
 * Processes items with several workers; each takes the next item when it is free.
 *
 * @throws what the work threw first, when the others have ended what they were at; nothing is begun after it
 */
export async function shareOut<T, W, R>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<R>,
): Promise<R[]> {
  const queue = items.entries(), results: R[] = [], faults: unknown[] = []; // one queue for all workers
  await Promise.all(workers.map(async (worker) => {
    for (const [k, item] of queue) {
      if (faults.length > 0) return;
      try {
        results[k] = await work(item, worker);
      } catch (fault) {
        faults.push(fault);
      }
    }
  }));
  if (faults.length > 0) throw faults[0];
  return results;
}

/**
 * Has jobs done by several workers, and ends these.
 *
 * @param jobs `onDone` is told of each that is done, `about` says behind the words of a fault which job it was
 * @throws {Error} the first fault, when the others have ended what they were at; also what `onDone` or the signal threw
 */
export async function shareJobs<Job>(
  jobs: readonly Job[],
  workers: readonly WorkerProcess<Job>[],
  { onDone, about, signal }: {
    onDone: (job: Job) => Promise<void>;
    about?: (job: Job) => string;
    signal?: AbortSignal;
  },
): Promise<void> {
  try {
    await shareOut(jobs, workers, async (job, worker) => {
      signal?.throwIfAborted();
      const { code, words } = await worker.do(job);
      if (code !== 0) throw new Error(about ? `${words} ${about(job)}` : words);
      await onDone(job);
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}
