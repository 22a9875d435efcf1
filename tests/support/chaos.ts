/**
 * Proves that a search comes to the same whatever happens to its workers, its server, and the network.
 *
 * @module
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { csvParse } from "d3";
import { ROOT, RUN } from "@/base/project.ts";
import { createRandom, shuffle } from "@/base/random.ts";
import { makeSample } from "@/sample/sample.ts";
import { sendSignal } from "@/testing.ts";
import { withServer } from "@/search/database.ts";
import { command, runCommand, wholeNumber } from "@tools/shared/command.ts";
import { openProxy, type PostgresServer, withPostgres } from "./postgres_server.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

/** Faults during a search. */
export interface Trouble {
  /** Workers killed, which are replaced; workers stopped and woken up again. */
  kills: number;
  freezes: number;
  restarts: number;
  /** Times that one worker's connection is cut. */
  cuts: number;
  /** Seconds that a freeze and a cut last. */
  seconds: number;
  /** Most seconds between two events. */
  pause: number;
  workers: number;
  budget: number;
  seed: number;
  /** Takes lines of the log. */
  log: (line: string) => void;
}

/** Results of a search. */
export interface Outcome {
  /** The leaderboards without and with trouble, but for times and machines. */
  expected: string[];
  actual: string[];
  /** Number of events that happened before the search ended. */
  happened: Record<string, number>;
  /** Epochs that were trained, and those that are in the leaderboard. */
  epochs: number;
  /** Epochs of which two jobs say that they brought them. */
  twice: number;
  minutes: number;
}

/** Five models that train within a second an epoch. */
const SEARCH = ["--side", "48", "--models", "III,IIIa,VI,VIa,VIb"];

/** Searches once without trouble and once with it. */
export async function chaos(folder: string, trouble: Trouble): Promise<Outcome> {
  const data = join(folder, "tiny"), { log } = trouble, start = performance.now();
  await makeSample(data, { photos: 60, subjects: 20, albums: 5 });
  const args = [...SEARCH, "--data", data, "--budget", String(trouble.budget)];
  const alone = join(folder, "alone"), shared = join(folder, "shared");
  const first = startTool("search", [...args, "--figures", join(alone, "results")], alone, log);
  if (!(await first.status).success) throw new Error("The search without trouble failed");
  const expected = await leaderboardIn(alone);
  return await withPostgres(async (server) => {
    const where = [
      "--queue",
      server.url,
      "--figures",
      join(shared, "results"),
      "--heartbeat",
      "10",
    ];
    const said: string[] = [];
    const begin = () => (
      startTool("search", [...args, ...where], shared, (line) => {
        said.push(line);
        log(line);
      })
    );
    const { happened, success } = await disturb(server, begin, { folder, data, ...trouble });
    if (!success) {
      throw new Error(`The search failed after ${JSON.stringify(happened)}:\n${said.join("\n")}`);
    }
    const minutes = (performance.now() - start) / 60_000;
    const counts = await countEpochs(server.url);
    return { expected, actual: await leaderboardIn(shared), happened, ...counts, minutes };
  });
}

/**
 * Lets things go wrong in a search until it has ended, with workers that are replaced when they die. It begins when all of
 * them have said what machine they are on, or a fast one would train it alone.
 */
async function disturb(
  server: PostgresServer,
  beginSearch: () => Deno.ChildProcess,
  trouble: Trouble & { folder: string; data: string },
): Promise<{ happened: Record<string, number>; success: boolean }> {
  const { folder, data, kills, freezes, restarts, cuts, seconds, seed, log } = trouble;
  const random = createRandom(seed, "trouble"), proxy = await openProxy(server.port);
  const proxied = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
  const works = Promise.withResolvers<void>(), areThere = new Set<number>();
  const begin = (k: number) => {
    const args = ["--queue", k === 0 ? proxied : server.url, "--data", data, "--workers", "1"];
    return startTool("worker", args, join(folder, `worker-${k}`), (line) => {
      log(`worker ${k}: ${line}`);
      areThere.add(k);
      if (line.startsWith("Working")) works.resolve();
    });
  };
  const workers = Array.from({ length: trouble.workers }, (_, k) => begin(k));
  while (areThere.size < workers.length) await delay(50);
  const ended = beginSearch().status;
  const any = () => Math.floor(random() * workers.length);
  const events: Record<string, () => void | Promise<void>> = {
    kill: () => {
      const k = any();
      log(`kill -9 of worker ${k}`);
      sendSignal(workers[k]!, "SIGKILL");
      workers[k] = begin(k);
    },
    freeze: () => {
      const k = any(), frozen = workers[k]!;
      log(`worker ${k} is frozen for ${seconds} s`);
      sendSignal(frozen, "SIGSTOP");
      setTimeout(() => {
        log(`worker ${k} is woken up`);
        sendSignal(frozen, "SIGCONT");
      }, 1000 * seconds);
    },
    restart: async () => {
      log("Postgres is restarted");
      await server.restart();
    },
    cut: () => {
      log(`worker 0 is cut off for ${seconds} s`);
      proxy.cut(1000 * seconds).then(() => log("worker 0 is connected again"));
    },
  };
  const wanted = { kill: kills, freeze: freezes, restart: restarts, cut: cuts };
  const list = Object.entries(wanted).flatMap(([name, count]) => Array<string>(count).fill(name));
  const happened: Record<string, number> = {};
  let isOver = false;
  ended.then(() => isOver = true);
  await Promise.race([works.promise, ended]);
  for (const name of shuffle(list, random)) {
    await Promise.race([delay(1000 * trouble.pause * (0.5 + random() / 2)), ended]);
    if (isOver) break;
    await events[name]!();
    happened[name] = (happened[name] ?? 0) + 1;
  }
  await ended;
  proxy.close();
  for (const worker of workers) {
    sendSignal(worker, "SIGCONT");
    sendSignal(worker, "SIGKILL");
  }
  await Promise.all(workers.map(({ status }) => status));
  return { happened, success: (await ended).success };
}

/** Starts a tool of the project; its lines go to the log. */
function startTool(
  tool: string,
  args: string[],
  work: string,
  log: (line: string) => void,
): Deno.ChildProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN, `tools/commands/${tool}.ts`, ...args],
    cwd: ROOT,
    env: { HUMAN_AGE_WORK: work, NO_COLOR: "1", HUMAN_AGE_DATA: "" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  readLines(child.stderr, log);
  return child;
}

async function readLines(from: ReadableStream<Uint8Array>, log: (line: string) => void) {
  let rest = "";
  for await (const text of from.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.filter(Boolean).forEach(log);
  }
}

/** The rows of a leaderboard's file, but for times and machines. */
async function leaderboardIn(work: string): Promise<string[]> {
  const rows = csvParse(await Deno.readTextFile(join(work, "results", "leaderboard.csv")));
  return rows.map(({ seconds: _, machine: __, ...row }) => JSON.stringify(row));
}

async function countEpochs(url: string): Promise<{ epochs: number; twice: number }> {
  return await withServer(url, async ({ query }) => {
    const [row] = await query<{ epochs: number; twice: number }>(
      `select (select count(*)::int from human_age.epoch) as epochs,
         (select count(*)::int from (
           select from pgboss.job where name like 'epoch-%' and state = 'completed'
           group by singleton_key having count(*) > 1
         ) as several) as twice`,
    );
    return row!;
  });
}

export const program = command(
  "chaos",
  "Searches while workers, server and network fail, and compares the result.",
)
  .option("--kills <number>", "workers killed", wholeNumber(0), 10)
  .option("--freezes <number>", "workers frozen beyond their heartbeat", wholeNumber(0), 1)
  .option("--restarts <number>", "restarts of Postgres", wholeNumber(0), 2)
  .option("--cuts <number>", "cuts of a connection", wholeNumber(0), 1)
  .option("--seconds <number>", "how long a freeze and a cut last", wholeNumber(1), 30)
  .option("--pause <seconds>", "most time between two events", wholeNumber(1), 12)
  .option("--workers <number>", "workers at a time", wholeNumber(1), 4)
  .option("--budget <epochs>", "the size of the search", wholeNumber(1), 90)
  .option("--seed <number>", "seed of what happens when", wholeNumber(0), 7)
  .action(async (trouble) => {
    const begun = performance.now();
    const log = (line: string) =>
      console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`);
    await withTemporaryFolder({ prefix: "human-age-chaos-" }, async (folder) => {
      const { expected, actual, ...rest } = await chaos(folder, { ...trouble, log });
      const same = JSON.stringify(expected) === JSON.stringify(actual);
      console.log({ same, rows: actual.length, ...rest });
      if (!same) throw new Error("The leaderboards differ");
    });
  });

if (import.meta.main) await runCommand(program);
