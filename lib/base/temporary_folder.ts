/** Folders that are gone when the work in them is done. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit, removeIfThere } from "@/base/at_exit.ts";

/** The file in a folder that is locked as long as somebody works in it, and empty before. */
const CLAIM = ".claim";

/**
 * Does work in a folder of its own, which is removed at the end, whatever ends the work. What a process that was
 * killed at once has left is removed when the next folder of that prefix is made.
 */
export async function withTemporaryFolder<T>(
  { dir = tmpdir(), prefix }: { dir?: string; prefix: string },
  body: (folder: string) => Promise<T>,
): Promise<T> {
  await Deno.mkdir(dir, { recursive: true });
  removeAbandoned(dir, prefix);
  const folder = join(dir, prefix + crypto.randomUUID());
  const remove = () => removeIfThere(folder), forget = atExit(remove);
  try {
    Deno.mkdirSync(folder, { mode: 0o700 }); // after atExit(), so that no signal comes between
    using claim = Deno.openSync(join(folder, CLAIM), { write: true, createNew: true });
    claim.lockSync(true);
    claim.writeSync(new TextEncoder().encode(String(Deno.pid)));
    return await body(folder);
  } finally {
    forget();
    remove();
  }
}

function removeAbandoned(dir: string, prefix: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(dir)) {
    const folder = join(dir, name);
    if (isDirectory && name.startsWith(prefix) && isAbandoned(folder)) removeIfThere(folder);
  }
}

function isAbandoned(folder: string): boolean {
  try {
    using claim = Deno.openSync(join(folder, CLAIM), { read: true, write: true });
    return claim.statSync().size > 0 && claim.tryLockSync(true);
  } catch {
    return false; // of another kind, or somebody else's
  }
}
