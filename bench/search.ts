/**
 * A benchmark of what the queue of a search costs: a search without a server, beside the same trainings in
 * the same processes, shared out by a loop.
 *
 * @module
 */
import { join } from "node:path";
import { shareOut, threadsEach } from "@/base/worker_process.ts";
import { groupShares } from "@/metrics/metrics.ts";
import { planRungs, rankRuns } from "@/search/rungs.ts";
import { readRun, runOf } from "@/training/checkpoint.ts";
import type { Study } from "@/study/study.ts";
import type { Spec } from "@/model/spec.ts";
import { findSpec } from "@/model/zoo.ts";
import type { Benchmark } from "@bench/benchmark.ts";
import { ours, type Result } from "@bench/program.ts";
import { writeRandomSquares } from "@bench/networks.ts";

/** A search among models of the zoo. */
interface SearchJob {
  models: string[];
  /** How many epochs. */
  budget: number;
  side: number;
  photos: number;
  /** Where to put the file of the squares. */
  folder: string;
}

type Timed = Omit<Result, "memory">;

/** Our tasks, each run in a process of its own. */
export const SEARCH_TASKS = { search: searchWithQueue, trainings };

/** The seed of the runs, and how many train at the same time. */
const SEED = 7, WORKERS = 2;

/**
 * The benchmark of a search.
 *
 * @param work the folder that ours writes into
 */
export function searchBenchmark(work: string, rounds: number): Benchmark {
  const folder = join(work, "search"), env = { HUMAN_AGE_WORK: folder };
  const models = ["III", "IIIa", "IV", "IVa", "IVb", "V", "VI", "VIa", "VIb"];
  const job: SearchJob = { models, budget: 90, side: 96, photos: 1200, folder };
  return {
    ...{ name: "searching, the queue beside a loop", unit: "epochs", rounds },
    ours: ours("search", () => job, env),
    baseline: ours("trainings", () => job, env),
  };
}

async function searchWithQueue(job: SearchJob): Promise<Timed> {
  const { search } = await import("@/search/search.ts"); // else its memory would count in every row
  const study = await randomStudy(job), { budget } = job, start = performance.now();
  const rows = await search(study, { budget, specs: specsOf(job), seed: SEED, workers: WORKERS });
  const items = rows.reduce((sum, { epochs }) => sum + epochs, 0);
  return { items, seconds: (performance.now() - start) / 1000 };
}

/** Trains what the search trains, rung by rung. */
async function trainings(job: SearchJob): Promise<Timed> {
  const { openTrainers, photosOf } = await import("@/search/trainer.ts");
  const study = await randomStudy(job), { validation } = study, start = performance.now();
  const trainers = openTrainers(photosOf([study])), { signal } = new AbortController();
  const all = specsOf(job).map((spec) => runOf(study, spec, SEED));
  let ranked = all;
  for (const { models, until } of planRungs(all.length, job.budget)) {
    const runs = ranked.slice(0, models), workers = Math.min(WORKERS, models);
    const threads = threadsEach(workers);
    await shareOut(runs, Array(workers).fill(threads), async (run) => {
      const { code, words } = await trainers.train({
        ...run,
        until,
        threads,
        changed: false,
        signal,
      });
      if (code !== 0) throw new Error(words);
    });
    const read = async (run: typeof all[number]) => ({ ...run, ...await readRun(run.folder) });
    ranked = rankRuns(await Promise.all(runs.map(read)), until, groupShares(validation.groups));
  }
  await trainers.end();
  const seconds = (performance.now() - start) / 1000;
  const trained = await Promise.all(all.map(({ folder }) => readRun(folder)));
  return { items: trained.reduce((sum, { history }) => sum + history.length, 0), seconds };
}

function specsOf({ models }: SearchJob): Spec[] {
  return models.map(findSpec);
}

/** A study of random squares, under a name that no other run has. */
async function randomStudy({ side, photos, folder }: SearchJob): Promise<Study> {
  const name = crypto.randomUUID(), path = join(folder, `${name}.npy`);
  await Deno.mkdir(folder, { recursive: true });
  const { squares, groups } = await writeRandomSquares(path, photos, side);
  const part = (from: number, to: number) => {
    const own = groups.slice(from, to);
    return { squares, indices: own.map((_, k) => from + k), groups: own };
  };
  const [tested, validated] = [Math.round(0.8 * photos), Math.round(0.6 * photos)];
  return {
    data: { name, folder, layout: "labels.csv", hasPhotos: true, photos: squares.photos },
    ...{ side, split: "photo", photos: squares.photos },
    ...{
      train: part(0, validated),
      validation: part(validated, tested),
      test: part(tested, photos),
    },
  } as unknown as Study;
}
