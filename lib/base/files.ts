/** Files that appear whole or not at all, and work that only one process at a time may do. */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { atExit, removeIfThere } from "@/base/at_exit.ts";
import { Interrupted } from "@/base/interruption.ts";

/** The system's codes for a full disk: no space left, file too large, quota used up. */
const FULL = /os error (28|27|122)\)|ENOSPC|EFBIG|EDQUOT/;

/**
 * Writes a file (or a folder) whole or not at all: `write` fills a path beside the final one, which then takes its name.
 * If `write` fails or the process ends, its partial output is removed and the old file stays.
 * A link to a file stays one, and that file is written. Who may read a file that is replaced may read the new one.
 *
 * @throws {Error} if the disk is full, saying so; whatever else `write` throws
 */
export async function writeWhole(
  path: string,
  write: (part: string) => Promise<void>,
): Promise<void> {
  const file = await linkedFile(path) ?? path;
  const part = partOf(file), forget = atExit(() => removeIfThere(part));
  try {
    await Deno.mkdir(dirname(file), { recursive: true });
    await write(part);
    await keepMode(file, part);
    await Deno.rename(part, file);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw writeError(path, error);
  } finally {
    forget();
  }
}

/**
 * Writes a file as {@linkcode writeWhole} does, and has the disk hold it before it takes its name, so that after a power
 * cut the old or the new one is there. 52 MB took 40 ms more, a small file 5 ms.
 */
export async function writeLasting(
  path: string,
  write: (part: string) => Promise<void>,
): Promise<void> {
  await writeWhole(path, async (part) => {
    await write(part);
    using file = await Deno.open(part, { write: true });
    await file.sync();
  });
}

/** Writes a text as {@linkcode writeWhole}, or {@linkcode writeLasting}, writes a file. */
export async function writeText(path: string, text: string, write = writeWhole): Promise<void> {
  await write(path, (part) => Deno.writeTextFile(part, text));
}

/** The file that a link leads to; null if there is no link, or it leads to no file. */
async function linkedFile(path: string): Promise<string | null> {
  try {
    if (!(await Deno.lstat(path)).isSymlink) return null;
    return (await Deno.stat(path)).isFile ? await Deno.realPath(path) : null;
  } catch {
    return null;
  }
}

/** Gives a new file the permissions of the one whose place it takes, if there is one, and permissions are known there. */
async function keepMode(old: string, part: string): Promise<void> {
  try {
    const { isFile, mode } = await Deno.stat(old);
    if (isFile && mode !== null) await Deno.chmod(part, mode & 0o777);
  } catch { /* there is none */ }
}

/** The bytes of a name that leave room for a process's number: file systems take 255. */
const LONGEST = 230;

/** The path that a file is filled at: named after it, unless that name would be too long. */
function partOf(path: string): string {
  const name = basename(path), isShort = Buffer.byteLength(name) <= LONGEST;
  const stem = isShort ? name : createHash("sha256").update(name).digest("hex");
  return join(dirname(path), `${stem}.part-${Deno.pid}`);
}

/**
 * Returns why one file could not be written where others can; null for a full disk, and for what is no fault of
 * the file system.
 */
export function faultOfFile(error: unknown): string | null {
  const cause = error instanceof Error && error.cause || error;
  const isSystem = /os error \d+\)/.test(String(cause)) && !FULL.test(String(cause));
  return isSystem ? (error as Error).message : null;
}

/**
 * Like {@linkcode writeWhole}, but keeps what interrupted work has written, for the next call to go on from: beside
 * the final path, as `.begun` and `.begun.json`.
 *
 * @param source identifies what is written: another one begins anew
 * @param write fills `part`. `done` is what the interrupted call last gave to `note`; null if nothing is there yet
 */
export async function writeInStages<Done>(
  path: string,
  source: string,
  write: (part: string, done: Done | null, note: (done: Done) => void) => Promise<void>,
): Promise<void> {
  const begun = `${path}.begun`, record = `${begun}.json`;
  await writeWhole(path, async (part) => {
    let done: Done | null = await takeUp<Done>(begun, record, source, part);
    try {
      await write(part, done, (now) => void (done = now));
    } catch (error) {
      if (error instanceof Interrupted && done !== null) {
        await writeText(record, JSON.stringify({ source, done }));
        await Deno.rename(part, begun);
      }
      throw error;
    }
  });
}

/** Moves what interrupted work has left to where it goes on; null if there is nothing of this source. */
async function takeUp<Done>(
  begun: string,
  record: string,
  source: string,
  part: string,
): Promise<Done | null> {
  const noted: { source?: string; done?: Done } = await Deno.readTextFile(record).then(JSON.parse)
    .catch(() => ({}));
  await Deno.remove(record).catch(() => {}); // a crash from here on begins anew
  const isOurs = noted.source === source &&
    await Deno.rename(begun, part).then(() => true, () => false);
  if (isOurs) return noted.done!;
  await Deno.remove(begun, { recursive: true }).catch(() => {});
  return null;
}

/** The system's codes for a place that cannot be written, each in plain words. */
const REFUSED = [
  [/os error (13|1)\)|EACCES|EPERM/, "permission denied"],
  [/os error 30\)|EROFS/, "the disk is read-only"],
  [/os error (20|17)\)|ENOTDIR|EEXIST/, "a file is in the place of a folder"],
  [/os error 21\)|EISDIR/, "there is a folder of this name"],
  [/os error 36\)|ENAMETOOLONG/, "the name is too long"],
] as const;

/** Puts the system's errors about a full disk and refused writing in plain words; others stay as they are. */
function writeError(path: string, cause: unknown): unknown {
  const reason = REFUSED.find(([code]) => code.test(String(cause)))?.[1];
  if (reason) {
    return new Error(
      `Cannot write ${path}: ${reason}. Allow it, or name another place: HUMAN_AGE_WORK names ` +
        "the folder for what is made from the photos, an option such as --out a file of your own.",
      { cause },
    );
  }
  if (!FULL.test(String(cause))) return cause;
  return new Error(
    `No room on the disk for ${path}. Nothing was changed. Free some space, or name a folder on ` +
      "another disk in HUMAN_AGE_WORK, then run it again.",
    { cause },
  );
}

/** Thrown if another process is already doing the work. */
export class Claimed extends Error {}

/** The beginning of the words of {@linkcode Claimed}, where another process passes on nothing but them. */
export const CLAIMED = /^(Process \d+|Another process) is already /;

/**
 * Does work that only one process at a time may do. The claim is an operating-system lock on the file at `path`, so it
 * is released when the process ends, even by a crash.
 *
 * @param doing what the work is, for the error message in other processes
 * @throws {Claimed} if another process holds the claim, saying which and since when
 */
export async function withLock<T>(path: string, doing: string, body: () => Promise<T>): Promise<T> {
  using file = await takeClaim(path, doing);
  if (file) return await body();
  throw new Claimed(`${await readClaim(path)}. Wait until it has ended, or end it.`);
}

/** Milliseconds between two tries to take a lock. */
const PAUSE = 100;

/**
 * Like {@linkcode withLock}, but waits while another process is at it.
 *
 * @param onWait called once if it has to wait; the words say for whom
 * @throws what the signal was aborted with while it waited
 */
export async function withLockInTurn<T>(
  path: string,
  doing: string,
  signal: AbortSignal,
  body: () => Promise<T>,
  onWait: (words: string) => unknown = () => {},
): Promise<T> {
  for (let waits = false;; waits = true) {
    using file = await takeClaim(path, doing);
    if (file) return await body();
    if (!waits) await onWait(`${await readClaim(path)}: waiting for it`);
    await delay(PAUSE);
    signal.throwIfAborted();
  }
}

/** Claims a file, and writes into it for what; null if another process holds the claim. */
async function takeClaim(path: string, doing: string): Promise<Deno.FsFile | null> {
  let file: Deno.FsFile | null = null;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    file = await Deno.open(path, { read: true, write: true, create: true });
    if (await file.tryLock(true)) {
      const since = new Date().toISOString().slice(0, 16).replace("T", " ");
      await file.truncate();
      const text = `Process ${Deno.pid} is already ${doing}, since ${since} UTC`;
      await file.write(new TextEncoder().encode(text));
      return file;
    }
    file.close();
    return null;
  } catch (error) {
    file?.close();
    throw writeError(path, error);
  }
}

/** Reads who claims a file; whoever has just taken it may not have written that yet. */
async function readClaim(path: string): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const text = await Deno.readTextFile(path);
    if (text !== "") return text;
    await delay(10);
  }
  return "Another process is already at it";
}

/** Writes all bytes to an open file or to a stream; a single write call may take only some of them. */
export function writeFully(file: Pick<Deno.FsFile, "writeSync">, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}
