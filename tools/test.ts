/**
 * Runs every check of the project and sums them up in the last line.
 *
 * @module
 */
import { ROOT } from "@/base/project.ts";
import { duration } from "@/base/progress.ts";
import { command, runCommand } from "@tools/command.ts";

/** The checks, in the order in which a fault is cheapest to find; `counts` where each test counts. */
const CHECKS: { name: string; args: string[]; counts?: boolean }[] = [
  { name: "formatting", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types", args: ["check", "lib", "tools", "tests"] },
  { name: "notebooks' code", args: ["run", "-A", "tools/check_notebooks.ts"] },
  { name: "tests of lib without permissions", args: ["test", "--no-check", "lib"] },
  { name: "tests and examples of lib", args: ["test", "-A", "--doc", "lib"], counts: true },
  { name: "tests of the whole", args: ["test", "-A", "--no-check", "tests"], counts: true },
];

/** How many tests passed, failed, and were left out. */
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs one check, showing what it prints; a check whose tests do not count is as one test. */
async function runCheck({ name, args, counts: each }: typeof CHECKS[number]): Promise<Counts> {
  console.log(`\n== ${name}: deno ${args.join(" ")}`);
  const start = performance.now();
  const { success, text } = await runShowing(args);
  console.log(
    `== ${name}: ${success ? "passed" : "FAILED"} in ${
      duration((performance.now() - start) / 1000)
    }`,
  );
  const whole = { passed: Number(success), failed: Number(!success), skipped: 0 };
  const counts = (each && parseCounts(text)) || whole;
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

async function runShowing(args: string[]): Promise<{ success: boolean; text: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    Deno.stdout.writeSync(bytes);
    text += decoder.decode(bytes, { stream: true });
  }
  return { success: (await child.status).success, text };
}

/** Reads the closing line of a test run, such as `ok | 12 passed | 0 failed | 3 ignored (2s)`. */
function parseCounts(text: string): Counts | null {
  const lines = [...text.matchAll(/^(?:ok|FAILED) \| (.*)$/gm)];
  const closing = lines.at(-1)?.[1];
  if (closing === undefined) return null;
  const count = (word: string) => Number(closing.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

/** Runs all checks and sums them up. */
async function runChecks(): Promise<void> {
  const sum: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const check of CHECKS) {
    const { passed, failed, skipped } = await runCheck(check);
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  Deno.exit(sum.failed === 0 ? 0 : 1);
}

await runCommand(command("test", "Runs every check of the project.").action(runChecks));
