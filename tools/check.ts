/**
 * Runs the checks that take less than a minute and need no set-up; shows what those print that fail.
 *
 * @module
 */
import { conclude, PURE, runChecks, STATIC } from "@tools/checks.ts";
import { command, runCommand } from "@tools/command.ts";

await runCommand(
  command("check", "Checks formatting, lint, types, notebooks and rooms, and runs the pure tests.")
    .action(async () => {
      conclude(await runChecks([...STATIC, { ...PURE, counts: true }], { quiet: true }));
    }),
);
