/**
 * Runs every check of the project and sums them up in the last line.
 *
 * @module
 */
import { fetchBrowser } from "@tools/browser.ts";
import { withCells } from "@tools/cells.ts";
import { type Check, EXAMPLES, PERMITTED, PURE, ROOMS, STATIC, WHOLE } from "@tools/checks.ts";
import { command, runCommand } from "@tools/command.ts";
import { conclude, longestFirst, runChecks, unrun } from "@tools/run_checks.ts";

/** What takes long, the longest first: it starts first, so that no lane waits for it in the end. */
const LONG = [
  "tests/reproduce_twice_test.ts",
  "lib/training/step_test.ts",
  "tests/queue_chaos_test.ts",
  "tests/predict_test.ts",
  "lib/search/search_test.ts",
  "tests/interrupt_test.ts",
  "tests/arithmetic_test.ts",
  "tests/keras_test.ts",
  "tests/faults_search_test.ts",
  "tests/page_test.ts",
  "tests/faults_training_test.ts",
  "tests/cross_validate_test.ts",
  "lib/training/training_test.ts",
  "tests/ship_test.ts",
  "tests/train_test.ts",
  "lib/sample/sample_test.ts",
  "lib/search/database_test.ts",
  "tests/offline_test.ts",
  "types",
  "tests/notebooks_test.ts",
  "tests/leaks_test.ts",
  "tests/terminal_test.ts",
  "tests/train_published_test.ts",
  "tests/bench_test.ts",
];

export const program = command("test", "Runs every check of the project.")
  .option("--all", "also run tests that repeat at length what others prove in short")
  .action(async ({ all }) => {
    await fetchBrowser(); // while anything may be fetched
    const checks = [...STATIC, ROOMS, ...PURE, ...EXAMPLES, ...PERMITTED, ...WHOLE];
    const env: Record<string, string> = all ? { HUMAN_AGE_ALL_TESTS: "1" } : {};
    const outcomes = await withCells(() => runChecks(longestFirst(checks, LONG), { env }));
    const of = (some: readonly Check[]) => outcomes.filter(({ check }) => some.includes(check));
    conclude([...outcomes, ...unrun(of(PURE), of(PERMITTED))]);
  });

if (import.meta.main) await runCommand(program);
