/**
 * What the tests of faults share: a sample, commands in processes that can be struck, and what they leave.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT, RUN } from "@/base/project.ts";
import { ALL } from "@/testing.ts";
import { putSample } from "./begin.ts";

/** How many random moments a fault is tried at: MOMENTS, if that is set, else many where all tests run. */
export function moments(few: number, many: number): number {
  return Number(Deno.env.get("MOMENTS") ?? (ALL ? many : few));
}

/** Does something in a new folder that all tests of a file share, when it is first asked for. */
export function sharing<T>(make: (folder: string, data: string) => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= makeShared(make);
}

/** The folder is taken away when the program ends; `data` in it is a sample, which is only read. */
async function makeShared<T>(make: (folder: string, data: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "human-age-" }), data = join(folder, "faces");
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  await putSample(data, { photos: 200, subjects: 60, albums: 12 });
  return await make(folder, data);
}

/** A command of the project with a work folder of its own, in a process group of its own. */
export function start(
  tool: string,
  args: string[],
  work: string,
  before: string[] = [],
): Deno.ChildProcess {
  const deno = [Deno.execPath(), ...RUN, join(ROOT, "tools", "commands", `${tool}.ts`), ...args];
  const [program, ...rest] = [...before, ...deno];
  return new Deno.Command(program!, {
    args: rest,
    cwd: ROOT,
    env: { HUMAN_AGE_WORK: work, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

export interface Outcome {
  code: number;
  text: string;
}

export async function outcomeOf(child: Deno.ChildProcess): Promise<Outcome> {
  const { code, stdout, stderr } = await child.output();
  return { code, text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("") };
}

/** Sends a signal to a process, or with SIGKILL to its children too. */
export async function strike(child: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  const listed = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", `${child.pid}`] })
    .output();
  const children = new TextDecoder().decode(listed.stdout).split("\n").map(Number).filter(Boolean);
  for (const pid of signal === "SIGKILL" ? [...children, child.pid] : [child.pid]) {
    try {
      Deno.kill(pid, signal);
    } catch { /* it has ended by itself */ }
  }
}

/** What a training has left: its history without times, and its files by their content. */
export async function trained(work: string): Promise<{ history: unknown[]; files: unknown[] }> {
  const [folder] = [...foldersWith(join(work, "runs"), "run.json")];
  if (!folder) return { history: [], files: [] };
  const { history } = JSON.parse(await Deno.readTextFile(join(folder, "run.json")));
  const files = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    /\.bin$|^model/.test(name)
  ).sort();
  return {
    history: history.map(({ seconds: _, ...epoch }: { seconds: number }) => epoch),
    files: files.map((name) => [name, md5(Deno.readFileSync(join(folder, name)))]),
  };
}

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

function* foldersWith(folder: string, file: string): Generator<string> {
  if (!existsSync(folder)) return;
  if (existsSync(join(folder, file))) yield folder;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* foldersWith(join(folder, name), file);
  }
}

/** Files that are not whole. */
export function parts(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return /\.part-|\.begun/.test(name) ? [path] : isDirectory ? parts(path) : [];
  });
}

/** Lets a process run, and strikes it where it has not ended after so many seconds. */
export async function struckAfter(
  seconds: number,
  child: Deno.ChildProcess,
  signal: Deno.Signal,
): Promise<Outcome> {
  const over = new AbortController(), wait = { signal: over.signal };
  const struck = delay(1000 * seconds, null, wait).then(() => strike(child, signal), () => {});
  const outcome = await outcomeOf(child);
  over.abort();
  await struck;
  return outcome;
}

export async function succeed(child: Deno.ChildProcess): Promise<string> {
  const { code, text } = await outcomeOf(child);
  equal(code, 0, text);
  return text;
}
