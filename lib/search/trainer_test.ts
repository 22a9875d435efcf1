import { equal, match, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Claimed, withLock } from "@/base/files.ts";
import { npyHeader } from "@/images/npy.ts";
import { program, testWith, withFolder } from "@/testing.ts";
import type { Job } from "@/search/trainer.ts";
import { TESTING } from "@/model/zoo.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

const load = () => import("@/search/trainer.ts"); // reads the environment

/** Ten black squares to be learned for many epochs: a job that does not end by itself. */
async function endless(folder: string): Promise<Job> {
  const side = 16, path = join(folder, "squares.npy"), header = npyHeader([10, side, side, 3]);
  const black = new Uint8Array(10 * side * side * 3);
  await Deno.writeFile(path, new Uint8Array([...header, ...black]));
  const squares = { side, photos: Array(10).fill({}), path, offset: header.length };
  const part = { squares, indices: [0, 1, 2], groups: [0 as const, 1 as const, 2 as const] };
  const spec = { ...TESTING, learningRate: 0, epochs: 100_000, patience: 100_000 };
  const photos = { train: 3, validation: 3, test: 0 };
  return {
    folder: join(folder, "run"),
    setting: { spec, data: "black", side, split: "photo", seed: 7, photos },
    data: { train: part, validation: part },
    until: spec.epochs,
  };
}

/** Waits until something is so, for ten seconds at most. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (await isSo()) return true;
    await delay(100);
  }
  return false;
}

async function isTraining({ folder }: Job): Promise<boolean> {
  try {
    return await withLock(join(folder, "lock"), "looking", () => Promise.resolve(false));
  } catch (error) {
    return error instanceof Claimed;
  }
}

testWith(ALL, "a trainer trains up to an epoch", async () => {
  const { openTrainer } = await load();
  await withFolder(async (folder) => {
    const job = { ...await endless(folder), until: 2 };
    const trainer = openTrainer({ threads: 1 });
    equal((await trainer.do(job)).code, 0);
    await trainer.end();
    equal(JSON.parse(await Deno.readTextFile(join(job.folder, "run.json"))).history.length, 2);
  });
});

testWith(ALL, "a trainer reports a run that another process is training", async () => {
  const { CLAIMED, openTrainer } = await load();
  await withFolder(async (folder) => {
    const job = await endless(folder);
    await withLock(join(job.folder, "lock"), "training it", async () => {
      const trainer = openTrainer({ threads: 1 });
      const { code, words } = await trainer.do(job);
      await trainer.end();
      equal(code, CLAIMED);
      match(words, new RegExp(`^Process ${Deno.pid} is already training it`));
    });
  });
});

testWith(ALL, "a trainer ends its process when it is told to", async () => {
  const { openTrainer } = await load();
  await withFolder(async (folder) => {
    const job = await endless(folder), ending = new AbortController();
    const ended = openTrainer({ threads: 1, signal: ending.signal }).do(job);
    equal(await until(() => existsSync(join(job.folder, "run.json"))), true);
    ending.abort();
    await rejects(ended, { name: "AbortError" });
    equal(await isTraining(job), false);
  });
});

testWith(ALL, "a trainer leaves no process behind when its own is killed", async () => {
  await withFolder(async (folder) => {
    const job = await endless(folder);
    const text = `import { openTrainer } from "@/search/trainer.ts";
await openTrainer({ threads: 1 }).do(${JSON.stringify(job)});`;
    const parent = program(text, folder).spawn();
    equal(await until(() => existsSync(join(job.folder, "run.json"))), true);
    parent.kill("SIGKILL");
    await parent.output();
    equal(await until(async () => !await isTraining(job)), true);
  });
});
