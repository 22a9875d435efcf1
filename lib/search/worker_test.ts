import { deepEqual, equal, match, rejects } from "node:assert/strict";
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
 *
 * @param machines the names of the processes that use it
 */
function sleepingQueue(machines: string[] = []) {
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
    getInstances: () => Promise.resolve(machines.map((name) => ({ name, live: true }))),
  };
  return { boss, sleepers };
}

/** A database that has any run that it is asked for, with an epoch, and that counts failed tries. */
function databaseWith(boss: object) {
  const record = { state: "training", spec: { id: "IV" } }, history = [{ epoch: 1 }];
  const row = { record, failure: null, history, machines: ["here"] };
  const tries: Record<string, number> = {}, kept = { tries, failure: null as unknown };
  const query = (text: string, values: unknown[]) => {
    const id = String(values[0]);
    if (text.includes("set failure")) kept.failure = values[1];
    if (text.includes("tries + 1")) tries[id] = (tries[id] ?? 0) + 1;
    const isQuestion = text.startsWith("select exists");
    return Promise.resolve([isQuestion ? { any: true } : { ...row, id, tries: tries[id] }]);
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
async function failingWorker({ isAborted = false, machines = ["worker"] } = {}) {
  const { startWorker } = await load(), { boss, sleepers } = sleepingQueue(machines);
  const { database, kept } = databaseWith(boss), signal = new AbortController();
  const train = () => {
    if (isAborted) signal.abort();
    return Promise.resolve({ code: 1, words: "no such photo" });
  };
  const reasons: string[] = [], leave = ({ message }: Error) => void reasons.push(message);
  const options = { workers: 1, place: PLACE, machine: "here", train, leave };
  await startWorker(database, "search", options);
  const { work } = sleepers.find(({ queue }) => queue === "epoch-search")!;
  const tryOnce = (run = "run") => {
    const data = { run, epoch: 2, until: 2, of: "job", runs: 1 };
    return work([{ id: "job", name: "epoch-search", retryCount: 7, data, signal: signal.signal }]);
  };
  return { tryOnce, kept, reasons };
}

testWith(
  ["read", "env", "sys"],
  "startWorker() lets a run drop out that failed five times",
  async () => {
    const { tryOnce, kept } = await failingWorker();
    for (let k = 1; k < 5; k++) await rejects(tryOnce(), /no such photo/);
    deepEqual(kept, { tries: { run: 4 }, failure: null });
    await tryOnce();
    deepEqual(kept, { tries: { run: 5 }, failure: "no such photo" });
  },
);

testWith(["read", "env", "sys"], "startWorker() counts no failure where it leaves", async () => {
  const { tryOnce, kept } = await failingWorker({ isAborted: true });
  for (let k = 0; k < 6; k++) await rejects(tryOnce(), /no such photo/);
  deepEqual(kept, { tries: {}, failure: null });
});

const LEAVING = /^This worker leaves the search to the others, since 3 tries .*: no such photo$/;

testWith(
  ["read", "env", "sys"],
  "a worker leaves others the search if runs fail here",
  async () => {
    const { tryOnce, kept, reasons } = await failingWorker({ machines: ["worker", "worker"] });
    for (const run of ["a", "b", "a"]) {
      deepEqual(reasons, []);
      await rejects(tryOnce(run), /no such photo/);
    }
    equal(reasons.length, 1);
    match(reasons[0]!, LEAVING);
    deepEqual(kept, { tries: { a: 2, b: 1 }, failure: null });
  },
);

testWith(
  ["read", "env", "sys"],
  "no run drops out that has failed on one of two workers",
  async () => {
    const { tryOnce, kept, reasons } = await failingWorker({ machines: ["worker", "worker"] });
    for (let k = 0; k < 5; k++) await rejects(tryOnce(), /no such photo/);
    deepEqual(kept, { tries: { run: 5 }, failure: null });
    equal(reasons.length, 1);
  },
);

testWith(["read", "env", "sys"], "a worker stays if it is the only one", async () => {
  const { tryOnce, kept, reasons } = await failingWorker({ machines: ["search", "worker"] });
  for (const run of ["a", "b", "a", "b", "a", "a"]) await rejects(tryOnce(run), /no such photo/);
  await tryOnce("a");
  deepEqual([kept.failure, reasons], ["no such photo", []]);
});

testWith(["read", "env", "sys"], "a worker stays if runs fail elsewhere, too", async () => {
  const { tryOnce, kept, reasons } = await failingWorker({ machines: ["worker", "worker"] });
  Object.assign(kept.tries, { a: 1, b: 1 });
  for (const run of ["a", "b", "a", "b", "a"]) await rejects(tryOnce(run), /no such photo/);
  await tryOnce("a");
  deepEqual([kept.failure, reasons], ["no such photo", []]);
});
