import { deepEqual, equal, match } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT, RUN } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import { PYTHON } from "@tools/shared/python.ts";
import { putSample, TINIEST } from "../support/begin.ts";
import { parts } from "../support/faults.ts";

const ignore = !existsSync(PYTHON);
const reason = ignore ? " [needs Python: deno task setup installs it]" : "";

/** Commands that take long, and what they have written when Ctrl+C is typed. */
const LONG: { tool: string; args: string[]; says: string }[] = [
  { tool: "train", args: ["IV", "--side", "80"], says: "epoch 2 of" },
  { tool: "reproduce", args: ["--only", "01"], says: "cell 12 of" },
  { tool: "reproduce", args: [], says: "04_model_search: cell 24 of" },
];

for (const { tool, args, says } of LONG) {
  Deno.test({
    name: `Ctrl+C ends ${
      [tool, ...args].join(" ")
    } with a line that says how to go on, and code 130${reason}`,
    ignore,
  }, async () => {
    await withFolder(async (folder) => {
      const data = join(folder, "faces");
      await putSample(data);
      const command = [
        Deno.execPath(),
        ...RUN,
        join(ROOT, "tools", "commands", `${tool}.ts`),
        ...args,
      ];
      const steps = JSON.stringify([[says, "\x03"]]);
      const { code, stdout } = await new Deno.Command(PYTHON, {
        args: [
          join(ROOT, "tests", "support", "terminal.py"),
          "600",
          steps,
          ...command,
          "--data",
          data,
        ],
        env: { HUMAN_AGE_WORK: join(folder, "work"), NO_COLOR: "1" },
        cwd: ROOT,
      }).output();
      const text = new TextDecoder().decode(stdout);
      equal(code, 130, text); // 4 would mean that a process is left
      match(
        text.trim().split("\n").at(-1)!,
        /^Interrupted: run the same command again, it goes on/,
      );
      equal(/Traceback|\n {4}at /.test(text), false, text);
    });
  });
}

Deno.test("Ctrl+C ends a search that is beginning, and leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "faces"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const args = ["--data", data, "--side", "48", "--models", "III", "--budget", "3"];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...RUN, join(ROOT, "tools", "commands", "search.ts"), ...args],
      env: { HUMAN_AGE_WORK: work, NO_COLOR: "1" },
      ...{ cwd: ROOT, stdout: "null", stderr: "piped" },
    }).spawn();
    const runs = join(work, "runs"), searches = join(work, "searches");
    while (!existsSync(join(searches, "lock"))) await delay(20);
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    equal(code, 130);
    match(lines.at(-1)!, /^Interrupted: run the same command again, it goes on/);
    deepEqual(parts(searches), []);
    if (existsSync(runs)) deepEqual(parts(runs), []);
  });
});
