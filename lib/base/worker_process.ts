/**
 * Work in processes of their own: several at the same time, each with a library that may die without the
 * caller's dying. A process gets jobs as lines of JSON on its standard input, one at a time, and answers
 * each with a line on its standard output. When its input closes, there are no more jobs, or the caller
 * has died, and the process ends.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { ROOT } from "@/base/project.ts";

/** How a process is run. */
export interface WorkerOptions {
  /** How many threads an op may use. */
  threads: number;
  /** Ends the process, whatever it is doing. */
  signal?: AbortSignal;
}

/** How a job ended: 0 where it succeeded, else a code of the job's own or of the dead process; and why. */
export interface Ended {
  code: number;
  words: string;
}

/** How a job ends that succeeds. */
export const DONE: Ended = { code: 0, words: "" };

/** A process that does jobs, one after another. It is started by the first, and anew after it has died. */
export interface WorkerProcess<Job> {
  /** Has a job done, which can be written as JSON. */
  do(job: Job): Promise<Ended>;
  /** Ends the process, and a job that it is doing, and waits until it is over. */
  end(): Promise<void>;
}

/** A process that lives, or has just died. */
interface Running {
  status: Promise<Deno.CommandStatus>;
  input: WritableStreamDefaultWriter<Uint8Array>;
  answers: AsyncIterator<string>;
  /** All that it will have written to standard error. */
  said: Promise<string>;
}

/**
 * A process for jobs that ends when this one does, however that ends.
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
      return await death(worker);
    },
    async end() {
      await running?.input.close().catch(() => {});
      await running?.status;
    },
  };
}

function start(path: string, { threads, signal }: WorkerOptions): Running {
  const { status, stdin, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", `${ROOT}/deno.json`, path],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_FORCE_GPU_ALLOW_GROWTH: "true", // else the first process takes all memory of a GPU
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const lines: ReadableStream<Uint8Array> = stdout;
  const input = Readable.fromWeb(lines as Parameters<typeof Readable.fromWeb>[0]);
  const answers = createInterface({ input })[Symbol.asyncIterator]();
  return { status, input: stdin.getWriter(), answers, said: new Response(stderr).text() };
}

/** Hands a job over; null where the process dies over it. */
async function ask({ input, answers }: Running, job: unknown): Promise<Ended | null> {
  const line = new TextEncoder().encode(JSON.stringify(job) + "\n");
  await input.write(line).catch(() => {}); // where it is dead already, there will be no answer
  const { value, done } = await answers.next();
  return done ? null : JSON.parse(value);
}

async function death({ status, input, said }: Running): Promise<Ended> {
  const { code, signal } = await status;
  await input.close().catch(() => {});
  return { code: code || 1, words: signal ? `ended by ${signal}` : lastWords(await said) };
}

/** The last line that is not part of a stack trace. */
function lastWords(said: string): string {
  return said.split("\n").findLast((line) => /^\S/.test(line)) ?? "it said nothing";
}

/**
 * Does the jobs of a process that {@linkcode openWorker} has started.
 *
 * @param work does one; what it throws becomes the process's last words, since no one knows what such a
 * job leaves behind
 */
export function doJobs<Job>(work: (job: Job) => Promise<Ended>): void {
  const caller = createInterface({ input: process.stdin });
  caller.on("line", (line) => {
    work(JSON.parse(line)).then((ended) => console.log(JSON.stringify(ended)), (error) => {
      console.error(error instanceof Error ? error.message : error);
      Deno.exit(1);
    });
  });
  caller.once("close", () => Deno.exit());
}

/**
 * Does something with each item; each worker takes the next one when it is free.
 *
 * @throws what the work throws, while other workers may still be working
 */
export async function shareOut<T, W>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<void>,
): Promise<void> {
  const queue = items.values(); // one for all workers
  await Promise.all(workers.map(async (worker) => {
    for (const item of queue) await work(item, worker);
  }));
}
