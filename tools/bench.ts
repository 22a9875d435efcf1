/**
 * Measures how fast the project is beside its peers: a contest a row, ours and the peer in turns.
 *
 * Each turn is a process of its own, which warms up before it measures. The files are read from disk
 * by both, and lie in the system's cache for both.
 *
 * Usage: deno task bench [--data FOLDER] [--rounds 5] [--photos 1000]
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { max, median, min } from "d3";
import { type DataSet, readDataSet } from "@/data_set.ts";
import { inspectPhotos } from "@/inspection.ts";
import { type InspectedPhoto, judgePhotos } from "@/integrity.ts";
import { openData } from "@/open_data.ts";
import { ROOT, WORK } from "@/project.ts";
import { createRandom, shuffle } from "@/random.ts";
import { fileToSquare } from "@/square.ts";
import { makeSquares } from "@/squares.ts";
import { describeTensorFlow } from "@/tensorflow.ts";
import { output, PYTHON } from "@tools/python.ts";
import { runCommand, wholeNumber } from "@tools/command.ts";
import { textTable } from "@tools/table.ts";
import { withTemporaryFolder } from "@tools/temporary_folder.ts";

const USAGE = `Usage: deno task bench [--data FOLDER] [--rounds 5] [--photos 1000]
  --data FOLDER   the photos to work on (data/README.md tells the known layouts); else the sample
  --rounds 5      how many turns ours and the peer have each
  --photos 1000   how many photos a turn takes`;

/** Width and height of the squares, in pixels. */
const SIDE = 256;

/** Photos that a process works on before it measures: the first hundreds are slower in Deno. */
const WARM_UP = 200;

/** What a process is asked to do; given as JSON on its standard input. */
interface Job {
  folder: string;
  photos: InspectedPhoto[];
}

/** What a process answers: how many photos took how long, and the most memory that it held. */
interface Result {
  items: number;
  seconds: number;
  /** In bytes; null where the system does not tell. */
  memory: number | null;
}

/** One side of a contest: a program that takes a job and prints a result, both as JSON. */
interface Program {
  command: string[];
  env?: Record<string, string>;
  job: unknown;
}

/** One row of the table. */
interface Contest {
  name: string;
  /** What is counted a second. */
  unit: string;
  ours: Program;
  peer?: Program;
  rounds: number;
  /** Room on the disk that it needs, in bytes. */
  room?: number;
}

type Task = (data: Job & { name: string }) => Promise<void>;

/** What this file itself measures, in a process of its own. */
const TASKS: Record<string, Task> = {
  squares: async ({ folder, photos }) => {
    for (const { photo } of photos) {
      await fileToSquare(Deno.readFileSync(join(folder, photo)), SIDE); // as makeSquares() does
    }
  },
  inspectPhotos: async (data) => void await inspectPhotos({ ...data, hasPhotos: true }),
  makeSquares: async (data) => void await makeSquares(data, data.photos, { side: SIDE }),
};

/** Does a task, first on some photos to warm up, then on all against the clock. */
async function measure(task: Task, { folder, photos }: Job): Promise<Result> {
  await task({ name: `warm-up-${Deno.pid}`, folder, photos: photos.slice(0, WARM_UP) });
  const start = performance.now();
  await task({ name: `measured-${Deno.pid}`, folder, photos });
  const seconds = (performance.now() - start) / 1000;
  return { items: photos.length, seconds, memory: await peakMemory() };
}

/** The most memory, in bytes, that this process has held; null where the system does not tell. */
async function peakMemory(): Promise<number | null> {
  const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
  const kilobytes = status.match(/^VmHWM:\s+(\d+)/m)?.[1];
  return kilobytes ? Number(kilobytes) * 1024 : null;
}

/** The contests on a data set's photos; what ours writes goes to the work folder given. */
function listContests(
  folder: string,
  photos: { all: InspectedPhoto[]; drawn: InspectedPhoto[] },
  { work, rounds }: { work: string; rounds: number },
): Contest[] {
  const drawn = { folder, photos: photos.drawn }, all = { folder, photos: photos.all };
  const env = { HUMAN_AGE_WORK: work }, single = { ...env, TF_NUM_INTRAOP_THREADS: "1" };
  const common = { unit: "photos", rounds }, peer = pillow(drawn);
  return [
    { ...common, name: "file to square", ours: ours("squares", drawn, env), peer },
    { ...common, name: "the same, one thread", ours: ours("squares", drawn, single), peer },
    { ...common, name: "inspectPhotos()", ours: ours("inspectPhotos", drawn, env) },
    {
      ...common,
      name: "makeSquares(), all",
      ours: ours("makeSquares", all, env),
      rounds: 1,
      room: (photos.all.length + WARM_UP) * SIDE * SIDE * 3,
    },
  ];
}

function ours(task: string, job: Job, env: Record<string, string>): Program {
  const command = [Deno.execPath(), "run", "-A", import.meta.filename!, "--task", task];
  return { command, env, job };
}

function pillow({ folder, photos }: Job): Program {
  const paths = photos.map(({ photo }) => join(folder, photo));
  return {
    command: [PYTHON, join(ROOT, "tools", "pillow_squares.py"), "measure"],
    job: { paths, side: SIDE, warmUp: WARM_UP },
  };
}

/** Runs a program in a process of its own. */
async function run({ command, env, job }: Program): Promise<Result> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, {
    args,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ success, stdout, stderr }] = await Promise.all([
    child.output(),
    ReadableStream.from([new TextEncoder().encode(JSON.stringify(job))]).pipeTo(child.stdin),
  ]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${command.join(" ")} failed and said:\n${text(stderr)}`);
  return JSON.parse(text(stdout));
}

/** Holds a contest, ours and the peer in turns, and sums it up as a row. */
async function hold({ name, unit, ours, peer, rounds }: Contest): Promise<Record<string, unknown>> {
  const own: Result[] = [], other: Result[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await run(ours));
    if (peer) other.push(await run(peer));
  }
  const ratios = other.map((result, k) => pace(own[k]!) / pace(result));
  return {
    contest: name,
    counted: `${own[0]!.items.toLocaleString("en")} ${unit}`,
    "ours, a second": spread(own.map(pace), 0),
    "peer, a second": spread(other.map(pace), 0),
    "ours / peer": spread(ratios, 2),
    "ours, MB": peak(own),
    "peer, MB": peak(other),
  };
}

function pace({ items, seconds }: Result): number {
  return items / seconds;
}

/** Writes the median, and the smallest and greatest where there are more values than one. */
function spread(values: number[], digits: number): string | null {
  if (values.length === 0) return null;
  const [middle, least, most] = [median(values), min(values), max(values)].map((value) =>
    value!.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
  );
  return values.length === 1 ? middle! : `${middle} (${least}–${most})`;
}

function peak(results: Result[]): number | null {
  const memory = results.map(({ memory }) => memory ?? 0);
  return Math.round(Math.max(0, ...memory) / 1e6) || null;
}

/** What the numbers hold for: the machine and the versions. */
async function describeMachine(): Promise<string> {
  const { tensorflow, tfjs, device } = describeTensorFlow();
  const pillow = await output(PYTHON, ["-c", "import PIL; print(PIL.__version__)"]);
  return `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), TensorFlow on ${device}; ` +
    `Deno ${Deno.version.deno}, TensorFlow ${tensorflow} (tfjs ${tfjs}), Pillow ${pillow}`;
}

/** Whether the disk has room for a contest; says so where it has not. */
function hasRoom({ name, room = 0 }: Contest, folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  const enough = bavail * bsize > room;
  if (!enough) console.log(`Left out for want of ${(room / 1e9).toFixed(1)} GB of disk: ${name}\n`);
  return enough;
}

async function bench(data: DataSet, count: number, rounds: number): Promise<void> {
  const all = judgePhotos(data.photos, await inspectPhotos(data)).kept;
  const drawn = shuffle(all, createRandom(7, "bench")).slice(0, count);
  console.log(`${await describeMachine()}\nPhotos of ${data.name}; squares of ${SIDE} pixels\n`);
  await withTemporaryFolder({ dir: WORK, prefix: "bench-" }, async (work) => {
    const contests = listContests(data.folder, { all, drawn }, { work, rounds });
    const rows: Record<string, unknown>[] = [];
    for (const contest of contests.filter((contest) => hasRoom(contest, work))) {
      rows.push(await hold(contest));
    }
    console.log(textTable(rows));
  });
}

await runCommand(USAGE, async () => {
  const { task, data, photos, rounds } = parseArgs({
    options: {
      task: { type: "string" }, // how this file calls itself
      data: { type: "string" },
      photos: { type: "string", default: "1000" },
      rounds: { type: "string", default: "5" },
    },
  }).values;
  if (task) {
    const job: Job = await new Response(Deno.stdin.readable).json();
    console.log(JSON.stringify(await measure(TASKS[task]!, job)));
  } else {
    const set = data ? await readDataSet(data) : await openData();
    await bench(set, wholeNumber("photos", photos, 1), wholeNumber("rounds", rounds, 1));
  }
});
