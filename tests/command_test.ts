import { deepEqual, equal, match, throws } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import { runTool } from "./_cli.ts";
import { readShares } from "@tools/command.ts";

/** The program of each task in deno.json. */
const PROGRAMS = Object.entries<{ command: string }>(
  JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).tasks,
).map(([task, { command }]) => ({ task, tool: command.match(/tools\/(\w+)\.ts$/)![1]! }));

/** What some commands cannot do without: its absence is told first. */
const REQUIRED: Record<string, string[]> = {
  "search": ["--budget", "1"],
  "ship": ["run", "--name", "x"],
  "train-published": ["--name", "x"],
  "worker": ["--queue", "postgres://localhost/x"],
};

for (const { task, tool } of PROGRAMS) {
  Deno.test(`${task} --help tells how it is used, and does nothing else`, async () => {
    await withFolder(async (work) => {
      const { success, text } = await runTool(tool, ["--help"], work);
      equal(success, true, text);
      match(text, new RegExp(`^Usage: deno task ${task}`));
      deepEqual([...Deno.readDirSync(work)], []);
    });
  });

  Deno.test(`${task} refuses an option that it does not have`, async () => {
    await withFolder(async (work) => {
      const args = [...REQUIRED[task] ?? [], "--colour"];
      const { success, text } = await runTool(tool, args, work);
      equal(success, false);
      match(text, /option '--colour'/);
      equal(/\n {4}at /.test(text), false, "a message, not a stack trace");
      deepEqual([...Deno.readDirSync(work)], []);
    });
  });
}

Deno.test("help tells an option's default and its environment variable", async () => {
  await withFolder(async (work) => {
    const { text } = await runTool("train", ["--help"], work);
    match(text, /--side <pixels>[^-]+\(default: 96,\s+env:\s+HUMAN_AGE_SIDE\)/);
  });
});

Deno.test("bench lists the benchmarks where none has the name", async () => {
  await withFolder(async (work) => {
    const { success, text } = await runTool("bench", ["--zoo", "--only", "nothing"], work);
    equal(success, false);
    match(text, /"nothing"[^]*\n {2}training IV, 96 px/);
  });
});

Deno.test("sample says that it wrote nothing where something is already", async () => {
  await withFolder(async (work) => {
    const { success, text } = await runTool("sample", [work], work);
    equal(success, true);
    match(text, new RegExp(`Nothing was written: ${work} is there already`));
    deepEqual([...Deno.readDirSync(work)], []);
  });
});

Deno.test("readShares() reads percents, and refuses what leaves no test", () => {
  deepEqual(readShares("80,10"), { train: 0.8, validation: 0.1 });
  for (const text of ["80", "80,20", "0,10", "80,10,10", "a,b", ""]) {
    throws(() => readShares(text), /two shares in percent/);
  }
});
