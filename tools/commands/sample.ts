import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureSample } from "@/study/open_data.ts";
import { SAMPLE, WORK } from "@/base/project.ts";
import { command, path, runCommand } from "@tools/shared/command.ts";

export const program = command("sample", "Makes the sample.")
  .argument("[folder]", "where to put it", path, join(WORK, SAMPLE))
  .action(async (folder) => {
    if (existsSync(folder)) return console.log(`Nothing was written: ${folder} is there already`);
    await ensureSample(folder);
    console.log(`The sample is in ${folder}`);
  });

if (import.meta.main) await runCommand(program);
