/** Programs that take a job and print a result, both as JSON: ours and the baselines'. */
import { join } from "node:path";
import { ROOT, RUN } from "@/base/project.ts";
import { PYTHON } from "@tools/shared/python.ts";

export interface Result {
  items: number;
  seconds: number;
  /** In bytes; null where the system does not tell. */
  memory: number | null;
}

/** A program, and what it is asked to do. */
export interface Program {
  command: string[];
  env?: Record<string, string>;
  /** Made when the program runs, since some jobs take long to prepare. */
  job: () => unknown;
  /** Shows its standard error as it comes. */
  tells?: boolean;
}

/**
 * Settings that make Keras faster: its process keeps the memory it has had, instead of handing it back at
 * each step and having it cleared again, and gets it in large pages. Ours sets the first of them by itself,
 * and gains nothing from the others.
 */
const KEEPING = {
  TF_CPU_ALLOCATOR_USE_BFC: "true",
  GLIBC_TUNABLES: [
    "hugetlb=1",
    "mmap_threshold=4000000000",
    "trim_threshold=16000000000",
    "top_pad=256000000",
  ].map((setting) => `glibc.malloc.${setting}`).join(":"),
};

/** A task of ours, by its name in `run.ts`. */
export function ours(task: string, job: () => unknown, env: Record<string, string> = {}): Program {
  const program = join(ROOT, "bench", "run.ts");
  return { command: [Deno.execPath(), ...RUN, program, task], env, job };
}

export function pillow(task: string, job: () => unknown): Program {
  return { command: [PYTHON, join(ROOT, "bench", "pillow_squares.py"), task], job };
}

/** Keras, with oneDNN: this process has turned it off for itself, and those that it starts inherit that. */
export function keras(task: string, job: () => unknown): Program {
  const own = { TF_ENABLE_ONEDNN_OPTS: "1", TF_CPP_MIN_LOG_LEVEL: "2" };
  const env = { ...own, PYTHONDONTWRITEBYTECODE: "1", ...KEEPING };
  return { command: [PYTHON, join(ROOT, "bench", "keras_baseline.py"), task], env, job };
}

/** Runs a program, and reads the JSON that it prints. */
export async function run<T = Result>(program: Program): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await runForBytes(program)));
}

/** Runs a program in a process of its own; returns what it printed, or throws with it. */
export async function runForBytes({ command, env, job, tells = false }: Program) {
  const [program, ...args] = command;
  const asked = new TextEncoder().encode(JSON.stringify(await job()));
  const child = new Deno.Command(program!, {
    ...{ args, env, stdin: "piped", stdout: "piped", stderr: tells ? "inherit" : "piped" },
  }).spawn();
  const [{ success }, said, told] = await Promise.all([
    child.status,
    new Response(child.stdout).bytes(),
    tells ? "" : new Response(child.stderr).text(),
    ReadableStream.from([asked]).pipeTo(child.stdin),
  ]);
  if (!success) throw new Error(`${command.join(" ")} failed and said:\n${told}`);
  return said;
}
