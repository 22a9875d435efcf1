/**
 * Measures `predict` on synthetic photos of two megapixels beside two libraries that find faces and tell ages:
 *
 *     deno run -A bench/measure_predict.ts [--photos 1000] [--rounds 1] [--face-api FOLDER]
 *
 * Each run is a process of its own, and runs alternate. `@vladmandic/face-api` takes part where its package's
 * folder is named (`npm install @vladmandic/face-api@1.7.15` makes one).
 */
import { join } from "node:path";
import { max, median, range, sum } from "d3";
import { ROOT, RUN } from "@/base/project.ts";
import { makeScene } from "@/sample/photo/scene.ts";
import { command, path, runCommand, wholeNumber } from "@tools/shared/command.ts";
import { textTable } from "@tools/shared/table.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

/** Scenes that differ; the others are copies. */
const SCENES = 12;

const SIZE = { width: 1632, height: 1224 };

/** Milliseconds between two looks at the memory. */
const PAUSE = 200;

async function makePhotos(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder);
  const scenes = await Promise.all(
    range(Math.min(SCENES, count)).map((k) => (
      makeScene(100 + k, { ...SIZE, people: 1 + k % 4 })
    )),
  );
  for (let k = 0; k < count; k++) {
    const name = `${String(k).padStart(5, "0")}.jpg`;
    await Deno.writeFile(join(folder, name), scenes[k % scenes.length]!.file);
  }
}

/** The programs: arguments of `deno run -A`, given the folder of photos and a file for answers. */
function programs(photos: string, out: string, faceApi?: string): Record<string, string[]> {
  const predict = [join(ROOT, "tools", "commands", "predict.ts"), photos, "--out", out];
  const baseline = join(ROOT, "bench", "predict_baseline.ts");
  const human = join(ROOT, "node_modules", "@vladmandic", "human");
  return {
    "predict": predict,
    "predict --quick": [...predict, "--quick"],
    "@vladmandic/human, age": [baseline, "human", human, photos],
    ...(faceApi && { "@vladmandic/face-api, age": [baseline, "face-api", faceApi, photos] }),
  };
}

/** Runs a program: seconds, seconds of the processor, and the most memory in bytes, with the processes that it starts. */
async function measure(args: string[]) {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    ...{ args: [...RUN, ...args], cwd: ROOT, stdout: "null", stderr: "null" },
  }).spawn();
  let memory = 0, work = 0;
  const timer = setInterval(() => {
    memory = Math.max(memory, total(child.pid, memoryOf));
    work = Math.max(work, total(child.pid, workOf));
  }, PAUSE);
  const { success } = await child.status;
  clearInterval(timer);
  if (!success) throw new Error(`${args.join(" ")} failed`);
  return { seconds: (performance.now() - start) / 1000, work, memory };
}

/** Ticks of the clock in a second, for all of Linux. */
const TICKS = 100;

/** Sums a measure of a process and of those that it started; 0 where the system does not tell, or it has ended. */
function total(pid: number, measure: (pid: number) => number): number {
  try {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
    const pids = children ? children.split(" ").map(Number) : [];
    return measure(pid) + sum(pids, (child) => total(child, measure));
  } catch {
    return 0;
  }
}

/** Processor time in seconds. */
function workOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // after the name, which is in brackets: own time in the program and the system, and that of ended children
  const times = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
  return sum(times) / TICKS;
}

/** Memory in bytes, pages that processes share counted once. */
function memoryOf(pid: number): number {
  const own = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`).match(/^Pss:\s+(\d+)/m)?.[1];
  return Number(own ?? 0) * 1024;
}

export const program = command("measure_predict", "Measures predict beside two libraries.")
  .name("deno run -A bench/measure_predict.ts")
  .option("--photos <number>", "how many photos of 2 megapixels", wholeNumber(1), 1000)
  .option("--rounds <number>", "how many runs each has", wholeNumber(1), 1)
  .option("--face-api <folder>", "the package's folder", path)
  .action(async ({ photos, rounds, faceApi }) => {
    await withTemporaryFolder({ prefix: "human-age-measure-" }, async (folder) => {
      const input = join(folder, "photos"), out = join(folder, "out.csv");
      await makePhotos(input, photos);
      const all = Object.entries(programs(input, out, faceApi)).map(([program, args]) => (
        { program, args, runs: [] as Awaited<ReturnType<typeof measure>>[] }
      ));
      for (let round = 0; round < rounds; round++) {
        for (const { args, runs } of all) runs.push(await measure(args));
      }
      console.log(textTable(all.map(({ program, runs }) => ({
        program,
        "processor seconds a photo": median(runs, ({ work }) => work)! / photos,
        "photos a second": photos / median(runs, ({ seconds }) => seconds)!,
        "most memory, MB": Math.round(max(runs, ({ memory }) => memory)! / 1e6),
      }))));
    });
  });

if (import.meta.main) await runCommand(program);
