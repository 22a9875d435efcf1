/**
 * Faults that trainings survive: processes killed at any moment, a disk that fills up, two at once, a clock set
 * back. `MOMENTS=20 deno test -A tests/faults/faults_training_test.ts` tries each at twenty random moments; without it,
 * at one or two.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "@/base/random.ts";
import { ALL, program, withFolder } from "@/testing.ts";
import {
  moments,
  type Outcome,
  outcomeOf,
  parts,
  sharing,
  start,
  struckAfter,
  succeed,
  trained,
} from "../support/faults.ts";
import { TINIEST } from "../support/begin.ts";

const EPOCHS = 12;

const training = (data: string) => ["IV", "--data", data, "--side", "80", "--epochs", `${EPOCHS}`];

/** A training that nothing disturbs: how long it took, how much it wrote, and what the others are held against. */
const undisturbed = sharing(async (folder, data) => {
  const whole = join(folder, "whole"), began = performance.now();
  await succeed(start("train", training(data), whole));
  const seconds = (performance.now() - began) / 1000;
  return { folder, data, seconds, needed: bytesIn(whole), expected: await trained(whole) };
});

function bytesIn(folder: string): number {
  return [...Deno.readDirSync(folder)].reduce((sum, { name, isDirectory }) => {
    const path = join(folder, name);
    return sum + (isDirectory ? bytesIn(path) : Deno.statSync(path).size);
  }, 0);
}

Deno.test("a training that is killed or interrupted at any moment comes to the same", async () => {
  const { folder, data, seconds, expected } = await undisturbed();
  const random = createRandom(7, "moments");
  equal(expected.history.length, EPOCHS);
  const strikes = moments(2, 20);
  let struck = 0, finished = 0;
  for (let round = 0; struck < strikes; round++) {
    const work = join(folder, `round ${round}`);
    for (let over = false; !over && struck < strikes;) {
      const signal = struck % 2 === 0 ? "SIGKILL" : "SIGINT";
      const child = start("train", training(data), work);
      const { code, text } = await struckAfter(seconds * random(), child, signal);
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

Deno.test("two trainings at once harm nothing", async () => {
  const { folder, data, expected } = await undisturbed(), work = join(folder, "both");
  const both = await Promise.all([1, 2].map(() => outcomeOf(start("train", training(data), work))));
  ok(both.some(({ code }) => code === 0), both.map(({ text }) => text).join("\n"));
  for (const { text } of both.filter(({ code }) => code !== 0)) {
    match(text, /Process \d+ is already/);
  }
  deepEqual(await trained(work), expected);
  deepEqual(parts(work), []);
});

/** Starts two who make the same sample: one does, and the other says so if it meets the first. */
async function makeTwice(folder: string, start: (sample: string) => Promise<Outcome>) {
  const sample = join(folder, "sample");
  const samples = await Promise.all([1, 2].map(() => start(sample)));
  ok(samples.some(({ code }) => code === 0), samples.map(({ text }) => text).join("\n"));
  for (const { text } of samples.filter(({ code }) => code !== 0)) {
    match(text, /Process \d+ is already making the sample/);
  }
  deepEqual(parts(folder), []);
}

Deno.test("two who make the sample at once harm nothing", async () => {
  await withFolder((folder) =>
    makeTwice(folder, async (sample) => {
      const text = `import { ensureSample } from "@/study/open_data.ts";
await ensureSample(${JSON.stringify(sample)}, { size: ${JSON.stringify(TINIEST)} });`;
      return await outcomeOf(program(text, folder).spawn());
    })
  );
});

Deno.test({ name: "two sample commands at once harm nothing", ignore: !ALL }, async () => {
  await withFolder((folder) =>
    makeTwice(folder, (sample) => outcomeOf(start("sample", [sample], folder)))
  );
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

Deno.test("a disk that fills up at any moment loses nothing, and leaves nothing half", async (t) => {
  const { folder, data, needed, expected } = await undisturbed();
  const disk = join(folder, "disk"), random = createRandom(7, "disks");
  if (!await mount(disk, 1e6)) {
    return void await t.step({ name: "needs to mount a disk", ignore: true, fn: () => {} });
  }
  await new Deno.Command("umount", { args: [disk] }).output();
  let full = 0;
  for (; full < moments(1, 10); full++) {
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

const FAKETIME = ["/usr/bin/faketime", "/usr/local/bin/faketime"].find((path) => existsSync(path));

Deno.test({
  name: `a clock set back changes nothing${FAKETIME ? "" : " [needs faketime]"}`,
  ignore: !FAKETIME,
}, async () => {
  const { folder, data, expected } = await undisturbed(), work = join(folder, "back");
  const half = training(data).with(-1, String(EPOCHS / 2));
  await succeed(start("train", half, work));
  await succeed(start("train", training(data), work, [FAKETIME!, "-f", "-400d"]));
  deepEqual(await trained(work), expected);
});
