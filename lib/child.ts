/**
 * Work in processes of their own: several at the same time, each with a library that may die without the
 * caller's dying. A process gets its job as a line of JSON on its standard input, which stays open:
 * when that closes, the caller has ended, and so does the process.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { ROOT } from "@/project.ts";

/** How a process is run. */
export interface ChildOptions {
  /** How many threads an op may use. */
  threads: number;
  /** Ends the process. */
  signal: AbortSignal;
  /** Gets each line that the process prints. */
  hear?: (line: string) => Promise<void>;
}

/** How a process ended: its exit code, 0 where it succeeded, and its last words. */
export interface Ended {
  code: number;
  words: string;
}

/**
 * Has a job done by a program in a process of its own, which ends when this one does, however that ends.
 *
 * @param path the program's file, one that calls {@linkcode doJob}
 * @param job what can be written as JSON
 */
export async function runChild(path: string, job: unknown, options: ChildOptions): Promise<Ended> {
  options.signal.throwIfAborted();
  const child = command(path, options).spawn();
  const input = child.stdin.getWriter(), line = JSON.stringify(job) + "\n";
  // where it is dead already, its last words tell why
  await input.write(new TextEncoder().encode(line)).catch(() => {});
  const [status, said] = await Promise.all([
    child.status,
    new Response(child.stderr).text(),
    listen(child.stdout, options.hear),
  ]);
  await input.close().catch(() => {});
  return {
    code: status.code,
    words: status.signal ? `ended by ${status.signal}` : lastWords(said),
  };
}

function command(path: string, { threads, signal }: ChildOptions): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", path],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_FORCE_GPU_ALLOW_GROWTH: "true", // else the first process takes all memory of a GPU
    },
    stdin: "piped", // kept open: when it closes, the child knows that this process has ended
    stdout: "piped",
    stderr: "piped",
    signal,
  });
}

async function listen(
  stdout: ReadableStream<Uint8Array>,
  hear: ChildOptions["hear"],
): Promise<void> {
  const input = Readable.fromWeb(stdout as Parameters<typeof Readable.fromWeb>[0]);
  for await (const line of createInterface({ input })) await hear?.(line);
}

/** The last line that is not part of a stack trace. */
function lastWords(said: string): string {
  return said.split("\n").findLast((line) => /^\S/.test(line)) ?? "it said nothing";
}

/**
 * Does the job of a process that {@linkcode runChild} has started, and ends the process.
 *
 * @param work does it and gives the exit code; what it throws becomes the last words, and 1 the code
 */
export function doJob<Job>(work: (job: Job) => Promise<number>): void {
  const caller = createInterface({ input: process.stdin });
  caller.once("line", (line) => {
    work(JSON.parse(line)).catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      return 1;
    }).then(Deno.exit);
  });
  caller.once("close", () => Deno.exit(1));
}
