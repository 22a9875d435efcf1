/**
 * Training on this machine: a loop gives runs to training processes, for searches and for folds alike.
 *
 * Each run lies in a folder, from which it resumes, and is locked while it is trained. A note beside them says how far
 * the search is; all else is read from the folders.
 */
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sort, sum } from "d3";
import { CLAIMED, writeText } from "@/base/files.ts";
import { logOnly, openLine, say } from "@/base/progress.ts";
import { WORK } from "@/base/project.ts";
import { shareOut, threadsEach } from "@/base/worker_process.ts";
import { FAILURE, readFailure } from "@/search/leaderboard.ts";
import { readFolders } from "@/search/plan.ts";
import type { Planned, PlannedRun, Reached, SearchRecord } from "@/search/plan.ts";
import { TRIES } from "@/search/queue.ts";
import { rankRuns } from "@/search/rungs.ts";
import { countProgress, progressText, type SearchStatus } from "@/search/status.ts";
import { openTrainers, type Trainers } from "@/search/trainer.ts";
import { readRun } from "@/training/checkpoint.ts";
import { epochLine } from "@/training/epoch_progress.ts";
import { isOver, type Run, type RunSetting } from "@/training/run.ts";

/** Milliseconds between two looks at how far the runs are, and between two tries of one: at first, and at most. */
const PAUSE = 1000, LONGEST = 8 * PAUSE;

const NOTES = join(WORK, "searches");

/** A search on this machine, its runs named by their folders in the work folder, and how many epochs they had before. */
type Note = SearchRecord & { before: number };

/** Trains the runs of a plan, rung by rung; returns the epoch that each model was trained up to. */
export async function trainLocally(planned: Planned, workers: number): Promise<Reached> {
  const { runs, plan: { rungs, groupShares }, signal } = planned;
  const note = await beginNote(planned), over = new AbortController();
  const followed = follow(note, AbortSignal.any([over.signal, signal]));
  const trainers = openTrainers(runs.map(({ study }) => study));
  try {
    let ranked = runs;
    for (const { models, until } of rungs) {
      const chosen = ranked.slice(0, models);
      for (const { setting } of chosen) note.reached[setting.spec.id] = until;
      await keepNote(note);
      await trainRuns(chosen, until, trainers, { workers, signal });
      const trained = await readFolders(chosen);
      const candidates = trained.map(({ run, ...planned }) => ({ ...run, planned }));
      ranked = rankRuns(candidates, until, groupShares).map(({ planned }) => planned);
    }
    note.ended = new Date();
    await keepNote(note);
  } finally {
    await trainers.end();
    over.abort();
    await followed;
  }
  return note.reached;
}

/** Trains runs up to an epoch. What fails is tried again; what another process trains is waited for. */
async function trainRuns(
  runs: readonly PlannedRun[],
  until: number,
  trainers: Trainers,
  { workers, signal }: { workers: number; signal: AbortSignal },
): Promise<void> {
  const tries = new Map<string, number>(), elsewhere = new Set<string>();
  const trainOne = async ({ folder, setting }: PlannedRun, threads: number) => {
    const task = { folder, setting, until, threads, signal };
    const { code, words } = await trainers.train(task), name = runName(setting);
    if (code === 0) return;
    if (CLAIMED.test(words)) {
      if (!elsewhere.has(folder)) await say(`Waiting for ${name}. ${words}`);
      return elsewhere.add(folder);
    }
    const tried = (tries.get(folder) ?? 0) + 1;
    tries.set(folder, tried);
    await say(`${name} failed, try ${tried} of ${TRIES}: ${words}`);
    if (tried === TRIES) await writeText(join(folder, FAILURE), words + "\n");
  };
  const open = async (some: readonly PlannedRun[]) => (
    (await readFolders(some)).filter(({ folder, run }) => (
      !isOver(run, until) && tries.get(folder) !== TRIES
    ))
  );
  let left = await open(runs);
  for (let pause = PAUSE; left.length > 0; pause = Math.min(2 * pause, LONGEST)) {
    const slots = Math.min(workers, left.length);
    await shareOut(left, Array<number>(slots).fill(shareThreads(slots)), trainOne);
    left = await open(left);
    if (left.length > 0) await delay(pause, undefined, { signal });
  }
}

/** Threads of a process: the cores shared out, unless the environment names fewer. */
function shareThreads(processes: number): number {
  const share = threadsEach(processes);
  return Math.min(share, Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || share);
}

/** Names a run among those of its search. */
export function runName({ spec, fold, seed }: Pick<RunSetting, "spec" | "fold" | "seed">): string {
  return fold ? `fold ${fold.test}, seed ${seed}` : spec.id;
}

/** Notes that a search begins. What failed before is tried again. */
async function beginNote({ id, plan, runs }: Planned): Promise<Note> {
  const own = runs.map(({ setting: { spec }, folder }) => (
    { model: spec.id, run: relative(WORK, folder) }
  ));
  const trained = await readFolders(runs);
  for (const { folder } of runs) await Deno.remove(join(folder, FAILURE)).catch(() => {});
  return {
    ...{ id, plan: { ...plan, runs: own }, reached: {}, failure: null },
    ...{ begun: new Date(), ended: null },
    before: sum(trained, ({ run }) => run.history.length),
  };
}

async function keepNote(note: Note): Promise<void> {
  await writeText(join(NOTES, `${note.id}.json`), JSON.stringify(note, null, 2) + "\n");
}

/** Tells how far a search is until the signal: a line that is redrawn; of folds, also a line an epoch in a log. */
async function follow(note: Note, signal: AbortSignal): Promise<void> {
  const draw = openLine(), isFolds = note.plan.study.split === "folds";
  let before: number[] | undefined;
  const look = async (last: boolean) => {
    const { runs, progress, pace } = await readProgress(note);
    const isNew = ({ history }: Run, k: number) => before && history.length > before[k]!;
    for (const run of isFolds ? runs.filter(isNew) : []) {
      logOnly(`${runName(run)}: ${epochLine(run, run.spec.epochs)}`);
    }
    before = runs.map(({ history }) => history.length);
    await draw(progressText(progress, pace), last);
  };
  while (!signal.aborted) {
    await look(false);
    await delay(PAUSE, undefined, { signal }).catch(() => {});
  }
  await look(true);
}

/** Reads how far a search is: its runs as they are in their folders, and how many epochs it took in which time. */
async function readProgress(note: Note) {
  const { plan, before, begun, ended } = note, unbegun = { state: "training", history: [] };
  const read = (id: string) => readRun(join(WORK, id)).catch(() => unbegun as unknown as Run);
  const ids = plan.runs.map(({ run }) => run), runs = await Promise.all(ids.map(read));
  const rows = runs.map(({ state, history }, k) => {
    const id = ids[k]!;
    return { id, state, epochs: history.length, failure: readFailure(join(WORK, id)) };
  });
  const progress = countProgress(note, rows);
  const seconds = ((ended ?? new Date()).getTime() - begun.getTime()) / 1000;
  return { runs, progress, pace: { trained: progress.all - before, seconds } };
}

/** Reads how far the searches of this machine are, the newest first. */
export async function readLocalStatus(): Promise<SearchStatus[]> {
  const notes = await Promise.all(globSync("*.json", { cwd: NOTES }).map(readNote));
  return await Promise.all(
    sort(notes, ({ begun }) => -begun).map(async (note) => {
      const { progress, pace: { trained, seconds } } = await readProgress(note);
      return { ...progress, jobs: null, pace: trained > 0 ? 60 * trained / seconds : null };
    }),
  );
}

async function readNote(name: string): Promise<Note> {
  const { begun, ended, ...note } = JSON.parse(await Deno.readTextFile(join(NOTES, name)));
  return { ...note, begun: new Date(begun), ended: ended && new Date(ended) };
}
