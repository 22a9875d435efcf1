/**
 * What is measured on photos: from the file to the square, held against Pillow.
 *
 * The files are read from disk by both, and lie in the system's cache for both.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { inspectPhotos } from "@/images/inspection.ts";
import type { InspectedPhoto } from "@/images/integrity.ts";
import { fileToSquare } from "@/images/resize.ts";
import { makeSquares } from "@/images/square_store.ts";
import type { Contest } from "@tools/bench_contest.ts";
import { ours, pillow, type Result } from "@tools/bench_program.ts";

/** Width and height of the squares, in pixels. */
const SIDE = 256;

/** Photos that a process works on before it measures: the first hundreds are slower in Deno. */
const WARM_UP = 200;

/** The photos to work on. */
interface Job {
  folder: string;
  photos: InspectedPhoto[];
}

/** The photos of a data set: its folder, all that are readable, and those drawn for the contests. */
export interface Drawn {
  folder: string;
  all: InspectedPhoto[];
  drawn: InspectedPhoto[];
}

/** What ours does in a process of its own. */
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

/**
 * The contests on a data set's photos.
 *
 * @param open finds the photos, when they are first needed
 * @param work the folder for what ours writes
 */
export function photoContests(open: () => Promise<Drawn>, work: string, rounds: number): Contest[] {
  const drawn = async () => jobOf(await open(), "drawn"),
    all = async () => jobOf(await open(), "all");
  const env = { HUMAN_AGE_WORK: work };
  const common = { unit: "photos", rounds },
    peer = pillow("measure", async () => toPaths(await drawn()));
  return [
    { ...common, name: "file to square, one by one", ours: ours("squares", drawn, env), peer },
    { ...common, name: "inspectPhotos()", ours: ours("inspectPhotos", drawn, env) },
    {
      ...common,
      name: "files to a file of squares, all cores",
      ours: ours("makeSquares", all, env),
      peer: pillow(
        "pool",
        async () => ({ ...toPaths(await all()), file: join(work, "pillow.bin") }),
      ),
      room: async () => ((await open()).all.length + WARM_UP) * SIDE * SIDE * 3,
    },
  ];
}

function jobOf(photos: Drawn, which: "all" | "drawn"): Job {
  return { folder: photos.folder, photos: photos[which] };
}

function toPaths({ folder, photos }: Job): { paths: string[]; side: number; warmUp: number } {
  return { paths: photos.map(({ photo }) => join(folder, photo)), side: SIDE, warmUp: WARM_UP };
}

/**
 * Makes work on photos a task: first on some photos to warm up, then on all against the clock. What was
 * made is taken away, so that later turns find the disk as it was.
 */
function timed<T>(
  work: (data: Job & { name: string }) => Promise<T>,
  remove: (made: T) => Promise<void> = () => Promise.resolve(),
) {
  return async ({ folder, photos }: Job): Promise<Omit<Result, "memory">> => {
    await remove(
      await work({ name: `warm-up-${Deno.pid}`, folder, photos: photos.slice(0, WARM_UP) }),
    );
    const start = performance.now();
    const made = await work({ name: `measured-${Deno.pid}`, folder, photos });
    const seconds = (performance.now() - start) / 1000;
    await remove(made);
    return { items: photos.length, seconds };
  };
}
