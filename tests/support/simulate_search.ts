/**
 * Measures what the queue of a search costs: many jobs that only wait, many workers, one real Postgres.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { duration } from "@/base/progress.ts";
import { DONE } from "@/base/worker_process.ts";
import { type Database, withServer } from "@/search/database.ts";
import { beginRung, prepareQueues } from "@/search/queue.ts";
import type { Plan } from "@/search/plan.ts";
import { addEpochs, prepareTables, putSearch, readSearch } from "@/search/records.ts";
import type { RunPlace } from "@/search/run_place.ts";
import { startWorker } from "@/search/worker.ts";
import type { Run } from "@/training/run.ts";
import { TESTING } from "@/model/zoo.ts";
import { command, runCommand, wholeNumber } from "@tools/shared/command.ts";
import { withPostgres } from "./postgres_server.ts";

/** The size of a simulation. */
export interface Simulation {
  runs: number;
  /** Number of epochs of each run. */
  epochs: number;
  workers: number;
  /** Duration of the training of an epoch. */
  milliseconds: number;
  /** The size of a run's state. */
  megabytes: number;
}

/** Measurements of a simulation. */
export interface Measured {
  jobs: number;
  seconds: number;
  jobsPerSecond: number;
  /** Time that each job took a worker beyond the training itself. */
  overheadMilliseconds: number;
  /** Time that each job took a core here, the server not counted: other work on the machine does not matter. */
  coreMilliseconds: number;
  databaseMegabytes: number;
}

/** Searches with trainers that only wait. */
export async function simulate(simulation: Simulation): Promise<Measured> {
  return await withPostgres((server) => (
    withServer(server.url, (database) => measure(database, simulation), simulation)
  ));
}

/** Begins a search of runs without photos. */
export async function beginSimulation(
  database: Database,
  id: string,
  simulation: Pick<Simulation, "runs" | "epochs">,
): Promise<void> {
  const plan = planOf(simulation);
  await prepareTables(database);
  await prepareQueues(database, id, 30);
  await database.transaction(async (db) => {
    for (const { run } of plan.runs) {
      await addEpochs(db, run, runOf(run), { before: 0, machine: "", files: {} });
    }
    await putSearch(db, id, plan);
    await beginRung(database.boss, db, { id, plan }, 0);
  });
}

async function measure(database: Database, simulation: Simulation): Promise<Measured> {
  const { runs, epochs, workers, milliseconds } = simulation, id = "simulation";
  const jobs = runs * epochs, before = await sizeOf(database);
  await beginSimulation(database, id, simulation);
  const start = performance.now(), used = cpuUsage();
  const train = async () => {
    await delay(milliseconds);
    return DONE;
  };
  await startWorker(database, id, { workers, place: placeOf(simulation), train, machine: "here" });
  while (!(await readSearch(database, id)).ended) await delay(500);
  const seconds = (performance.now() - start) / 1000, { user, system } = cpuUsage(used);
  return {
    ...{ jobs, seconds, jobsPerSecond: jobs / seconds },
    overheadMilliseconds: 1000 * seconds * Math.min(workers, runs) / jobs - milliseconds,
    coreMilliseconds: (user + system) / 1000 / jobs,
    databaseMegabytes: (await sizeOf(database) - before) / 1e6,
  };
}

function planOf({ runs, epochs }: Pick<Simulation, "runs" | "epochs">): Plan {
  return {
    ...{ fingerprint: "simulation", budget: runs * epochs, groupShares: [] },
    study: { data: "simulation", side: 16, split: "photo" },
    rungs: [{ models: runs, until: epochs }],
    runs: Array.from({ length: runs }, (_, k) => ({ model: `model ${k}`, run: `run ${k}` })),
  };
}

/** A run that has not begun. */
function runOf(id: string): Run {
  const spec = { ...TESTING, id, epochs: 1_000_000, patience: 1_000_000 };
  const photos = { train: 1, validation: 1, test: 1 }, setting = { side: 16, seed: 7, photos };
  const rest = { data: "simulation", split: "photo" as const, bestEpoch: 0, versions: {} };
  return { spec, ...setting, ...rest, state: "training", history: [] };
}

/** A place without files, where each training adds an epoch. */
export function placeOf({ megabytes }: Pick<Simulation, "megabytes">): RunPlace {
  const runs = new Map<string, Run>(), state = new Uint8Array(1e6 * megabytes);
  for (let k = 0; k < state.length; k += 65_536) {
    crypto.getRandomValues(state.subarray(k, Math.min(k + 65_536, state.length)));
  }
  return {
    open({ id, run }) {
      runs.set(id, run);
      return Promise.resolve({ folder: id, run });
    },
    collect(folder) {
      const run = runs.get(folder)!, epoch = run.history.length + 1;
      const result = { epoch, loss: 1, accuracy: 0, valLoss: 1, valAccuracy: 0, seconds: 0 };
      const files = megabytes > 0 ? { [`state-${epoch}.bin`]: state } : {};
      const history = [...run.history, result];
      return Promise.resolve({ run: { ...run, history, bestEpoch: 1 }, files });
    },
  };
}

async function sizeOf({ query }: Database): Promise<number> {
  const [row] = await query<{ size: number }>(
    "select pg_database_size(current_database())::float as size",
  );
  return row!.size;
}

export const program = command(
  "simulate",
  "Measures what the queue of a search costs, with trainings that only wait.",
)
  .option("--runs <number>", "how many runs", wholeNumber(1), 500)
  .option("--epochs <number>", "how many epochs each", wholeNumber(1), 20)
  .option("--workers <number>", "how many workers", wholeNumber(1), 64)
  .option("--milliseconds <number>", "how long an epoch takes", wholeNumber(0), 50)
  .option("--megabytes <number>", "the size of a run's state", wholeNumber(0), 0)
  .action(async (simulation) => {
    const measured = await simulate(simulation);
    console.log({ ...simulation, ...measured, took: duration(measured.seconds) });
  });

if (import.meta.main) await runCommand(program);
