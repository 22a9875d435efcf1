/**
 * Benchmarks of photos: from the file to the square, beside Pillow.
 *
 * Both read the files from disk, and both find them in the system's cache.
 */
import { dirname, join } from "node:path";
import { inspectPhotos } from "@/images/inspection.ts";
import type { InspectedPhoto } from "@/images/integrity.ts";
import { fileToSquare } from "@/images/resize.ts";
import { makeSquares } from "@/images/square_store.ts";
import type { Benchmark } from "@bench/benchmark.ts";
import { ours, pillow, type Result } from "@bench/program.ts";

const SIDE = 256;

/** Photos that a process works on before it measures: the first hundreds are slower in Deno. */
const WARM_UP = 200;

interface Job {
  folder: string;
  photos: InspectedPhoto[];
}

/** The photos of a data set: its folder, all readable ones, and those drawn for the benchmarks. */
export type Drawn = { folder: string } & Record<"all" | "drawn", InspectedPhoto[]>;

/** Our tasks, each run in a process of its own. */
export const PHOTO_TASKS = {
  squares: timed(async ({ folder, photos }) => {
    for (const { photo } of photos) {
      await fileToSquare(Deno.readFileSync(join(folder, photo)), SIDE);
    }
  }),
  inspectPhotos: timed(async (data) => void await inspectPhotos({ ...data, hasPhotos: true })),
  makeSquares: timed(
    (data) => makeSquares(data, data.photos, { side: SIDE }),
    ({ path }) => Deno.remove(dirname(path), { recursive: true }),
  ),
};

export function photoBenchmarks(open: () => Promise<Drawn>, work: string, rounds: number) {
  const some = (which: "all" | "drawn") => async (): Promise<Job> => {
    const photos = await open();
    return { folder: photos.folder, photos: photos[which] };
  };
  const drawn = some("drawn"), all = some("all"), env = { HUMAN_AGE_WORK: work };
  const baseline = pillow("measure", async () => toPaths(await drawn()));
  const pooled = async () => ({ ...toPaths(await all()), file: join(work, "pillow.bin") });
  const benchmarks: Omit<Benchmark, "unit" | "rounds">[] = [
    { name: "file to square, one by one", ours: ours("squares", drawn, env), baseline },
    { name: "inspectPhotos()", ours: ours("inspectPhotos", drawn, env) },
    {
      name: "files to a file of squares, all cores",
      ours: ours("makeSquares", all, env),
      baseline: pillow("pool", pooled),
      room: async () => ((await open()).all.length + WARM_UP) * SIDE * SIDE * 3,
    },
  ];
  return benchmarks.map((benchmark) => ({ unit: "photos", rounds, ...benchmark }));
}

function toPaths({ folder, photos }: Job): { paths: string[]; side: number; warmUp: number } {
  return { paths: photos.map(({ photo }) => join(folder, photo)), side: SIDE, warmUp: WARM_UP };
}

/** Makes a task: on some photos to warm up, then on all against the clock; the results are removed after it. */
function timed<T>(
  work: (data: Job & { name: string }) => Promise<T>,
  remove: (made: T) => Promise<void> = () => Promise.resolve(),
) {
  return async ({ folder, photos }: Job): Promise<Omit<Result, "memory">> => {
    const first = { name: `warm-up-${Deno.pid}`, folder, photos: photos.slice(0, WARM_UP) };
    await remove(await work(first));
    const start = performance.now();
    const made = await work({ name: `measured-${Deno.pid}`, folder, photos });
    const seconds = (performance.now() - start) / 1000;
    await remove(made);
    return { items: photos.length, seconds };
  };
}
