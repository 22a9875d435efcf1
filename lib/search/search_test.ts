import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "@/base/files.ts";
import type { LeaderboardRow } from "@/search/leaderboard.ts";
import { createRandom } from "@/base/random.ts";
import type { Study } from "@/study/study.ts";
import { makeNoise } from "@/training/_testing.ts";
import { program, sendSignal, testWith, withWork } from "@/testing.ts";
import type { Spec } from "@/model/spec.ts";
import { findSpec, TESTING } from "@/model/zoo.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys", "run"];

const BASE: Spec = { ...TESTING, epochs: 8 };
const [CONVOLUTION] = BASE.conv;

/** Four to be trained, one of which diverges; a repeat; and one that needs larger photos. */
const SPECS: readonly Spec[] = [
  { ...BASE, id: "base" },
  { ...BASE, id: "slow", parent: "base", learningRate: 0 },
  {
    ...BASE,
    id: "dropout",
    parent: "base",
    technique: "dropout",
    dropout: { conv: 0, dense: [0.5] },
  },
  { ...BASE, id: "wild", parent: "base", learningRate: 1e30 },
  { ...BASE, id: "again", parent: "slow", repeats: "base" },
  { ...BASE, id: "large", conv: Array(5).fill(CONVOLUTION) },
];

const OPTIONS = { budget: 14, specs: SPECS, workers: 2 };

const load = once(async () => {
  const { work, module } = await withWork(async () => ({
    ...await import("@/search/search.ts"),
    ...await import("@/search/leaderboard.ts"),
    ...await import("@/search/local.ts"),
    ...await import("@/study/study.ts"),
    ...await import("@/training/checkpoint.ts"),
  }));
  return { work, ...module };
});

/** A search that nothing interrupts: what the others are held against. */
const undisturbed = once(async () => {
  const { work, search } = await load();
  return await search(await makeStudy(work, "undisturbed"), OPTIONS);
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

/** A study of forty squares of noise, in a folder of its name. */
async function makeStudy(folder: string, name: string): Promise<Study> {
  const own = join(folder, "squares", name);
  await Deno.mkdir(own, { recursive: true });
  const parts = await makeNoise(own, 16, { train: 30, validation: 10 });
  const data = { name, folder, layout: "labels.csv", hasPhotos: true, photos: [] };
  return {
    data: data as unknown as Study["data"],
    ...{ side: 16, split: "photo", photos: [], ...parts },
    test: { ...parts.validation, indices: [], groups: [] },
  };
}

/**
 * A search whose photos cannot be read, in a process of its own: most of the time it waits until it tries
 * again, and other tests run meanwhile.
 */
const failing = once(async () => {
  const { work } = await load(), study = await makeStudy(work, "broken"), [spec] = SPECS;
  await Deno.truncate(study.train.squares.path, 100);
  const text = `import { search } from "@/search/search.ts";
import { FAILURE } from "@/search/leaderboard.ts";
import { runOf } from "@/training/checkpoint.ts";
const study = ${JSON.stringify(study)}, spec = ${JSON.stringify(spec)};
const rows = await search(study, { budget: 3, specs: [spec], workers: 1 });
const failure = Deno.readTextFileSync(runOf(study, spec, 7).folder + "/" + FAILURE);
console.log(JSON.stringify({ rows, failure }));`;
  const own = `${work}/failing`;
  await Deno.mkdir(own);
  const { stdout, stderr } = await program(text, own).output();
  const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const kept: { rows: LeaderboardRow[]; failure: string } = JSON.parse(said!);
  return { text: told!, ...kept };
});

/** A leaderboard, but for how long the trainings took. */
function told(rows: readonly LeaderboardRow[]) {
  return rows.map(({ seconds: _, ...row }) => row);
}

/** The epochs of the runs of a study, with their times, which tell one training from another. */
async function histories(study: Study) {
  const { openRun, runOf } = await load();
  return await Promise.all(SPECS.map(async (spec) => {
    const { folder, setting } = runOf(study, spec, 7);
    return (await openRun(folder, setting)).history;
  }));
}

/** Requires that no epoch was lost since, nor trained twice. */
async function requireLonger(before: Awaited<ReturnType<typeof histories>>, study: Study) {
  const now = await histories(study);
  deepEqual(now.map((history, k) => history.slice(0, before[k]!.length)), before);
  return now;
}

/** The program that searches through a study, and prints the leaderboard. */
function searching(study: Study, work: string): Deno.Command {
  const text = `import { search } from "@/search/search.ts";
const rows = await search(${JSON.stringify(study)}, ${JSON.stringify(OPTIONS)});
console.log(JSON.stringify(rows));`;
  return program(text, work);
}

testWith(ALL, "search() trains a model once that is named twice", async () => {
  const { work, search } = await load(), [base] = SPECS;
  const specs = [base!, base!], study = await makeStudy(work, "twice");
  const rows = await search(study, { budget: 4, specs, workers: 1 });
  deepEqual(rows.map(({ id, epochs }) => [id, epochs]), [["base", 4]]);
});

testWith(ALL, "search() refuses a student before anything is trained", async () => {
  const { work, search } = await load(), study = await makeStudy(work, "student");
  const specs = [SPECS[0]!, findSpec("better-student")];
  await rejects(search(study, { budget: 9, specs, workers: 1 }), /better-student learns from what/);
});

testWith(ALL, "search() trains the best to its end, and lists the others", async () => {
  failing().catch(() => {}); // whoever asks for it later is told
  const rows = await undisturbed(), [best] = rows;
  const of = (id: string) => rows.find((row) => row.id === id)!;
  const stopped = rows.filter(({ state }) => state === "stopped early by the search");
  deepEqual([best!.state, best!.epochs], ["finished", 8]);
  deepEqual(stopped.map(({ epochs }) => epochs), [1, 1]);
  deepEqual([of("wild").state, of("wild").epochs], ["diverged", 0]);
  deepEqual([of("large").state, of("large").parameters], ["photos too small", null]);
  equal(of("again").state, "repeat of base");
  equal(of("again").valAccuracy, of("base").valAccuracy);
});

testWith(ALL, "search() comes to the same after it was killed at any moment", async () => {
  const { work, search } = await load();
  const expected = told(await undisturbed()), study = await makeStudy(work, "killed");
  const random = createRandom(Date.now(), "moments");
  let before = await histories(study);
  for (let kills = 0; kills < 3; kills++) {
    const child = searching(study, work).spawn();
    const timer = setTimeout(() => sendSignal(child, "SIGKILL"), 500 + 1200 * random());
    await child.output();
    clearTimeout(timer);
    before = await requireLonger(before, study);
  }
  deepEqual(told(await search(study, OPTIONS)), expected);
  await requireLonger(before, study);
});

testWith(ALL, "search() does not count what was trained for another purpose", async () => {
  const { work, search, runOf } = await load();
  const { train } = await import("@/training/training.ts");
  const expected = told(await undisturbed()), study = await makeStudy(work, "elsewhere");
  await search(study, OPTIONS);
  const stopped = expected.find(({ state }) => state === "stopped early by the search")!;
  const { folder, setting } = runOf(study, SPECS.find(({ id }) => id === stopped.id)!, 7);
  await train(folder, setting, study);
  const again = told(await search(study, OPTIONS));
  // but a parent that has gone on is a better one to be held against
  const withoutParent = (row: object) => ({ ...row, overParent: null });
  deepEqual(again.map(withoutParent), expected.map(withoutParent));
});

testWith(ALL, "search() waits for another one, and both agree", async () => {
  const { work, search } = await load();
  const expected = told(await undisturbed()), study = await makeStudy(work, "shared");
  const [ours, theirs] = await Promise.all([
    search(study, { ...OPTIONS, workers: 1 }),
    searching(study, work).output(),
  ]);
  deepEqual(told(ours), expected);
  deepEqual(JSON.parse(new TextDecoder().decode(theirs.stdout)), ours, "the very same runs");
});

testWith(
  ALL,
  "search() waits for a run that another process trains, and tells its status",
  async () => {
    const { work, runOf, readLocalStatus } = await load();
    const expected = told(await undisturbed()), study = await makeStudy(work, "elsewhere too");
    const { folder } = runOf(study, SPECS[0]!, 7);
    const status = async () => (
      (await readLocalStatus()).find(({ search }) => search.plan.study.data === study.data.name)
    );
    let over: Promise<Deno.CommandOutput> | undefined;
    await withLock(join(folder, "lock"), "training it", async () => {
      over = searching(study, work).output();
      while ((await status())?.over !== 3) await delay(50);
      const { search: { ended }, rung, runs, counted } = (await status())!;
      deepEqual({ ended, rung, runs, counted }, { ended: null, rung: 1, runs: 4, counted: 2 });
      await delay(3000); // it is asked for more than once
    });
    const { stdout, stderr } = (await over)!;
    deepEqual(told(JSON.parse(new TextDecoder().decode(stdout))), expected);
    const lines = new TextDecoder().decode(stderr).split("\n");
    const waiting = lines.filter((line) => /^Waiting for base\. Process \d+ is already/.test(line));
    equal(waiting.length, 1);
    equal(lines.some((line) => line.includes("failed")), false);
    const { search: { ended }, counted, all, pace } = (await status())!;
    deepEqual([ended !== null, counted, all, pace! > 0], [true, 10, 10, true]);
  },
);

testWith(ALL, "search() tries a model five times whose process dies, and goes on", async () => {
  const { text, rows: [row], failure } = await failing();
  deepEqual([row!.state, row!.epochs, row!.valAccuracy], ["failed", 0, null]);
  const said = text.split("\n").filter((line) => line.startsWith("base failed"));
  equal(said.length, 5);
  match(said[0]!, /^base failed, try 1 of 5: .*broken\/squares\.npy/);
  match(said[4]!, /^base failed, try 5 of 5: .*broken\/squares\.npy/);
  match(failure, /broken\/squares\.npy/);
});

testWith(ALL, "search() says the least budget before it trains", async () => {
  const { work, search } = await load();
  const study = await makeStudy(work, "poor");
  await rejects(search(study, { ...OPTIONS, budget: 5 }), /4 models in 5 epochs: the least is 6/);
});

testWith(ALL, "search() refuses runs of other photos before it trains", async () => {
  const { work, search, runOf } = await load();
  await undisturbed();
  const study = await makeStudy(work, "undisturbed");
  const fewer = { ...study, test: { ...study.test, indices: [1] } };
  await rejects(search(fewer, OPTIONS), /begun with another setting: photos\.test was 0, is 1/);
  ok(runOf(study, BASE, 7).folder.startsWith(work));
});

testWith(ALL, "countWorkers() takes what cores and memory carry, one at least", async () => {
  const { countWorkers } = await load();
  equal(countWorkers(96, { cores: 2, memory: 16e9 }), 2);
  equal(countWorkers(96, { cores: 16, memory: 8.5e9 }), 8);
  equal(countWorkers(256, { cores: 16, memory: 24e9 }), 6);
  equal(countWorkers(256, { cores: 16, memory: 1e9 }), 1);
});
