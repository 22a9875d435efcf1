/** Runs every check of the project and sums them up in the last line. */
import { fetchBrowser } from "@tools/page/browser.ts";
import { withCells } from "@tools/checks/cells.ts";
import {
  type Check,
  EXAMPLES,
  PERMITTED,
  PURE,
  ROOMS,
  STATIC,
  WHOLE,
} from "@tools/checks/checks.ts";
import { command, runCommand } from "@tools/shared/command.ts";
import { conclude, longestFirst, runChecks, unrun } from "@tools/checks/run_checks.ts";

/** Checks that take long, the longest first: they start first, so that no lane waits for it in the end. */
const LONG = [
  "tests/notebooks/reproduce_twice_test.ts",
  "lib/training/step_test.ts",
  "tests/faults/queue_chaos_test.ts",
  "tests/commands/predict_test.ts",
  "lib/search/search_test.ts",
  "tests/commands/interrupt_test.ts",
  "tests/project/arithmetic_test.ts",
  "tests/keras/keras_test.ts",
  "tests/faults/faults_search_test.ts",
  "tests/page/page_test.ts",
  "tests/faults/faults_training_test.ts",
  "tests/commands/cross_validate_test.ts",
  "lib/training/training_test.ts",
  "tests/commands/ship_test.ts",
  "tests/commands/train_test.ts",
  "lib/sample/sample_test.ts",
  "tests/project/offline_test.ts",
  "tests/package/package_test.ts",
  "types",
  "tests/notebooks/notebooks_test.ts",
  "tests/commands/leaks_test.ts",
  "tests/commands/terminal_test.ts",
  "tests/commands/bench_test.ts",
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
