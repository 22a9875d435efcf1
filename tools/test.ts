/**
 * Runs every check of the project and sums them up in the last line.
 *
 * @module
 */
import { fetchBrowser } from "@tools/browser.ts";
import { withCells } from "@tools/cells.ts";
import { type Check, EXAMPLES, PERMITTED, PURE, ROOMS, STATIC, WHOLE } from "@tools/checks.ts";
import { command, runCommand } from "@tools/command.ts";
import { conclude, type Outcome, owedIn, runChecks, sumOf } from "@tools/run_checks.ts";

/** What takes long, the longest first: it starts first, so that no lane waits for it in the end. */
const LONG = [
  "tests/notebooks_test.ts",
];

await runCommand(
  command("test", "Runs every check of the project.")
    .option("--all", "also run tests that repeat at length what others prove in short")
    .action(async ({ all }) => {
      await fetchBrowser(); // while anything may be fetched
      const checks = longestFirst([...WHOLE, ...STATIC, ROOMS, ...PERMITTED, ...EXAMPLES, ...PURE]);
      const env: Record<string, string> = all ? { HUMAN_AGE_ALL_TESTS: "1" } : {};
      const outcomes = await withCells(() => runChecks(checks, { env }));
      conclude([...outcomes, ...whatNobodyRan(outcomes)]);
    }),
);

function longestFirst(checks: readonly Check[]): Check[] {
  const place = ({ name }: Check) => LONG.includes(name) ? LONG.indexOf(name) : LONG.length;
  return checks.toSorted((a, b) => place(a) - place(b));
}

/** Every test that the run without permissions has left out must have had its turn with them. */
function whatNobodyRan(outcomes: readonly Outcome[]): Outcome[] {
  const of = (checks: readonly Check[]) => outcomes.filter(({ check }) => checks.includes(check));
  const owed = of(PURE).reduce((sum, { text }) => sum + owedIn(text), 0);
  const { passed, failed, skipped } = sumOf(of(PERMITTED)), ran = passed + failed + skipped;
  if (owed === ran || sumOf(outcomes).failed > 0) return [];
  const name = `${owed} tests of lib need permissions, and ${ran} ran with them`;
  const check = { name, args: [], alone: "deno test lib" };
  return [{ check, text: "", seconds: 0, passed: 0, failed: 1, skipped: 0 }];
}
