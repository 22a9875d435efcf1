/**
 * Runs every check of the project and sums them up in the last line.
 *
 * @module
 */
import { type Check, conclude, PURE, runChecks, STATIC } from "@tools/checks.ts";
import { command, runCommand } from "@tools/command.ts";

const TESTS: Check[] = [
  { name: "tests and examples of lib", args: ["test", "-A", "--doc", "lib"], counts: true },
  { name: "tests of the whole", args: ["test", "-A", "--no-check", "tests"], counts: true },
];

await runCommand(
  command("test", "Runs every check of the project.")
    .action(async () => conclude(await runChecks([...STATIC, PURE, ...TESTS]))),
);
