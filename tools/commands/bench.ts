/**
 * Measures how fast the project is beside its baselines, Keras, PyTorch, onnxruntime and Pillow: a benchmark a row, in
 * which runs of ours and of the baseline alternate.
 *
 * Each run is a process of its own, which warms up before it measures. A whole bench leaves its
 * numbers as `speed.csv` and a figure, `speed.svg`, among the figures of the data set; one of the whole
 * zoo leaves `speed_zoo`.
 */
import { statfsSync } from "node:fs";
import { cpus } from "node:os";
import type { DataSet } from "@/dataset/data_set.ts";
import { speedFigure } from "@/figures/results/speed.ts";
import { inspectPhotos } from "@/images/inspection.ts";
import { checkIntegrity } from "@/images/integrity.ts";
import { openData } from "@/study/open_data.ts";
import { figuresFolder, WORK } from "@/base/project.ts";
import { createRandom, shuffle } from "@/base/random.ts";
import { describeTensorFlow } from "@/native/tensorflow.ts";
import { type Benchmark, forFile, forPeople, measure, type Outcome } from "@bench/benchmark.ts";
import { networkBenchmarks, zooBenchmarks } from "@bench/networks.ts";
import { type Drawn, photoBenchmarks } from "@bench/photos.ts";
import { ARITHMETIC, command, DATA, runCommand, wholeNumber } from "@tools/shared/command.ts";
import { output, PYTHON } from "@tools/shared/python.ts";
import { saveResults } from "@tools/shared/results.ts";
import { textTable } from "@tools/shared/table.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

async function drawPhotos(data: DataSet, count: number): Promise<Drawn> {
  const all = checkIntegrity(data.photos, await inspectPhotos(data)).kept;
  const drawn = shuffle(all, createRandom(7, "bench")).slice(0, count);
  console.log(`Photos of ${data.name}: ${drawn.length} of ${all.length}\n`);
  return { folder: data.folder, all, drawn };
}

function choose(benchmarks: readonly Benchmark[], only: string): Benchmark[] {
  const chosen = benchmarks.filter(({ name }) => name.includes(only));
  if (chosen.length > 0) return chosen;
  const names = benchmarks.map(({ name }) => `\n  ${name}`).join("");
  throw new RangeError(`Nothing has "${only}" in its name; there are:${names}`);
}

/** Measures benchmarks one after another; leaves out those that the disk has no room for, and says so. */
async function measureAll(benchmarks: readonly Benchmark[], folder: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const benchmark of benchmarks) {
    const { bavail, bsize } = statfsSync(folder), bytes = await benchmark.room?.() ?? 0;
    const missing = `Left out for want of ${(bytes / 1e9).toFixed(1)} GB of disk`;
    if (bavail * bsize > bytes) outcomes.push(await measure(benchmark));
    else console.log(`${missing}: ${benchmark.name}\n`);
  }
  return outcomes;
}

async function describeMachine(): Promise<string> {
  const { tensorflow, tfjs, device, arithmetic } = describeTensorFlow();
  const code = "import keras, PIL, tensorflow as tf; " +
    'print(f"TensorFlow {tf.__version__} (Keras {keras.__version__}), Pillow {PIL.__version__}")';
  const baselines = await output(PYTHON, ["-c", code]);
  const processor = cpus()[0]?.model ?? "unknown";
  return `${cpus().length} cores (${processor}), TensorFlow on ${device}, ${arithmetic} arithmetic; ` +
    `ours: Deno ${Deno.version.deno}, TensorFlow ${tensorflow} (tfjs ${tfjs}); baselines: ${baselines}`;
}

/** Makes something when it is first asked for, and returns the same from then on. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

export const program = command(
  "bench",
  "Measures how fast the project is beside Keras, PyTorch, onnxruntime and Pillow.",
)
  .addOption(DATA)
  .option("--rounds <number>", "how many runs ours and the baseline have each", wholeNumber(1), 5)
  .option("--photos <number>", "how many photos a run takes", wholeNumber(1), 1000)
  .option(
    "--steps <number>",
    "how many steps a run of a network takes, to try whether it works, without writing a figure",
    wholeNumber(1),
  )
  .option("--only <text>", "the benchmarks with this in their name, without writing a figure")
  .option("--zoo", "training with each model of the zoo, and nothing else")
  .addOption(ARITHMETIC)
  .action(async ({ data, photos: count, rounds, steps, only = "", zoo = false }) => {
    const open = once(() => openData(data));
    const machine = once(describeMachine);
    const outcomes = await withTemporaryFolder({ dir: WORK, prefix: "bench-" }, async (work) => {
      const photos = once(async () => await drawPhotos(await open(), count));
      const all = zoo ? zooBenchmarks(rounds) : [
        ...photoBenchmarks(photos, work, rounds),
        ...await networkBenchmarks(work, rounds, steps),
      ];
      const chosen = choose(all, only); // an unknown name is refused before all that takes long
      console.log(`${await machine()}\n`);
      return await measureAll(chosen, work);
    });
    console.log(textTable(outcomes.map(forPeople)));
    if (only || steps) return;
    const beside = outcomes.flatMap(({ benchmark, ratio }) => ratio ? { benchmark, ...ratio } : []);
    const name = zoo ? "speed_zoo" : "speed";
    await saveResults(figuresFolder(await open()), {
      figures: { [name]: speedFigure(beside, await machine()) },
      tables: { [name]: outcomes.map(forFile) },
    });
  });

if (import.meta.main) await runCommand(program);
