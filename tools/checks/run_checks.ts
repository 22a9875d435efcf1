/** Running checks beside each other, and telling what came of them. */
import { setTimeout as delay } from "node:timers/promises";
import { sum } from "d3";
import { interruptible } from "@/base/interruption.ts";
import { duration } from "@/base/progress.ts";
import { ROOT } from "@/base/project.ts";
import { shareOut } from "@/base/worker_process.ts";
import type { Check } from "@tools/checks/checks.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export type Outcome = Awaited<ReturnType<typeof runCheck>>;

const MEMORY = 3e9;

/** A way to the network on which nobody answers. */
const NOWHERE = "http://127.0.0.1:9", HERE = "localhost,127.0.0.1,::1";

/** One thread each, since more processes run than there are cores; no process takes all of a GPU; no network. */
const SETTINGS = {
  ...{ HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, NO_PROXY: HERE },
  ...{ http_proxy: NOWHERE, https_proxy: NOWHERE, no_proxy: HERE, NO_COLOR: "1" },
  ...{ TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1" },
  TF_FORCE_GPU_ALLOW_GROWTH: "true",
};

/** A test that is left to a run with permissions, as `lib/testing.ts` names it. */
const OWED = /: deno task test grants it\] \.\.\. ignored/g;

/** Deno's note on a file that ended the process before its tests, which it then forgets. */
const EXITED = /called `Deno\.exit\(\d*\)` from outside any test/;

/**
 * Runs checks in lanes of processes, each with a work folder and a temporary folder of its own; says in a
 * line each what came of it, and shows whole what those print that fail.
 *
 * @param options `lanes`: checks at a time; else one more than there are cores, since some wait, if memory is enough
 * @throws {Interrupted} after Ctrl+C, when all processes have ended
 */
export async function runChecks(
  checks: readonly Check[],
  { lanes = lanesHere(), env = {}, tell = console.log }: {
    lanes?: number;
    env?: Record<string, string>;
    tell?: (text: string) => void;
  } = {},
): Promise<Outcome[]> {
  let finished = 0;
  const run = async (check: Check, signal: AbortSignal) => {
    signal.throwIfAborted();
    const outcome = await runCheck(check, env, signal);
    signal.throwIfAborted();
    tell(`${++finished} of ${checks.length}: ${describe(outcome)}`);
    if (outcome.failed > 0) tell(`${outcome.text.trimEnd()}\n${alone(check)}`);
    return outcome;
  };
  const work = (signal: AbortSignal) =>
    shareOut(checks, Array(lanes).fill(null), (check) => run(check, signal));
  return await interruptible(work, undefined, "run the same command again");
}

/** Puts checks that take long first, in this order, so that no lane waits for one of them in the end. */
export function longestFirst(checks: readonly Check[], long: readonly string[]): Check[] {
  const place = ({ name }: Check) => long.includes(name) ? long.indexOf(name) : long.length;
  return checks.toSorted((a, b) => place(a) - place(b));
}

function lanesHere(): number {
  const room = Math.floor(Deno.systemMemoryInfo().available / MEMORY);
  return Math.max(1, Math.min(navigator.hardwareConcurrency + 1, room));
}

async function runCheck(check: Check, env: Record<string, string>, signal: AbortSignal) {
  const start = performance.now();
  const { success, text } = await withTemporaryFolder({ prefix: "human-age-" }, async (folder) => {
    await Deno.chmod(folder, 0o755); // a database server runs as another user
    const own = { HUMAN_AGE_WORK: `${folder}/work`, TMPDIR: folder };
    return await runDeno(check.args, { ...SETTINGS, ...own, ...env }, signal);
  });
  const seconds = (performance.now() - start) / 1000;
  return { check, text, seconds, ...countsOf(check, success, text) };
}

/** Runs Deno in the project folder to its end; returns what it printed, its errors too. */
async function runDeno(args: string[], env: Record<string, string>, signal: AbortSignal) {
  const child = new Deno.Command(Deno.execPath(), {
    ...{ args, cwd: ROOT, env, stdin: "null", stdout: "piped", stderr: "piped" },
    detached: true, // a group of its own, which can be ended as a whole
  }).spawn();
  const end = () => void endGroup(child.pid);
  signal.addEventListener("abort", end);
  let text = "";
  await Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) text += part;
  }));
  const { success } = await child.status;
  signal.removeEventListener("abort", end);
  return { success, text };
}

/** Ends a process and those that it has started: asks first, and gives them a second. */
async function endGroup(pid: number): Promise<void> {
  const kill = (signal: Deno.Signal) => {
    try {
      Deno.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // all have ended
    }
  };
  kill("SIGINT");
  await delay(1000);
  kill("SIGKILL");
}

/** Counts a check's tests, or the check itself as one. */
function countsOf({ counts }: Check, success: boolean, text: string): Counts {
  const closing = counts ? parseCounts(text) : null;
  if (!closing) return { passed: Number(success), failed: Number(!success), skipped: 0 };
  const isWhole = success && !EXITED.test(text);
  return isWhole ? closing : { ...closing, failed: Math.max(closing.failed, 1) };
}

/** Reads the closing line of a test run, such as `ok | 12 passed | 0 failed | 3 ignored (2s)`. */
function parseCounts(text: string): Counts | null {
  const closing = [...text.matchAll(/^(?:ok|FAILED) \| (.*)$/gm)].at(-1)?.[1];
  if (closing === undefined) return null;
  const count = (word: string) => Number(closing.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  const skipped = count("ignored") - owedIn(text);
  return { passed: count("passed"), failed: count("failed"), skipped };
}

/** The same outcomes where no run with permissions follows: what was left to one counts as skipped. */
export function withoutSequel(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.map((one) => ({ ...one, skipped: one.skipped + owedIn(one.text) }));
}

/** Counts the tests that a run without permissions has left to one with permissions. */
const owedIn = (text: string) => [...text.matchAll(OWED)].length;

/** A failure if not just the tests left to the checks with permissions were run; none where one has failed anyway. */
export function unrun(pure: readonly Outcome[], permitted: readonly Outcome[]): Outcome[] {
  const owed = sum(pure, ({ text }) => owedIn(text));
  const { passed, failed, skipped } = sumOf(permitted), run = passed + failed + skipped;
  if (owed === run || sumOf([...pure, ...permitted]).failed > 0) return [];
  const name = `of ${owed} tests of lib that need permissions, ${run} were run`;
  const check = { name, args: [], alone: "deno test lib" };
  return [{ check, text: "", seconds: 0, passed: 0, failed: 1, skipped: 0 }];
}

function describe({ check, seconds, ...counts }: Outcome): string {
  const said = check.counts ? inWords(counts) : counts.failed ? "" : "passed";
  const failed = counts.failed > 0 ? "FAILED" : "";
  return `${check.name}: ${[failed, said].filter(Boolean).join(", ")} in ${duration(seconds)}`;
}

const alone = ({ alone, args }: Check) => `Alone: ${alone ?? `deno ${args.join(" ")}`}\n`;

/** Names the counts that are not zero, such as `12 passed, 1 skipped`. */
function inWords({ passed, failed, skipped }: Counts): string {
  const named = Object.entries({ passed, failed, skipped }).filter(([, count]) => count > 0);
  return named.map(([name, count]) => `${count} ${name}`).join(", ") || "no tests";
}

export function sumOf(outcomes: readonly Counts[]): Counts {
  const total = (key: keyof Counts) => sum(outcomes, (outcome) => outcome[key]);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

/** What came of all checks: tests left out, warnings, the slowest, failures with how to run them alone, and counts. */
export function summarize(outcomes: readonly Outcome[]): string {
  const skipped = outcomes.flatMap(({ text }) => (
    text.replaceAll(/.*: deno task test grants it\].*/g, "").match(/^.+(?= \.\.\. ignored)/gm) ?? []
  ));
  const warnings = outcomes.flatMap(({ text }) => text.match(/(?<=^warning: ).+/gm) ?? []);
  const slowest = outcomes.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10);
  const failed = outcomes.filter(({ failed }) => failed > 0);
  const { passed, failed: faults, skipped: left } = sumOf(outcomes);
  return [
    ...section("Skipped", skipped.map((name) => name.trim())),
    ...section("Warnings", warnings),
    ...section("Slowest", slowest.map(describe)),
    ...section("Failed", failed.map(({ check }) => `${check.name}. ${alone(check).trim()}`)),
    `\n${passed} passed, ${faults} failed, ${left} skipped`,
  ].join("\n");
}

const section = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? [`\n${title}:`, ...lines.map((line) => `  ${line}`)] : [];

/** Prints the summary, and ends with code 1 where something failed. */
export function conclude(outcomes: readonly Outcome[]): never {
  console.log(summarize(outcomes));
  Deno.exit(sumOf(outcomes).failed === 0 ? 0 : 1);
}
