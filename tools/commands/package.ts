import { join } from "node:path";
import { WORK } from "@/base/project.ts";
import { command, path, runCommand } from "@tools/shared/command.ts";
import { buildPackage } from "@tools/package/package_build.ts";
import { describeFiles } from "@tools/shared/built_folder.ts";

export const program = command(
  "package",
  "Builds the npm package human-age, for Node.js, Deno and browsers.",
)
  .option("--out <folder>", "where to put the package", path, join(WORK, "package"))
  .action(async ({ out }) => {
    console.log(`The package is in ${out}: ${describeFiles(await buildPackage(out))}.`);
    console.log(`npm pack ${out} makes one file of it, npm install ${out} installs it.`);
  });

if (import.meta.main) await runCommand(program);
