/**
 * Training in a process of its own, so that several runs are trained at the same time, and a death of
 * TensorFlow's library is not the caller's.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "@/project.ts";
import type { RunSetting } from "@/run.ts";
import type { TrainingData } from "@/training.ts";

/** What a process is asked to train; given as a line of JSON on its standard input. */
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

/**
 * Trains in a process of its own, which ends when this one does, however that ends.
 *
 * @param options `threads`: how many threads an op may use; `signal` ends the process
 * @returns its exit code, 0 where it succeeded, and its last words
 */
export async function trainInChild(
  job: Job,
  { threads, signal }: { threads: number; signal: AbortSignal },
): Promise<{ code: number; words: string }> {
  signal.throwIfAborted();
  const child = command(threads, signal).spawn();
  const input = child.stdin.getWriter(), line = JSON.stringify(job) + "\n";
  // where it is dead already, its last words tell why
  await input.write(new TextEncoder().encode(line)).catch(() => {});
  const [status, said] = await Promise.all([child.status, new Response(child.stderr).text()]);
  await input.close().catch(() => {});
  return {
    code: status.code,
    words: status.signal ? `ended by ${status.signal}` : lastWords(said),
  };
}

function command(threads: number, signal: AbortSignal): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", WORKER],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_FORCE_GPU_ALLOW_GROWTH: "true", // else the first process takes all memory of a GPU
    },
    stdin: "piped", // kept open: when it closes, the child knows that this process has ended
    stdout: "null",
    stderr: "piped",
    signal,
  });
}

/** The last line that is not part of a stack trace. */
function lastWords(said: string): string {
  return said.split("\n").findLast((line) => /^\S/.test(line)) ?? "it said nothing";
}
