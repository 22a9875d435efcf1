/** Runs every check of the project and sums them up in the last line. */
import { fetchBrowser } from "@tools/page/browser.ts";
import { withCells } from "@tools/checks/cells.ts";
import type { Check } from "@tools/checks/checks.ts";
import { EXAMPLES, PERMITTED, PURE, ROOMS, STATIC, WHOLE } from "@tools/checks/checks.ts";
import LONG from "@tools/checks/long.json" with { type: "json" };
import { command, runCommand } from "@tools/shared/command.ts";
import { conclude, longestFirst, runChecks, unrun } from "@tools/checks/run_checks.ts";

export const program = command("test", "Runs every check of the project.")
  .option("--all", "also run the long versions of tests that normally run in short form")
  .action(async ({ all }) => {
    await fetchBrowser(); // while anything may be fetched
    const checks = [...STATIC, ROOMS, ...PURE, ...EXAMPLES, ...PERMITTED, ...WHOLE];
    const env: Record<string, string> = all ? { HUMAN_AGE_ALL_TESTS: "1" } : {};
    const outcomes = await withCells(() => runChecks(longestFirst(checks, LONG), { env }));
    const of = (some: readonly Check[]) => outcomes.filter(({ check }) => some.includes(check));
    conclude([...outcomes, ...unrun(of(PURE), of(PERMITTED))]);
  });

if (import.meta.main) await runCommand(program);
