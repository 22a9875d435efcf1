/**
 * Files that appear whole or not at all, and work that only one process at a time may do.
 *
 * @module
 */
import { dirname } from "node:path";

/** The system's codes for a full disk: no space left, file too large, quota used up. */
const FULL = /os error (28|27|122)\)|ENOSPC|EFBIG|EDQUOT/;

/**
 * Writes a file (or a folder) whole or not at all: `write` fills a path beside the final one, which
 * then takes its name. If `write` fails, its partial output is removed and the old file stays.
 *
 * @throws {Error} if the disk is full, saying so; whatever else `write` throws
 */
export async function writeWhole(
  path: string,
  write: (part: string) => Promise<void>,
): Promise<void> {
  const part = `${path}.part-${Deno.pid}`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await write(part);
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw writeError(path, error);
  }
}

/** Puts the system's error about a full disk in plain words; others are returned as they are. */
function writeError(path: string, cause: unknown): unknown {
  if (!FULL.test(String(cause))) return cause;
  return new Error(
    `No room on the disk for ${path}. Nothing was changed. Free some space, or name a folder on ` +
      "another disk in HUMAN_AGE_WORK, then run it again.",
    { cause },
  );
}

/** Thrown if another process is already doing the work. */
export class Claimed extends Error {}

/**
 * Does work that only one process at a time may do. The claim is an operating-system lock on the file at
 * `path`, so it is released when the process ends, even by a crash.
 *
 * @param doing what the work is, for the error message in other processes
 * @throws {Claimed} if another process holds the claim, saying which and since when
 */
export async function withLock<T>(
  path: string,
  doing: string,
  body: () => Promise<T>,
): Promise<T> {
  await Deno.mkdir(dirname(path), { recursive: true });
  using file = await Deno.open(path, { read: true, write: true, create: true });
  if (!await file.tryLock(true)) {
    throw new Claimed(`${await Deno.readTextFile(path)}. Wait until it has ended, or end it.`);
  }
  await writeClaim(file, doing).catch((error) => Promise.reject(writeError(path, error)));
  return await body();
}

async function writeClaim(file: Deno.FsFile, doing: string): Promise<void> {
  await file.truncate();
  const since = new Date().toISOString().slice(0, 16).replace("T", " ");
  const text = `Process ${Deno.pid} is already ${doing}, since ${since} UTC`;
  await file.write(new TextEncoder().encode(text));
}

/** Writes all bytes to an open file; a single write call may take only some of them. */
export function writeFully(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}
