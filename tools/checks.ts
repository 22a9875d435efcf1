/**
 * The checks of the project, each a run of Deno, and what they come to.
 *
 * @module
 */
import { ROOT } from "@/base/project.ts";
import { duration } from "@/base/progress.ts";

/** A check: its name, and what Deno is given; `counts` where each of its tests counts. */
export interface Check {
  name: string;
  args: string[];
  counts?: boolean;
}

/** How many tests passed, failed, and were left out. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What tells of faults without any set-up, in the order in which a fault is cheapest to find. */
export const STATIC: Check[] = [
  { name: "formatting", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types", args: ["check", "lib", "tools", "tests", "web"] },
  { name: "rooms", args: ["test", "--no-check", "--allow-read", "lib/rooms_test.ts"] },
  { name: "notebooks", args: ["run", "-A", "tools/check_notebooks.ts"] },
];

/** The tests of `lib` that need no permissions. */
export const PURE: Check = {
  name: "tests of lib without permissions",
  args: ["test", "--no-check", "--parallel", "lib"],
};

/** Runs checks one after another; returns the sum of their tests. */
export async function runChecks(
  checks: readonly Check[],
  options: { quiet?: boolean } = {},
): Promise<Counts> {
  const sum: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const check of checks) {
    const { passed, failed, skipped } = await runCheck(check, options);
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** Sums up in a last line, and ends with code 1 where something failed. */
export function conclude({ passed, failed, skipped }: Counts): never {
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  Deno.exit(failed === 0 ? 0 : 1);
}

/**
 * Runs one check and shows what it prints; if quiet, only where it fails. A check whose tests do not
 * count is as one test.
 */
async function runCheck(
  { name, args, counts: each }: Check,
  { quiet = false }: { quiet?: boolean },
): Promise<Counts> {
  if (!quiet) console.log(`\n== ${name}: deno ${args.join(" ")}`);
  const start = performance.now();
  const { success, text } = await runDeno(args, quiet);
  const time = duration((performance.now() - start) / 1000);
  if (quiet && !success) console.log(text);
  console.log(`${quiet ? "" : "== "}${name}: ${success ? "passed" : "FAILED"} in ${time}`);
  const whole = { passed: Number(success), failed: Number(!success), skipped: 0 };
  const counts = (each && parseCounts(text)) || whole;
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Runs Deno in the project folder; what it prints is shown, or kept, its errors too. */
async function runDeno(
  args: string[],
  quiet: boolean,
): Promise<{ success: boolean; text: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: quiet ? "piped" : "inherit",
  }).spawn();
  const show = (bytes: Uint8Array) => quiet || Deno.stdout.writeSync(bytes);
  const texts = await Promise.all([
    gather(child.stdout, show),
    quiet ? gather(child.stderr) : "",
  ]);
  return { success: (await child.status).success, text: texts.join("") };
}

async function gather(
  stream: ReadableStream<Uint8Array>,
  see: (bytes: Uint8Array) => void = () => {},
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    see(bytes);
    text += decoder.decode(bytes, { stream: true });
  }
  return text;
}

/** Reads the closing line of a test run, such as `ok | 12 passed | 0 failed | 3 ignored (2s)`. */
function parseCounts(text: string): Counts | null {
  const lines = [...text.matchAll(/^(?:ok|FAILED) \| (.*)$/gm)];
  const closing = lines.at(-1)?.[1];
  if (closing === undefined) return null;
  const count = (word: string) => Number(closing.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}
