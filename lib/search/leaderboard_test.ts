import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { Run } from "@/training/checkpoint.ts";
import type { Study } from "@/study/study.ts";
import { testWith, withWork } from "@/testing.ts";
import type { Spec } from "@/model/spec.ts";
import { TESTING } from "@/model/zoo.ts";

const ALL: Deno.PermissionName[] = ["read", "write", "env", "ffi", "sys"];

let loaded: ReturnType<typeof loadOnce> | undefined;
const load = () => loaded ??= loadOnce();

async function loadOnce() {
  const { module } = await withWork(async () => ({
    ...await import("@/search/leaderboard.ts"),
    ...await import("@/training/checkpoint.ts"),
    ...await import("@/study/study.ts"),
  }));
  return module;
}

/** A study of ten validation photos with a side of 16 pixels; its squares are not needed. */
function studyOf(name: string): Study {
  const part = (count: number) => ({ indices: Array(count).fill(0) });
  const parts = { train: part(30), validation: part(10), test: part(0) };
  return { data: { name }, side: 16, split: "photo", photos: [], ...parts } as unknown as Study;
}

/** Keeps a run of these validation accuracies, each epoch of two seconds. */
async function keep(study: Study, spec: Spec, state: Run["state"], ...accuracies: number[]) {
  const { keepRun, runOf } = await load();
  const { folder, setting } = runOf(study, spec, 7);
  const rest = { loss: 1, accuracy: 0, valLoss: 1, seconds: 2 };
  const history = accuracies.map((valAccuracy, k) => ({ epoch: k + 1, valAccuracy, ...rest }));
  const bestEpoch = accuracies.indexOf(Math.max(...accuracies)) + 1;
  await keepRun(folder, { ...setting, state, history, bestEpoch, versions: {} }, {});
  return folder;
}

const BASE: Spec = { ...TESTING, id: "base" };
const CHILD: Spec = { ...BASE, id: "child", parent: "base", technique: "dropout" };
const AGAIN: Spec = { ...BASE, id: "again", repeats: "base" };
const LARGE: Spec = { ...BASE, id: "large", conv: Array(5).fill(BASE.conv[0]) };
const WILD: Spec = { ...BASE, id: "wild", parent: "base", learningRate: 1e30 };

testWith(ALL, "leaderboard() shows the results of a run", async () => {
  const { leaderboard } = await load();
  const study = studyOf("one");
  await keep(study, BASE, "finished", 0.3, 0.5, 0.4);
  const [row] = await leaderboard(study, { specs: [BASE] });
  const { low, high, ...rest } = row!;
  deepEqual([low, high].map((value) => value!.toFixed(3)), ["0.237", "0.763"]); // 5 of 10
  deepEqual(rest, {
    id: "base",
    parent: null,
    technique: "none",
    parameters: 1557,
    learningRate: 0.001,
    batchSize: 8,
    epochs: 3,
    bestEpoch: 2,
    valAccuracy: 0.5,
    overParent: null,
    seconds: 6,
    state: "finished",
  });
});

testWith(
  ALL,
  "leaderboard() puts the best first, equals in their order, nothing last",
  async () => {
    const { leaderboard } = await load();
    const study = studyOf("several"), specs = [LARGE, WILD, CHILD, BASE, AGAIN];
    await keep(study, WILD, "diverged");
    await keep(study, BASE, "training", 0.4, 0.6);
    await keep(study, CHILD, "finished", 0.6);
    const rows = await leaderboard(study, { specs });
    deepEqual(rows.map(({ id, state, valAccuracy }) => [id, state, valAccuracy]), [
      ["child", "finished", 0.6],
      ["base", "stopped early by the search", 0.6],
      ["again", "repeat of base", 0.6],
      ["large", "photos too small", null],
      ["wild", "diverged", null],
    ]);
  },
);

testWith(ALL, "leaderboard() holds a model against its parent in the same epochs", async () => {
  const { leaderboard } = await load();
  const study = studyOf("parents");
  await keep(study, BASE, "finished", 0.2, 0.4, 0.9);
  await keep(study, CHILD, "training", 0.3, 0.5);
  await keep(study, WILD, "diverged");
  const rows = await leaderboard(study, { specs: [BASE, CHILD, WILD] });
  const points = new Map(rows.map(({ id, overParent }) => [id, overParent]));
  ok(Math.abs(points.get("child")! - 10) < 1e-9);
  equal(points.get("base"), null);
  equal(points.get("wild"), null);
});

testWith(ALL, "leaderboard() counts no epoch after the last that is asked for", async () => {
  const { leaderboard } = await load();
  const study = studyOf("until"), specs = [BASE, AGAIN, CHILD, WILD];
  await keep(study, BASE, "finished", 0.2, 0.4, 0.9);
  await keep(study, CHILD, "finished", 0.3, 0.1);
  await keep(study, WILD, "diverged", 0.1, 0.1);
  const until = { base: 2, child: 2, wild: 2 };
  const rows = await leaderboard(study, { specs, until });
  const stopped = "stopped early by the search";
  deepEqual(rows.map(({ id, epochs, bestEpoch, state }) => [id, epochs, bestEpoch, state]), [
    ["base", 2, 2, stopped],
    ["again", 2, 2, "repeat of base"],
    ["child", 2, 1, "finished"],
    ["wild", 2, 1, stopped], // it diverged in the third
  ]);
});

testWith(ALL, "leaderboard() holds a model against the whole run of its parent", async () => {
  const { leaderboard } = await load();
  const study = studyOf("whole");
  await keep(study, BASE, "finished", 0.2, 0.4);
  await keep(study, CHILD, "training", 0.3, 0.5);
  const rows = await leaderboard(study, { specs: [BASE, CHILD], until: { base: 1 } });
  deepEqual(rows.map(({ id, epochs }) => [id, epochs]), [["child", 2], ["base", 1]]);
  ok(Math.abs(rows[0]!.overParent! - 10) < 1e-9, "0.5 against 0.4, both in the second epoch");
});

testWith(ALL, "leaderboard() leaves out what has not begun, and shows what failed", async () => {
  const { leaderboard, runOf, FAILURE } = await load();
  const study = studyOf("failed");
  const { folder } = runOf(study, CHILD, 7);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, FAILURE), "no good");
  const finished = await keep(study, WILD, "finished", 0.1);
  await Deno.writeTextFile(join(finished, FAILURE), "no good, but that was before");
  const rows = await leaderboard(study, { specs: [BASE, AGAIN, CHILD, WILD] });
  deepEqual(rows.map(({ id, state }) => [id, state]), [["wild", "finished"], ["child", "failed"]]);
});

testWith(
  ALL,
  "leaderboard() refuses runs of other photos, and of another seed sees none",
  async () => {
    const { leaderboard } = await load();
    const study = studyOf("other");
    await keep(study, BASE, "finished", 0.5);
    const more = { ...study, train: { ...study.train, indices: [1] } };
    await rejects(leaderboard(more, { specs: [BASE] }), /photos\.train was 30, is 1/);
    deepEqual(await leaderboard(study, { specs: [BASE], seed: 8 }), []);
  },
);

testWith(ALL, "trainedRows() are what the figure of all models draws", async () => {
  const { leaderboard, trainedRows } = await load();
  const { modelSearchFigure } = await import("@/figures/results/model_search.ts");
  const study = studyOf("figure");
  await keep(study, BASE, "finished", 0.5);
  await keep(study, WILD, "diverged");
  const rows = trainedRows(await leaderboard(study, { specs: [BASE, AGAIN, WILD, LARGE] }));
  deepEqual(rows.map(({ id, valAccuracy }) => [id, valAccuracy]), [["base", 0.5], ["wild", NaN]]);
  const svg = modelSearchFigure(rows);
  ok(svg.includes("2 models, of which 1 diverged"));
  ok(svg.includes("base, 50.0%"));
});

testWith(ALL, "toLeaderboardFrame() keeps every value, and what is missing", async () => {
  const { leaderboard, toLeaderboardFrame } = await load();
  const study = studyOf("frame");
  await keep(study, BASE, "finished", 0.5);
  const rows = await leaderboard(study, { specs: [BASE, LARGE] });
  deepEqual(toLeaderboardFrame(rows).toRecords(), rows);
  deepEqual(toLeaderboardFrame([]).shape, { height: 0, width: 14 });
});
