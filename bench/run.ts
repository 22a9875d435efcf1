/**
 * One of our runs in a benchmark: takes the name of a task, and its job as JSON on standard input; prints
 * the result.
 */
import { NETWORK_TASKS } from "@bench/networks.ts";
import { PHOTO_TASKS } from "@bench/photos.ts";
import type { Result } from "@bench/program.ts";

/** Works to warm up, then against the clock. */
// deno-lint-ignore no-explicit-any -- each task has a job of its own
type Task = (job: any) => Promise<Omit<Result, "memory">>;

const TASKS: Record<string, Task> = { ...PHOTO_TASKS, ...NETWORK_TASKS };

/** The most memory, in bytes, that this process has held; null where the system does not tell. */
async function peakMemory(): Promise<number | null> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const kilobytes = status.match(/^VmHWM:\s+(\d+)/m)?.[1];
  return kilobytes ? Number(kilobytes) * 1024 : null;
}

const job = await new Response(Deno.stdin.readable).json();
const timed = await TASKS[Deno.args[0]!]!(job);
console.log(JSON.stringify({ ...timed, memory: await peakMemory() }));
