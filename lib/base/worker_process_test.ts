import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { testWith, withFolder } from "@/testing.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "run"];

const load = () => import("@/base/worker_process.ts"); // reads the environment

/** A program whose jobs name what to do; it tells its process. */
const PROGRAM = `import { doJobs } from "@/base/worker_process.ts";
doJobs(({ what }) => {
  if (what === "throw") throw new Error("first line\\nlast line\\n    at a.ts:1");
  if (what === "die") Deno.kill(Deno.pid, "SIGKILL");
  if (what === "leave") Deno.exit(0);
  if (what.startsWith("say ")) return Promise.resolve({ code: 0, words: what.slice(4) });
  return Promise.resolve({ code: what === "fail" ? 75 : 0, words: String(Deno.pid) });
});`;

interface Job {
  what: "work" | "fail" | "throw" | "die" | "leave" | `say ${string}`;
}

/** Has jobs done, one after another: how each ended. */
async function outcomes(...whats: Job["what"][]) {
  const { openWorker } = await load();
  return await withFolder(async (folder) => {
    const path = `${folder}/program.ts`;
    await Deno.writeTextFile(path, PROGRAM);
    const worker = openWorker<Job>(path, { threads: 1 }), ended = [];
    for (const what of whats) ended.push(await worker.do({ what }));
    await worker.end();
    return ended;
  });
}

testWith(ALL, "a worker does one job after another in one process", async () => {
  const [first, second, third] = await outcomes("work", "fail", "work");
  deepEqual([first!.code, second!.code, third!.code], [0, 75, 0]);
  match(first!.words, /^\d+$/);
  notEqual(first!.words, String(Deno.pid));
  deepEqual([second!.words, third!.words], [first!.words, first!.words]);
});

for (
  const [what, code, words] of [
    ["throw", 1, /^last line$/],
    ["die", 137, /^a worker process was ended by SIGKILL$/],
    ["leave", 1, /^it said nothing$/],
  ] as const
) {
  testWith(ALL, `a worker is started anew after one whose job made it ${what}`, async () => {
    const [first, fatal, last] = await outcomes("work", what, "work");
    equal(fatal!.code, code);
    match(fatal!.words, words);
    equal(last!.code, 0);
    notEqual(last!.words, first!.words);
  });
}

testWith(ALL, "a worker takes and gives all letters", async () => {
  const all = 'a\u2028b\u2029c\r\n\x85\x7f"\\\u202e😀';
  const [said, next] = await outcomes(`say ${all}`, "work");
  equal(said!.words, all);
  equal(next!.code, 0);
});

testWith(ALL, "a worker that had no job has nothing to end", async () => {
  deepEqual(await outcomes(), []);
});

testWith(ALL, "shareOut() gives each worker the next item when it is free", async () => {
  const { shareOut } = await load();
  const done: string[] = [];
  await shareOut([3, 0, 0, 0], ["a", "b"], async (before, worker) => {
    while (done.length < before) await delay(1);
    done.push(worker);
  });
  deepEqual(done, ["b", "b", "b", "a"]);
});

testWith(
  ALL,
  "shareOut() throws what was thrown first, when all have ended, and begins nothing more",
  async () => {
    const { shareOut } = await load();
    const begun: number[] = [], ended: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      if (item === 0) throw new Error("first");
      while (begun.length < 2) await delay(1);
      await delay(10);
      ended.push(item);
      if (item === 1) throw new Error("second");
    };
    await rejects(shareOut([0, 1, 2, 3], ["a", "b"], work), { message: "first" });
    deepEqual([begun, ended], [[0, 1], [1]]);
  },
);

testWith(ALL, "shareJobs() says which job failed, and ends all workers", async () => {
  const { DONE, shareJobs } = await load();
  const done: string[] = [], ended: string[] = [];
  const worker = (name: string) => ({
    do: (job: string) => Promise.resolve(job === "bad" ? { code: 1, words: "It broke" } : DONE),
    end: () => Promise.resolve(void ended.push(name)),
  });
  const onDone = (job: string) => Promise.resolve(void done.push(job));
  const options = { onDone, about: (job: string) => `(the job ${job})` };
  await rejects(shareJobs(["good", "bad", "late"], [worker("a")], options), {
    message: "It broke (the job bad)",
  });
  deepEqual([done, ended], [["good"], ["a"]]);
});
