import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import { ROOT, RUN } from "@/base/project.ts";
import { withFolder, withWork } from "@/testing.ts";
import config from "../../deno.json" with { type: "json" };

const { work, module: { exitCodeOf, readShares, run: runAny, runHere, runTool } } = await withWork(
  async () => ({
    ...await import("@tools/shared/command.ts"),
    ...await import("../support/cli.ts"),
    ...await import("../support/here.ts"),
  }),
);

/** The program of each task in deno.json. */
const PROGRAMS = Object.entries(config.tasks)
  .map(([task, { command }]) => ({
    task,
    tool: command.match(/tools\/commands\/(\w+)\.ts$/)![1]!,
  }));

/** What some commands cannot do without: its absence is told first. */
const REQUIRED: Record<string, string[]> = {
  "search": ["--budget", "1"],
  "ship": ["run", "--name", "x"],
  "worker": ["--queue", "postgres://localhost/x"],
};

/** Programs that a process of their own runs: they export no command, since packages may be missing. */
const OWN_PROCESS = ["setup"];

/** Runs a program of a task: whether it succeeded, and all that it said. */
async function run(tool: string, args: string[]): Promise<{ success: boolean; text: string }> {
  if (OWN_PROCESS.includes(tool)) return await runTool(tool, args, work);
  const { code, out, err } = await runHere(tool, args);
  return { success: code === 0, text: out + err };
}

for (const { task, tool } of PROGRAMS) {
  Deno.test(`${task} --help tells how it is used, and does nothing else`, async () => {
    const { success, text } = await run(tool, ["--help"]);
    equal(success, true, text);
    match(text, new RegExp(`^Usage: deno task ${task}`));
    deepEqual([...Deno.readDirSync(work)], []);
  });

  Deno.test(`${task} refuses an option that it does not have`, async () => {
    const { success, text } = await run(tool, [...REQUIRED[task] ?? [], "--colour"]);
    equal(success, false);
    match(text, /option '--colour'/);
    equal(/\n {4}at /.test(text), false, "a message, not a stack trace");
    deepEqual([...Deno.readDirSync(work)], []);
  });
}

Deno.test("commands that train take --fresh, to which a run of other photos points", async () => {
  for (const tool of ["train", "cross_validate", "search", "ablation"]) {
    match((await runHere(tool, ["--help"])).out, /--fresh/, tool);
  }
});

Deno.test("a command that is refused ends its process with 1, and help with 0", async () => {
  equal((await runTool("sample", ["--colour"], work)).success, false);
  const { success, text } = await runTool("sample", ["--help"], work);
  equal(success, true);
  match(text, /^Usage: deno task sample/);
});

Deno.test("a command whose reader has gone ends in silence, as one of the system", async () => {
  const code = await exitCodeOf(() => Promise.reject(new Deno.errors.BrokenPipe("Broken pipe")));
  equal(code, 141);
});

Deno.test("an error is shown with the usage alone, so that it stays in sight", async () => {
  const { err } = await runHere("train", ["IV", "--side", "big"]);
  ok(err.trim().split("\n").length <= 5, err);
});

Deno.test("help tells an option's default and its environment variable", async () => {
  const { out } = await runHere("train", ["--help"]);
  match(out, /--side <pixels>[^-]+\(default: 96,\s+env:\s+HUMAN_AGE_SIDE\)/);
});

Deno.test("bench lists the benchmarks where none has the name", async () => {
  const { code, err } = await runHere("bench", ["--zoo", "--only", "nothing"]);
  equal(code, 1);
  match(err, /"nothing"[^]*\n {2}training IV, 96 px/);
});

Deno.test("sample says that it wrote nothing where something is already", async () => {
  await withFolder(async (folder) => {
    const { code, out } = await runHere("sample", [folder]);
    equal(code, 0);
    match(out, new RegExp(`Nothing was written: ${folder} is there already`));
    deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a command takes paths from where deno task was called, else from where it runs", async () => {
  await withFolder(async (folder) => {
    const program = [...RUN, join(ROOT, "tools", "commands", "sample.ts"), "docs"];
    await Deno.mkdir(join(folder, "docs"));
    for (
      const [env, caller] of [[{ INIT_CWD: folder }, folder], [{ INIT_CWD: "" }, ROOT]] as const
    ) {
      const { text } = await runAny(Deno.execPath(), program, env);
      match(text, new RegExp(`Nothing was written: ${caller}/docs is there already`));
    }
  });
});

Deno.test("readShares() reads percents, and refuses what leaves no test", () => {
  deepEqual(readShares("80,10"), { train: 0.8, validation: 0.1 });
  for (const text of ["80", "80,20", "0,10", "80,10,10", "a,b", ""]) {
    throws(() => readShares(text), /two shares in percent/);
  }
});
