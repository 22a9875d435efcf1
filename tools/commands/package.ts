/** Builds the npm package `human-age`. */
import { join } from "node:path";
import { WORK } from "@/base/project.ts";
import { command, path, runCommand } from "@tools/shared/command.ts";
import { buildPackage } from "@tools/package/package_build.ts";
import { weightOf } from "@tools/shared/built_folder.ts";

export const program = command(
  "package",
  "Builds the npm package human-age, for Node.js, Deno and browsers.",
)
  .option("--out <folder>", "where to put the package", path, join(WORK, "package"))
  .action(async ({ out }) => {
    const files = await buildPackage(out);
    const count = Object.keys(files).length, megabytes = (weightOf(files) / 1e6).toFixed(1);
    console.log(`The package is in ${out}: ${count} files, ${megabytes} MB.`);
    console.log(`npm pack ${out} makes one file of it, npm install ${out} installs it.`);
  });

if (import.meta.main) await runCommand(program);
