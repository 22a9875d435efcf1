import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Claimed, withLock } from "@/base/files.ts";
import { program, testWith, withFolder } from "@/testing.ts";
import type { Task, Trainers } from "@/search/trainer.ts";
import { makeNoise } from "@/training/_testing.ts";
import type { TrainingData } from "@/training/epoch.ts";
import { TESTING } from "@/model/zoo.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

const load = () => import("@/search/trainer.ts"); // reads the environment

/** Three squares to be learned for many epochs: a job that does not end by itself. */
async function endless(folder: string): Promise<{ task: Task; data: TrainingData }> {
  const { train: part } = await makeNoise(folder, 16, { train: 3, validation: 0 });
  const spec = { ...TESTING, learningRate: 0, epochs: 100_000, patience: 100_000 };
  const photos = { train: 3, validation: 3, test: 0 };
  const setting = { spec, data: "noise", side: 16, split: "photo" as const, seed: 7, photos };
  const { signal } = new AbortController(), run = join(folder, "run");
  const task = { folder: run, setting, until: spec.epochs, threads: 1, signal };
  return { task, data: { train: part, validation: part } };
}

/** Opens trainers for that job, and for one epoch of another like it; ends them. */
async function withTrainers(
  work: (given: { task: Task; other: Task; trainers: Trainers }) => Promise<void>,
): Promise<void> {
  const { openTrainers } = await load();
  await withFolder(async (folder) => {
    const { task, data } = await endless(folder), trainers = openTrainers([data]);
    const other = { ...task, folder: join(folder, "other"), until: 1 };
    await work({ task, other, trainers }).finally(() => trainers.end());
  });
}

/** Waits until something is so, for a minute at most. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return true;
    await delay(100);
  }
  return false;
}

async function isTraining({ folder }: Task): Promise<boolean> {
  try {
    return await withLock(join(folder, "lock"), "looking", () => Promise.resolve(false));
  } catch (error) {
    return error instanceof Claimed;
  }
}

/** How many epochs a run has. */
async function epochsOf({ folder }: Task): Promise<number> {
  return JSON.parse(await Deno.readTextFile(join(folder, "run.json"))).history.length;
}

testWith(
  ALL,
  "a trainer trains up to an epoch, and goes on from there when it is asked to",
  async () => {
    await withTrainers(async ({ task, other, trainers }) => {
      for (const until of [1, 3]) {
        equal((await trainers.train({ ...task, until })).code, 0);
        equal(await epochsOf(task), until);
      }
      equal(await isTraining(task), false, "others may train it");
      equal((await trainers.train(other)).code, 0);
      equal(await epochsOf(other), 1);
    });
  },
);

testWith(ALL, "runs train by turns in processes that had others before", async () => {
  await withTrainers(async ({ task, other, trainers }) => {
    const runs = [task, other, { ...other, folder: `${other.folder}-2` }];
    for (let k = 0; k < 9; k++) { // two at a time, of which the first takes the process of one or the other
      const two = [runs[k % 3]!, runs[(k + 1) % 3]!].map((run) => ({ ...run, until: 1 + k }));
      const ended = await Promise.all(two.map(trainers.train));
      deepEqual(ended.map(({ words }) => words), ["", ""]);
    }
  });
});

testWith(ALL, "a trainer begins anew where the folder was changed", async () => {
  await withTrainers(async ({ task, trainers }) => {
    await trainers.train({ ...task, until: 2 });
    await Deno.remove(task.folder, { recursive: true });
    equal((await trainers.train({ ...task, until: 1 })).code, 0);
    equal(await epochsOf(task), 1);
  });
});

testWith(ALL, "a trainer reports a run that another process is training", async () => {
  await withTrainers(async ({ task, trainers }) => {
    await withLock(join(task.folder, "lock"), "training it", async () => {
      const { code, words } = await trainers.train(task);
      equal(code, 1);
      match(words, new RegExp(`^Process ${Deno.pid} is already training it`));
    });
  });
});

testWith(ALL, "a trainer ends its process when its task is not wanted any more", async () => {
  await withTrainers(async ({ task, trainers }) => {
    const unwanted = new AbortController(), { signal } = unwanted;
    const ended = trainers.train({ ...task, signal });
    equal(await until(() => existsSync(join(task.folder, "run.json"))), true);
    unwanted.abort();
    await rejects(ended, { name: "AbortError" });
    equal(await isTraining(task), false);
  });
});

testWith(ALL, "no process begins for a task that is given up while others end", async () => {
  await withTrainers(async ({ task, other, trainers }) => {
    const unwanted = new AbortController(), { signal } = unwanted;
    await trainers.train({ ...task, until: 1 });
    const given = trainers.train({ ...other, threads: 2, signal });
    unwanted.abort(); // the process of one thread is ending
    await rejects(given, { name: "AbortError" });
    equal(existsSync(other.folder), false);
    equal((await trainers.train(other)).code, 0, "others train on");
  });
});

testWith(ALL, "no process begins after the end of all, nor while they end", async () => {
  await withTrainers(async ({ task, other, trainers }) => {
    await trainers.train({ ...task, until: 1 });
    const late = rejects(trainers.train({ ...other, threads: 2 }), { name: "AbortError" });
    await trainers.end();
    await late;
    await rejects(trainers.train({ ...other, threads: 2 }), { name: "AbortError" });
    equal(existsSync(other.folder), false);
  });
});

testWith(ALL, "a trainer leaves no process behind when its own is killed", async () => {
  await withFolder(async (folder) => {
    const { task, data } = await endless(folder), { signal: _, ...rest } = task;
    const text = `import { openTrainers } from "@/search/trainer.ts";
const { signal } = new AbortController();
await openTrainers([${JSON.stringify(data)}]).train({ ...${JSON.stringify(rest)}, signal });`;
    const parent = program(text, folder).spawn();
    equal(await until(() => existsSync(join(task.folder, "run.json"))), true);
    parent.kill("SIGKILL");
    await parent.output();
    equal(await until(async () => !await isTraining(task)), true);
  });
});
