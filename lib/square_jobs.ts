/**
 * Making many squares: in this process, or shared out among several.
 *
 * @module
 */
import { join } from "node:path";
import { range, sum } from "d3";
import { type Ended, runChild } from "@/child.ts";
import { writeFully } from "@/files.ts";
import { type Pixels, UnreadablePhoto } from "@/pixels.ts";
import type { Tick } from "@/progress.ts";
import { ROOT } from "@/project.ts";
import { fileToSquare } from "@/square.ts";

/** Squares to be made, and where they go. */
export interface SquaresJob {
  /** The file, which exists, and from which byte on the squares are written into it. */
  path: string;
  offset: number;
  /** The data folder, and the photos' paths inside it. */
  folder: string;
  photos: readonly string[];
  /** Width and height of each square in pixels. */
  side: number;
}

/** The program that does a share of a job. */
const WORKER = join(ROOT, "tools", "squares_worker.ts");

/** Photos that are worth a process: it takes nearly a second to start, and makes as many squares in that. */
const WORTHWHILE = 1000;

/** Memory of a process, with some room for large photos, in bytes. */
const MEMORY = 1e9;

/** How many processes share the making of squares: as many as there is work, cores and memory for. */
export function countMakers(
  photos: number,
  { cores = navigator.hardwareConcurrency, memory = Deno.systemMemoryInfo().available } = {},
): number {
  return Math.max(
    1,
    Math.min(cores, Math.floor(photos / WORTHWHILE), Math.floor(memory / MEMORY)),
  );
}

/**
 * Makes squares in several processes, each of which takes an equal share of the photos.
 *
 * @param tick is told how many squares are made
 * @throws {Error} with the words of the first process that fails, when the others have been ended
 */
export async function shareOut(job: SquaresJob, processes: number, tick: Tick): Promise<void> {
  const shares = sharesOf(job, processes), done = shares.map(() => 0);
  const faults: string[] = [], ending = new AbortController();
  await Promise.all(shares.map(async (share, k) => {
    const hear = (line: string) => {
      done[k] = Number(line);
      return tick(sum(done));
    };
    // one thread: photos are small, and threads would wait for each other
    const ended = await runChild(WORKER, share, { threads: 1, signal: ending.signal, hear });
    if (ended.code === 0) return;
    faults.push(faultOf(ended));
    ending.abort();
  }));
  if (faults.length > 0) throw new Error(faults[0]);
}

function faultOf({ code, words }: Ended): string {
  return code === 1 ? words : `A process that made squares was ${words}. Run it again.`;
}

function sharesOf(job: SquaresJob, processes: number): SquaresJob[] {
  const size = job.side * job.side * 3, { length } = job.photos;
  const start = (k: number) => Math.round(k * length / processes);
  return range(processes).map((k) => ({
    ...job,
    offset: job.offset + start(k) * size,
    photos: job.photos.slice(start(k), start(k + 1)),
  }));
}

/**
 * Makes squares one after the other, here.
 *
 * @param tick is told after each how many squares are made
 * @throws {Error} where a photo cannot be read, naming it
 */
export async function fillSquares(job: SquaresJob, tick: Tick): Promise<void> {
  using file = await Deno.open(job.path, { write: true });
  await file.seek(job.offset, Deno.SeekMode.Start);
  for (const [k, photo] of job.photos.entries()) {
    await writeFully(file, (await squareOf(job.folder, photo, job.side)).data);
    await tick(k + 1);
  }
}

async function squareOf(folder: string, photo: string, side: number): Promise<Pixels> {
  try {
    // not readFile: handing so small a file to another thread and back takes longer than reading it
    return await fileToSquare(Deno.readFileSync(join(folder, photo)), side);
  } catch (error) {
    if (!(error instanceof UnreadablePhoto || error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `The photo ${photo} in ${folder} could be read when it was inspected and cannot be now: ` +
        `${error.message}. Restore it, or run it again to go on without it.`,
    );
  }
}
