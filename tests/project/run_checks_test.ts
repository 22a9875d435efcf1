import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Interrupted } from "@/base/interruption.ts";
import { shareOut } from "@/base/worker_process.ts";
import { withFolder, withInterrupt } from "@/testing.ts";
import { CELLS, withCells } from "@tools/checks/cells.ts";
import type { Check } from "@tools/checks/checks.ts";
import {
  longestFirst,
  type Outcome,
  runChecks,
  summarize,
  unrun,
  withoutSequel,
} from "@tools/checks/run_checks.ts";
import { run } from "../support/cli.ts";

Deno.test("withCells() keeps the cells there until the work has ended, for one process", async () => {
  await withFolder(async (project) => {
    const isThere = () => existsSync(join(project, CELLS, "01_eda.ts"));
    await withCells(async () => {
      await rejects(
        withCells(() => Promise.resolve(), project),
        /is already checking this project/,
      );
      equal(isThere(), true);
    }, project);
    equal(isThere(), false);
  });
});

Deno.test("shareOut() returns results in the items' order, whatever finished first", async () => {
  const over = Promise.withResolvers<void>(), finished: string[] = [];
  const results = await shareOut(["long", "short", "last"], [1, 2], async (name) => {
    if (name === "long") await over.promise;
    finished.push(name);
    if (name === "last") over.resolve();
    return name.toUpperCase();
  });
  deepEqual(results, ["LONG", "SHORT", "LAST"]);
  deepEqual(finished, ["short", "last", "long"]);
});

Deno.test("shareOut() does no more items at a time than there are workers", async () => {
  let running = 0, most = 0;
  await shareOut([1, 2, 3, 4, 5], [1, 2], async () => {
    most = Math.max(most, ++running);
    await delay(5);
    running--;
  });
  equal(most, 2);
});

const PASSING = `Deno.test("fine", () => {});`;
const FAILING = `${PASSING} Deno.test("bad", () => { throw new Error("two is not three"); });`;

/** Writes test files into a folder, as checks. */
function checksOf(folder: string, files: Record<string, string>): Check[] {
  return Object.entries(files).map(([name, text]) => {
    const path = join(folder, `${name}_test.ts`);
    Deno.writeTextFileSync(path, text);
    const args = ["test", "-A", "--no-check", path];
    return { name, args, counts: true, alone: `deno test ${name}` };
  });
}

/** Runs test files as checks; returns what came of them, and what was told. */
async function runFiles(files: Record<string, string>, lanes = 2) {
  return await withFolder(async (folder) => {
    const told: string[] = [], tell = (text: string) => void told.push(text);
    const outcomes = await runChecks(checksOf(folder, files), { lanes, tell });
    return { outcomes, told };
  });
}

const counts = ({ passed, failed, skipped }: Outcome) => [passed, failed, skipped];

Deno.test("runChecks() tells a line for a file that passes, and all of one that fails", async () => {
  const { outcomes, told } = await runFiles({ good: PASSING, bad: FAILING }, 1);
  deepEqual(outcomes.map(counts), [[1, 0, 0], [1, 1, 0]]);
  equal(told.length, 3);
  match(told[0]!, /^1 of 2: good: 1 passed in \d+ s$/);
  match(told[1]!, /^2 of 2: bad: FAILED, 1 passed, 1 failed in \d+ s$/);
  match(told[2]!, /fine \.\.\. ok[^]*Error: two is not three[^]*\nAlone: deno test bad\n$/);
});

Deno.test("runChecks() returns outcomes in one order, whatever finished first", async () => {
  await withFolder(async (folder) => {
    const quick = join(folder, "quick is told"), told: string[] = [];
    const slow = `import { existsSync } from "node:fs";
      Deno.test("slow", async () => {
        while (!existsSync("${quick}") && performance.now() < 60_000) {
          await new Promise((done) => setTimeout(done, 20));
        }
      });`;
    const tell = (text: string) => {
      told.push(text);
      Deno.writeTextFileSync(quick, "");
    };
    const outcomes = await runChecks(checksOf(folder, { slow, quick: PASSING }), {
      lanes: 2,
      tell,
    });
    deepEqual(outcomes.map(({ check }) => check.name), ["slow", "quick"]);
    match(told[0]!, /^1 of 2: quick/);
  });
});

const CRASHES = {
  "throws before any test": `throw new Error("no such thing"); ${PASSING}`,
  "has a syntax error": `${PASSING} const = 1;`,
  "ends with success before its tests": `Deno.exit(0); ${PASSING}`,
  "ends with success amid its tests": `${PASSING} Deno.test("ends", () => Deno.exit(0));`,
  "is killed amid its tests": `${PASSING} Deno.test("dies", () => Deno.kill(Deno.pid, "SIGKILL"));`,
  "leaves a promise that fails": `${PASSING} Promise.reject(new Error("late"));`,
};

Deno.test("runChecks() counts a file that crashes as failed", async () => {
  const { outcomes } = await runFiles(CRASHES);
  deepEqual(outcomes.map(({ check, failed }) => [check.name, failed]), [
    ...Object.keys(CRASHES).map((name) => [name, 1]),
  ]);
});

Deno.test("runChecks() gives each check its own folders, one thread and no network", async () => {
  const tells = `Deno.test("tells", async () => {
    const { HUMAN_AGE_WORK, TMPDIR, TF_NUM_INTRAOP_THREADS, ALSO } = Deno.env.toObject();
    await Deno.mkdir(HUMAN_AGE_WORK);
    const network = await fetch("https://deno.com").catch(({ cause }) => String(cause));
    throw new Error(JSON.stringify([HUMAN_AGE_WORK, TMPDIR, TF_NUM_INTRAOP_THREADS, ALSO, network]));
  });`;
  const outcomes = await withFolder((folder) => (
    runChecks(checksOf(folder, { one: tells, other: tells }), {
      env: { ALSO: "this" },
      tell: () => {},
    })
  ));
  const told = outcomes.map(({ text }) => JSON.parse(text.match(/Error: (\[.*\])/)![1]!));
  for (const [, , threads, also, network] of told) {
    deepEqual([threads, also], ["1", "this"]);
    match(network, /refused/);
  }
  const folders = told.flatMap(([work, temporary]) => [work, temporary]);
  equal(new Set(folders).size, 4);
  deepEqual(folders.filter((folder) => existsSync(folder)), [], "they are gone");
});

Deno.test("Ctrl+C ends the checks and what they have started", async () => {
  await withFolder(async (folder) => {
    const note = join(folder, "pids");
    const waits = `Deno.test("waits", async () => {
      const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
      Deno.writeTextFileSync("${note}", Deno.pid + " " + child.pid);
      await child.status;
    });`;
    await withInterrupt(async (interrupt) => {
      const checks = checksOf(folder, { waits, never: PASSING }), told: string[] = [];
      const refused = rejects(runChecks(checks, { lanes: 1, tell: (text) => told.push(text) }), {
        name: Interrupted.name,
      });
      while (!existsSync(note) || !Deno.readTextFileSync(note).includes(" ")) await delay(20);
      interrupt();
      await refused;
      deepEqual(told, []);
    });
    const pids = Deno.readTextFileSync(note).split(" ");
    for (let tries = 0; tries < 100 && await stillRunning(pids); tries++) await delay(100);
    equal(await stillRunning(pids), "");
  });
});

/** Those of some processes that have not ended, in words; empty if all have. */
async function stillRunning(pids: string[]): Promise<string> {
  const { text } = await run("ps", ["-o", "stat=,args=", "-p", pids.join()]);
  return text.split("\n").filter((line) => /^[^Z]/.test(line)).join("\n");
}

const TESTING = new URL("../../lib/testing.ts", import.meta.url);
const MIXED = `import { leaveOut, testWith } from "${TESTING}"; ${FAILING}
  testWith(["env"], "reads settings", () => {});
  leaveOut("asks the stars", "needs a clear night");`;

Deno.test("runChecks() counts no test as skipped that is left to a run with permissions", async () => {
  await withFolder(async (folder) => {
    const [check] = checksOf(folder, { mixed: MIXED });
    const pure = { ...check!, args: check!.args.filter((word) => word !== "-A") };
    const [outcome] = await runChecks([pure], { tell: () => {} });
    deepEqual(counts(outcome!), [1, 1, 1], outcome!.text);
    deepEqual(withoutSequel([outcome!]).map(counts), [[1, 1, 2]], "where none follows");
    deepEqual(unrun([outcome!], []), [], "a failing check may have ended early");
  });
});

Deno.test("with skip_pure_tests.ts those tests alone run that need permissions", async () => {
  await withFolder(async (folder) => {
    const [check] = checksOf(folder, { mixed: MIXED });
    const [test, ...args] = check!.args;
    const mixed = {
      ...check!,
      args: [test!, "--preload=tools/checks/skip_pure_tests.ts", ...args],
    };
    const [outcome] = await runChecks([mixed], { tell: () => {} });
    deepEqual(counts(outcome!), [1, 0, 1], outcome!.text);
  });
});

/** An outcome in short. */
function outcome(name: string, seconds: number, counts: number[], text = ""): Outcome {
  const [passed = 0, failed = 0, skipped = 0] = counts;
  const check = { name, args: ["test", name], counts: true };
  return { check, seconds, passed, failed, skipped, text };
}

Deno.test("unrun() tells where a test that needs permissions was not run with them", () => {
  const owed = "a [needs read: deno task test grants it] ... ignored (0ms)\n".repeat(3);
  const pure = [outcome("pure", 1, [5], owed)];
  deepEqual(unrun(pure, [outcome("a", 1, [1]), outcome("b", 1, [1, 0, 1])]), []);
  const [failure] = unrun(pure, [outcome("a", 1, [1])]);
  equal(failure!.check.name, "of 3 tests of lib that need permissions, 1 were run");
  deepEqual(counts(failure!), [0, 1, 0]);
});

Deno.test("longestFirst() puts the checks that take long first, and keeps the order of others", () => {
  const checks = ["a", "b", "c", "d"].map((name) => ({ name, args: [] }));
  deepEqual(longestFirst(checks, ["d", "x", "b"]).map(({ name }) => name), ["d", "b", "a", "c"]);
});

Deno.test("summarize() tells what was skipped, was slow and failed, and counts in its last line", () => {
  const ignored = "moon [needs night] ... ignored (0ms)\n" +
    "read [needs read: deno task test grants it] ... ignored (0ms)\n";
  const outcomes = [
    outcome("a", 2, [3]),
    outcome("b", 70, [1, 2]),
    outcome("c", 5, [0, 0, 1], ignored),
  ];
  equal(
    summarize(outcomes),
    `
Skipped:
  moon [needs night]

Slowest:
  b: FAILED, 1 passed, 2 failed in 1 min 10 s
  c: 1 skipped in 5 s
  a: 3 passed in 2 s

Failed:
  b. Alone: deno test b

4 passed, 2 failed, 1 skipped`,
  );
});

Deno.test("summarize() names the ten slowest checks, and nothing that there is not", () => {
  const outcomes = Array.from({ length: 12 }, (_, k) => outcome(`file ${k}`, k, [1]));
  const lines = summarize(outcomes).trim().split("\n");
  equal(lines[0], "Slowest:");
  deepEqual(
    lines.slice(1, -2).map((line) => line.match(/file \d+/)![0]),
    [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((k) => `file ${k}`),
  );
  equal(lines.at(-1), "12 passed, 0 failed, 0 skipped");
  ok(!lines.join().includes("Failed:"));
});
