/**
 * Faults that work survives: processes killed at any moment, a disk that fills up, two at once, a clock set
 * back. `MOMENTS=20 deno test -A tests/faults_test.ts` tries each at twenty random moments; without it, at
 * two.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { csvParse } from "d3";
import { ROOT, RUN } from "@/base/project.ts";
import { createRandom } from "@/base/random.ts";
import { makeSample } from "@/sample/sample.ts";
import { withFolder } from "@/testing.ts";

const MOMENTS = Number(Deno.env.get("MOMENTS") ?? 2);

const EPOCHS = 12;

/** A folder with a sample to work on, and room for work folders. */
async function withSample(body: (folder: string, data: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const data = join(folder, "faces");
    await makeSample(data, { photos: 200, subjects: 60, albums: 12, processes: 2 });
    await body(folder, data);
  });
}

/** A command of the project with a work folder of its own, in a process group of its own. */
function start(
  tool: string,
  args: string[],
  work: string,
  before: string[] = [],
): Deno.ChildProcess {
  const deno = [Deno.execPath(), ...RUN, join(ROOT, "tools", `${tool}.ts`), ...args];
  const [program, ...rest] = [...before, ...deno];
  return new Deno.Command(program!, {
    args: rest,
    cwd: ROOT,
    env: { HUMAN_AGE_WORK: work, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

interface Outcome {
  code: number;
  text: string;
}

async function outcomeOf(child: Deno.ChildProcess): Promise<Outcome> {
  const { code, stdout, stderr } = await child.output();
  return { code, text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("") };
}

/** Sends a signal to a process, or with SIGKILL to its children too. */
async function strike(child: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  const listed = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", `${child.pid}`] })
    .output();
  const children = new TextDecoder().decode(listed.stdout).split("\n").map(Number).filter(Boolean);
  for (const pid of signal === "SIGKILL" ? [...children, child.pid] : [child.pid]) {
    try {
      Deno.kill(pid, signal);
    } catch { /* it has ended by itself */ }
  }
}

const training = (data: string) => ["IV", "--data", data, "--side", "80", "--epochs", `${EPOCHS}`];
const searching = (data: string, figures: string) =>
  ["--data", data, "--side", "80", "--budget", "12", "--models", "IV,V,IVa"]
    .concat(["--workers", "2", "--figures", figures]);

/** What a training has left: its history without times, and its files by their content. */
async function trained(work: string): Promise<{ history: unknown[]; files: unknown[] }> {
  const [folder] = [...foldersWith(join(work, "runs"), "run.json")];
  if (!folder) return { history: [], files: [] };
  const { history } = JSON.parse(await Deno.readTextFile(join(folder, "run.json")));
  const files = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    /\.bin$|^model/.test(name)
  ).sort();
  return {
    history: history.map(({ seconds: _, ...epoch }: { seconds: number }) => epoch),
    files: files.map((name) => [name, md5(Deno.readFileSync(join(folder, name)))]),
  };
}

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

function* foldersWith(folder: string, file: string): Generator<string> {
  if (!existsSync(folder)) return;
  if (existsSync(join(folder, file))) yield folder;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* foldersWith(join(folder, name), file);
  }
}

/** Files that are not whole. */
function parts(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return /\.part-|\.begun/.test(name) ? [path] : isDirectory ? parts(path) : [];
  });
}

async function succeed(child: Deno.ChildProcess): Promise<string> {
  const { code, text } = await outcomeOf(child);
  equal(code, 0, text);
  return text;
}

Deno.test("a training that is killed or interrupted at any moment comes to the same", async () => {
  await withSample(async (folder, data) => {
    const whole = join(folder, "whole"), random = createRandom(7, "moments");
    const began = performance.now();
    await succeed(start("train", training(data), whole));
    const seconds = (performance.now() - began) / 1000, expected = await trained(whole);
    equal(expected.history.length, EPOCHS);
    let struck = 0, finished = 0;
    for (let round = 0; struck < MOMENTS; round++) {
      const work = join(folder, `round ${round}`);
      for (let over = false; !over && struck < MOMENTS;) {
        const signal = struck % 2 === 0 ? "SIGKILL" : "SIGINT";
        const child = start("train", training(data), work);
        const timer = delay(1000 * seconds * random()).then(() => strike(child, signal));
        const { code, text } = await outcomeOf(child);
        await timer;
        over = code === 0;
        if (over) break;
        struck++;
        if (signal === "SIGINT" && code !== 130) equal(code, 130, text);
        const { history } = await trained(work);
        deepEqual(history, expected.history.slice(0, history.length), "nothing half");
      }
      await succeed(start("train", training(data), work));
      deepEqual(await trained(work), expected);
      finished++;
    }
    console.log(`training: struck ${struck} times, ${finished} of ${finished} ended the same`);
  });
});

/** The leaderboard in a folder, without times. */
async function leaderboard(folder: string): Promise<unknown[]> {
  const rows = csvParse(await Deno.readTextFile(join(folder, "leaderboard.csv")));
  return rows.map(({ seconds: _, ...row }) => row);
}

Deno.test("a search that is killed with its workers comes to the same leaderboard", async () => {
  await withSample(async (folder, data) => {
    const random = createRandom(7, "searches"), out = join(folder, "out");
    const began = performance.now();
    await succeed(start("search", searching(data, out), join(folder, "whole")));
    const seconds = (performance.now() - began) / 1000, work = join(folder, "killed");
    let struck = 0;
    for (; struck < Math.min(MOMENTS, 5); struck++) {
      const child = start("search", searching(data, join(folder, "killed out")), work);
      const timer = delay(1000 * seconds * random()).then(() => strike(child, "SIGKILL"));
      await outcomeOf(child);
      await timer;
    }
    await succeed(start("search", searching(data, join(folder, "killed out")), work));
    deepEqual(await leaderboard(join(folder, "killed out")), await leaderboard(out));
    console.log(`search: killed with its workers ${struck} times, the same leaderboard`);
  });
});

Deno.test("two of everything at once harm nothing", async () => {
  await withSample(async (folder, data) => {
    const whole = join(folder, "whole"), work = join(folder, "both");
    await succeed(start("train", training(data), whole));
    const both = await Promise.all(
      [1, 2].map(() => outcomeOf(start("train", training(data), work))),
    );
    ok(both.some(({ code }) => code === 0), both.map(({ text }) => text).join("\n"));
    for (const { text } of both.filter(({ code }) => code !== 0)) {
      match(text, /Process \d+ is already/);
    }
    deepEqual(await trained(work), await trained(whole));
    const outs = ["a", "b"].map((name) => join(folder, name));
    await Promise.all(outs.map((out) => succeed(start("search", searching(data, out), work))));
    deepEqual(await leaderboard(outs[0]!), await leaderboard(outs[1]!));
    deepEqual(parts(work), []);
    const sample = join(folder, "sample"), made = [1, 2].map(() => start("sample", [sample], work));
    const samples = await Promise.all(made.map(outcomeOf));
    ok(samples.some(({ code }) => code === 0), samples.map(({ text }) => text).join("\n"));
    for (const { text } of samples.filter(({ code }) => code !== 0)) {
      match(text, /Process \d+ is already making the sample/);
    }
  });
});

/** Mounts a disk of so many bytes in a folder; null where that is not allowed. */
async function mount(folder: string, bytes: number): Promise<boolean> {
  await Deno.mkdir(folder, { recursive: true });
  const args = ["-t", "tmpfs", "-o", `size=${Math.ceil(bytes / 4096) * 4096}`, "tmpfs", folder];
  return await new Deno.Command("mount", { args, stderr: "null" }).output()
    .then(({ success }) => success, () => false);
}

async function resize(folder: string, bytes: number): Promise<void> {
  const args = ["-o", `remount,size=${Math.ceil(bytes / 4096) * 4096}`, folder];
  await new Deno.Command("mount", { args }).output();
}

function bytesIn(folder: string): number {
  return [...Deno.readDirSync(folder)].reduce((sum, { name, isDirectory }) => {
    const path = join(folder, name);
    return sum + (isDirectory ? bytesIn(path) : Deno.statSync(path).size);
  }, 0);
}

Deno.test("a disk that fills up at any moment loses nothing, and leaves nothing half", async (t) => {
  await withSample(async (folder, data) => {
    const whole = join(folder, "whole"), disk = join(folder, "disk");
    if (!await mount(disk, 1e6)) {
      return void await t.step({ name: "needs to mount a disk", ignore: true, fn: () => {} });
    }
    await new Deno.Command("umount", { args: [disk] }).output();
    await succeed(start("train", training(data), whole));
    const expected = await trained(whole),
      needed = bytesIn(whole),
      random = createRandom(7, "disks");
    let full = 0;
    for (; full < Math.min(MOMENTS, 10); full++) {
      const size = needed * (0.02 + 0.96 * random());
      await mount(disk, size);
      try {
        const { code, text } = await outcomeOf(start("train", training(data), disk));
        equal(code, 1, text);
        match(text, /No room on the disk/);
        equal(/\n {4}at /.test(text), false, "a message, not a stack trace");
        deepEqual(parts(disk), [], "nothing half");
        const { history } = await trained(disk);
        deepEqual(history, expected.history.slice(0, history.length), "nothing lost");
        await resize(disk, 3 * needed);
        await succeed(start("train", training(data), disk));
        deepEqual(await trained(disk), expected);
      } finally {
        await new Deno.Command("umount", { args: [disk] }).output();
      }
    }
    console.log(`disk: full ${full} times, ${full} of ${full} went on to the same`);
  });
});

const FAKETIME = ["/usr/bin/faketime", "/usr/local/bin/faketime"].find((path) => existsSync(path));

Deno.test({
  name: `a clock set back changes nothing${FAKETIME ? "" : " [needs faketime]"}`,
  ignore: !FAKETIME,
}, async () => {
  await withSample(async (folder, data) => {
    const whole = join(folder, "whole"), work = join(folder, "back");
    await succeed(start("train", training(data), whole));
    const half = training(data).with(-1, String(EPOCHS / 2));
    await succeed(start("train", half, work));
    await succeed(start("train", training(data), work, [FAKETIME!, "-f", "-400d"]));
    deepEqual(await trained(work), await trained(whole));
  });
});
