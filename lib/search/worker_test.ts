import { deepEqual, equal, rejects } from "node:assert/strict";
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

/** A database with one run, which has an epoch, and which counts its failed tries. */
function databaseWith(boss: object) {
  const record = { state: "training", spec: { id: "IV" } }, history = [{ epoch: 1 }];
  const row = { id: "run", record, failure: null, history, machines: ["here"] };
  const kept = { tries: 0, failure: null as unknown };
  const query = (text: string, values: unknown[]) => {
    if (text.includes("set failure")) kept.failure = values[1];
    if (text.includes("tries + 1")) return Promise.resolve([{ tries: ++kept.tries }]);
    return Promise.resolve([text.startsWith("select exists") ? { any: true } : row]);
  };
  const transaction = (work: (db: { query: typeof query }) => Promise<unknown>) => work({ query });
  return { database: { boss, query, transaction } as unknown as Database, kept };
}

/** A place with the run's folder, and no files. */
const PLACE: RunPlace = {
  open: ({ run }) => Promise.resolve({ folder: "run", run }),
  collect: () => Promise.reject(new Error("nothing was trained")),
};

testWith(["read", "env", "sys"], "startWorker() wakes all that train after an epoch", async () => {
  const { startWorker } = await load(), { boss, sleepers } = sleepingQueue();
  const machine = "here", place = {} as RunPlace;
  const options = { workers: 3, place, machine, train: () => Promise.reject() };
  await startWorker(databaseWith(boss).database, "search", options);
  const training = sleepers.filter(({ queue }) => queue === "epoch-search");
  equal(training.length, 3);
  const data = { run: "run", epoch: 1, until: 2, of: "job", runs: 2 };
  await training[0]!.work([{ id: "job", name: "epoch-search", retryCount: 0, data }]);
  deepEqual(training.map(({ isAwake }) => isAwake), [true, true, true]);
});

/** A worker whose trainings fail, and the job to be tried. */
async function failingWorker(isAborted: boolean) {
  const { startWorker } = await load(), { boss, sleepers } = sleepingQueue();
  const { database, kept } = databaseWith(boss), signal = new AbortController();
  const train = () => {
    if (isAborted) signal.abort();
    return Promise.resolve({ code: 1, words: "no such photo" });
  };
  await startWorker(database, "search", { workers: 1, place: PLACE, machine: "here", train });
  const { work } = sleepers.find(({ queue }) => queue === "epoch-search")!;
  const data = { run: "run", epoch: 2, until: 2, of: "job", runs: 1 };
  const job = { id: "job", name: "epoch-search", retryCount: 7, data, signal: signal.signal };
  return { tryOnce: () => work([job]), kept };
}

testWith(
  ["read", "env", "sys"],
  "startWorker() lets a run drop out that failed five times",
  async () => {
    const { tryOnce, kept } = await failingWorker(false);
    for (let k = 1; k < 5; k++) await rejects(tryOnce(), /no such photo/);
    deepEqual(kept, { tries: 4, failure: null });
    await tryOnce();
    deepEqual(kept, { tries: 5, failure: "no such photo" });
  },
);

testWith(["read", "env", "sys"], "startWorker() counts no failure where it leaves", async () => {
  const { tryOnce, kept } = await failingWorker(true);
  for (let k = 0; k < 6; k++) await rejects(tryOnce(), /no such photo/);
  deepEqual(kept, { tries: 0, failure: null });
});
