/** Runs the checks that take less than a minute and need no set-up; shows what those print that fail. */
import { withCells } from "@tools/checks/cells.ts";
import { PURE, ROOMS, STATIC } from "@tools/checks/checks.ts";
import { command, runCommand } from "@tools/shared/command.ts";
import { conclude, runChecks, withoutSequel } from "@tools/checks/run_checks.ts";

export const program = command(
  "check",
  "Checks formatting, lint, types, notebooks and the order of modules, and runs the pure tests.",
)
  .action(async () => {
    const outcomes = await withCells(() => runChecks([...STATIC, ROOMS, ...PURE]));
    conclude(withoutSequel(outcomes));
  });

if (import.meta.main) await runCommand(program);
