/** All squares of a data set, made once and kept as bytes: `squares.npy` beside `photos.parquet`. */
import { createHash } from "node:crypto";
import { existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import pl from "nodejs-polars";
import { withLockInTurn, writeFully, writeInStages, writeText } from "@/base/files.ts";
import { orElse } from "@/base/or_else.ts";
import { fromFrame, toFrame, writeParquet } from "@/dataset/frame.ts";
import type { Inspection } from "@/images/inspection.ts";
import type { InspectedPhoto } from "@/images/integrity.ts";
import { npyHeader, parseNpyHeader } from "@/images/npy.ts";
import type { Photo } from "@/dataset/photo.ts";
import type { Pixels } from "@/base/pixels.ts";
import { UnreadablePhoto } from "@/images/unreadable_photo.ts";
import { type Tick, withProgress } from "@/base/progress.ts";
import { WORK } from "@/base/project.ts";
import { squareCode } from "@/images/square_code.ts";
import { fileToSquare, requireSide } from "@/images/resize.ts";

const CONTENT = ["md5", "hash"] as const;

/** The content of a photo's file: its MD5, and its perceptual hash in hexadecimal digits. */
export type PhotoContent = Pick<Inspection, typeof CONTENT[number]>;

/** The squares of a data set on disk, and their photos. */
export interface Squares {
  side: number;
  /** In the order of their squares. */
  photos: Photo[];
  /** The contents of the photos' files, in the same order; left out by squares that nobody inspected. */
  contents?: PhotoContent[];
  /** The `.npy` file: bytes of the shape `[photos, side, side, 3]`. */
  path: string;
  /** Offset of the first square in the file, in bytes. */
  offset: number;
  /** Identifies what they were made from, to know if they are made anew; left out by squares made elsewhere. */
  source?: string;
}

/** The squares made at the same time: no core waits, and eight photos of 24 million pixels take only a gigabyte. */
const BEGUN = 8;

const SQUARES = "squares.npy", TABLE = "photos.parquet", MADE_FROM = "made-from.txt";

/**
 * Writes all usable photos of a data set to disk as squares, under `squares/<data set>-<side>/` of the work folder. Opens
 * the existing ones if they were made from the same photos, with the same side, by the same code; waits for what another
 * process makes there. Each file appears whole or not at all, `made-from.txt` last. An interrupted call resumes; after a
 * crash it restarts.
 *
 * @param photos the photos to use, all readable, in the order of the squares
 * @throws {RangeError} if the side is no whole number from 1
 * @throws {Error} if a photo has become unreadable since it was inspected, or if the disk has no room
 * @throws {Interrupted} if it was interrupted
 *
 * @example Squares of the sample
 * ```ts ignore
 * const data = await openData();
 * const { kept } = checkIntegrity(data.photos, await inspectPhotos(data));
 * const squares = await makeSquares(data, kept, { side: 96 });
 * ```
 */
export async function makeSquares(
  data: { name: string; folder: string },
  photos: readonly InspectedPhoto[],
  { side = 256, signal }: { side?: number; signal?: AbortSignal } = {},
): Promise<Squares> {
  requireSide(side);
  const folder = join(WORK, "squares", `${data.name}-${side}`);
  const source = fingerprint(photos, side);
  const make = async (tick: Tick) => {
    if (isMade(folder, source)) return; // by a process that held the lock until now
    await removeAll(folder);
    requireRoom(folder, photos.length * side * side * 3 - sizeOfBegun(folder));
    const job = { folder: data.folder, photos, side, source };
    await writeSquares(join(folder, SQUARES), job, tick);
    await writeParquet(join(folder, TABLE), toFrame(photos, CONTENT));
    await writeText(join(folder, MADE_FROM), source);
  };
  const work = async (tick: Tick, signal: AbortSignal) => {
    if (isMade(folder, source)) return;
    const doing = `making the squares in ${folder}`;
    await withLockInTurn(join(folder, "lock"), doing, signal, () => make(tick));
  };
  await withProgress(`Squares of ${side} pixels`, photos.length, work, signal);
  return await openSquares(folder);
}

async function openSquares(folder: string): Promise<Squares> {
  const path = join(folder, SQUARES);
  using file = await Deno.open(path);
  const head = new Uint8Array(256);
  await file.read(head);
  const { shape, offset } = parseNpyHeader(head);
  const table = pl.readParquet(join(folder, TABLE));
  const contents = table.select(...CONTENT).toRecords() as unknown as PhotoContent[];
  const source = await Deno.readTextFile(join(folder, MADE_FROM));
  return { side: shape[1]!, photos: fromFrame(table), contents, path, offset, source };
}

/**
 * Reads squares from disk by their indices. The read is synchronous: for a batch of 64, that took 0.2 to
 * 0.7 ms, and 1.7 to 5.7 ms through another thread.
 *
 * @returns the bytes of the squares one after the other, `[indices, side, side, 3]`
 * @throws {RangeError} if an index is out of range
 * @throws {Error} if the file is cut off, or another process has made the squares anew
 */
export function readSquares(squares: Squares, indices: readonly number[]): Uint8Array {
  const bytes = readBytes(squares, indices);
  requireUnchanged(squares); // afterwards: whoever makes squares anew takes `made-from.txt` away first
  return bytes;
}

function requireUnchanged({ path, source }: Squares): void {
  if (source === undefined || madeFrom(dirname(path)) === source) return;
  throw new Error(
    `The squares in ${dirname(path)} are made anew by another process, from other photos or ` +
      "labels than these. Run it again",
  );
}

function readBytes(squares: Squares, indices: readonly number[]): Uint8Array {
  const size = squares.side * squares.side * 3;
  const bytes = new Uint8Array(indices.length * size);
  if (!existsSync(squares.path)) requireUnchanged(squares);
  using file = Deno.openSync(squares.path);
  for (const [k, index] of indices.entries()) {
    requireIndex(squares, index);
    file.seekSync(squares.offset + index * size, Deno.SeekMode.Start);
    readFully(file, bytes.subarray(k * size, (k + 1) * size), squares.path);
  }
  return bytes;
}

function requireIndex({ photos, path }: Squares, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < photos.length) return;
  throw new RangeError(
    `There is no square at index ${index} of ${path}, which holds ${photos.length}`,
  );
}

function readFully(file: Deno.FsFile, into: Uint8Array, path: string): void {
  for (let done = 0; done < into.length;) {
    const count = file.readSync(into.subarray(done));
    if (count === null) throw new Error(`${path} is cut off. Remove it, then run it again`);
    done += count;
  }
}

/**
 * Reads one square from disk, by its photo's path.
 *
 * @throws {RangeError} if the photo has no square
 *
 * @example The first square of the sample
 * ```ts ignore
 * const { squares } = await openUsable(96);
 * const pixels = readSquare(squares, squares.photos[0]!.photo);
 * ```
 */
export function readSquare(squares: Squares, photo: string): Pixels {
  const index = squares.photos.findIndex((row) => row.photo === photo);
  if (index < 0) throw new RangeError(`The photo ${photo} has no square in ${squares.path}`);
  const data = readSquares(squares, [index]);
  return { width: squares.side, height: squares.side, data };
}

/** Identifies photos, side and code: equal texts mean equal squares. */
function fingerprint(photos: readonly InspectedPhoto[], side: number): string {
  const hash = createHash("sha256");
  for (const { photo, md5, age, group, gender, subject, album, fold } of photos) {
    hash.update(JSON.stringify([photo, md5, age, group, gender, subject, album, fold]));
  }
  hash.update(squareCode() + "with contents");
  return `${photos.length} photos, ${side} pixels, ${hash.digest("hex")}\n`;
}

/** What the squares in a folder were made from; null while they are made, and for those made elsewhere. */
function madeFrom(folder: string): string | null {
  return orElse(() => Deno.readTextFileSync(join(folder, MADE_FROM)), null);
}

/** Returns what squares were made from, as one line; those made elsewhere are identified by their bytes. */
export async function squaresSource({ path, side, photos }: Squares): Promise<string> {
  const source = madeFrom(dirname(path));
  if (source !== null) return source.trim();
  const hash = createHash("sha256").update(await Deno.readFile(path)).digest("hex");
  return `${photos.length} photos, ${side} pixels, ${hash}`;
}

function isMade(folder: string, source: string): boolean {
  return madeFrom(folder) === source &&
    [SQUARES, TABLE].every((name) => existsSync(join(folder, name)));
}

/** Removes what an earlier or killed run left, `made-from.txt` first; what an interrupted one left, stays. */
async function removeAll(folder: string): Promise<void> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  const old = names.filter((name) => name !== "lock" && !name.includes(".begun"));
  for (const name of [MADE_FROM, ...old]) await Deno.remove(join(folder, name)).catch(() => {});
}

/** The bytes of squares that an interrupted run left: the rest of them is still to be written, or they give room. */
function sizeOfBegun(folder: string): number {
  return orElse(() => Deno.statSync(join(folder, `${SQUARES}.begun`)).size, 0);
}

function requireRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize > bytes) return;
  const giga = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Error(
    `No room on the disk for the squares: ${giga(bytes)} are needed in ${folder}, ` +
      `${giga(bavail * bsize)} are free. Free some space, choose a smaller side, or name a ` +
      "folder on another disk in HUMAN_AGE_WORK.",
  );
}

interface Job {
  folder: string;
  photos: readonly InspectedPhoto[];
  side: number;
  source: string;
}

async function writeSquares(path: string, job: Job, tick: Tick): Promise<void> {
  const { photos, side, source } = job, header = npyHeader([photos.length, side, side, 3]);
  await writeInStages<number>(path, source, async (part, begun, note) => {
    using file = await Deno.open(part, { write: true, create: true });
    if (begun === null) writeFully(file, header);
    let done = begun ?? 0;
    await file.seek(header.length + done * side * side * 3, Deno.SeekMode.Start);
    const squares = Readable.from(photos.slice(done))
      .map((photo: InspectedPhoto) => squareOf(job, photo), { concurrency: BEGUN });
    for await (const { data } of squares) {
      writeFully(file, data);
      note(++done);
      await tick(done);
    }
  });
}

async function squareOf({ folder, side }: Job, { photo, md5 }: InspectedPhoto): Promise<Pixels> {
  const path = join(folder, photo);
  try {
    // not readFile: handing so small a file to another thread and back takes longer than reading it
    const bytes = Deno.readFileSync(path);
    requireSame(path, bytes, md5);
    return await fileToSquare(bytes, side);
  } catch (error) {
    if (!UNREADABLE.some((kind) => error instanceof kind)) throw error;
    throw new Error(
      `The photo ${photo} in ${folder} could be read when it was inspected and cannot be now: ` +
        `${(error as Error).message}. Restore it, or run it again to go on without it.`,
    );
  }
}

/** Errors that tell what a photo's file has become since it was inspected. */
const { NotFound, PermissionDenied, NotADirectory, IsADirectory } = Deno.errors;
const UNREADABLE = [UnreadablePhoto, NotFound, PermissionDenied, NotADirectory, IsADirectory];

function requireSame(path: string, bytes: Uint8Array, md5: string): void {
  if (createHash("md5").update(bytes).digest("hex") === md5) return;
  throw new Error(
    `The photo ${path} has changed since it was inspected. Run it again: it is inspected anew.`,
  );
}
