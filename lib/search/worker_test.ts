import { deepEqual, equal } from "node:assert/strict";
import type { Database } from "@/search/database.ts";
import type { RunPlace } from "@/search/run_place.ts";
import { testWith } from "@/testing.ts";

const load = () => import("@/search/worker.ts"); // reads the environment

/** Looks for jobs in a queue until there is none; then sleeps until it is woken. */
interface Sleeper {
  queue: string;
  work: (jobs: object[]) => Promise<void>;
  isAwake: boolean;
}

/**
 * A queue whose workers all sleep. Like pg-boss's, each call of `work` gives one id, which wakes one of the
 * workers that it starts.
 */
function sleepingQueue() {
  const sleepers: Sleeper[] = [], byId = new Map<string, Sleeper>();
  const boss = {
    work(
      queue: string,
      { localConcurrency = 1 }: { localConcurrency?: number },
      work: Sleeper["work"],
    ) {
      const id = String(byId.size);
      const begun = Array.from({ length: localConcurrency }, () => ({
        queue,
        work,
        isAwake: false,
      }));
      sleepers.push(...begun);
      byId.set(id, begun[0]!);
      return Promise.resolve(id);
    },
    notifyWorker: (id: string) => void (byId.get(id)!.isAwake = true),
    complete: () => Promise.resolve({ affected: 1 }),
    insert: () => Promise.resolve([]),
  };
  return { boss, sleepers };
}

/** A database with one run, which has an epoch. */
function databaseWith(boss: object): Database {
  const record = { state: "training", spec: { id: "IV" } }, history = [{ epoch: 1 }];
  const row = { id: "run", record, failure: null, history, machines: ["here"] };
  const statements = { query: () => Promise.resolve([row]) };
  const database = {
    ...{ boss, ...statements },
    transaction: (work: (db: typeof statements) => Promise<unknown>) => work(statements),
  };
  return database as unknown as Database;
}

testWith(["read", "env", "sys"], "startWorker() wakes all that train after an epoch", async () => {
  const { startWorker } = await load(), { boss, sleepers } = sleepingQueue();
  const machine = "here", place = {} as RunPlace;
  const options = { workers: 3, place, machine, train: () => Promise.reject() };
  await startWorker(databaseWith(boss), "search", options);
  const training = sleepers.filter(({ queue }) => queue === "epoch-search");
  equal(training.length, 3);
  const data = { run: "run", epoch: 1, until: 2, of: "job", runs: 2 };
  await training[0]!.work([{ id: "job", name: "epoch-search", retryCount: 0, data }]);
  deepEqual(training.map(({ isAwake }) => isAwake), [true, true, true]);
});
