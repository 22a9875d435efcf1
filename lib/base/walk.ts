/** The files in a folder and in the folders inside it, each once, without what programs keep there for themselves. */
import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { isKeptByProgram } from "@/base/kept_folders.ts";
import { orElse } from "@/base/or_else.ts";

/** What lies in a folder and in the folders inside it; paths begin with the folder's own. */
interface Walked {
  files: string[];
  /** Links to files that are listed already, and those files. */
  links: Map<string, string>;
  /** Links that lead nowhere. */
  broken: string[];
  /** Folders that the system does not let be read, with its errors. */
  closed: { path: string; error: unknown }[];
  /** Files in folders of {@linkcode isKeptByProgram}. */
  kept: string[];
}

/**
 * Lists what is in a folder and in the folders inside it. Links are followed, and each file and folder is listed once,
 * by its path without links if it has one in the folder. What is hidden is passed over, and so are folders of
 * {@linkcode isKeptByProgram}.
 *
 * @param options.all passes over neither, but for the `._` companions that macOS lays beside files
 * @param options.seen identities of what is listed already; those of this folder are added
 */
export async function walkFolder(
  folder: string,
  { all = false, seen = new Map() }: { all?: boolean; seen?: Map<string, string> } = {},
): Promise<Walked> {
  const found: Walked = { files: [], links: new Map(), broken: [], closed: [], kept: [] };
  const linkedFolders: string[] = [], linkedFiles: string[] = [];
  const list = (path: string) => {
    const listed = take(path, seen);
    if (listed === null) found.files.push(path);
    else found.links.set(path, listed);
  };
  const walk = async (path: string): Promise<void> => {
    if (take(path, seen) !== null) return;
    for (const { name, isSymlink, ...entry } of await entriesOf(path, found)) {
      if (name.startsWith("._")) continue;
      const inner = join(path, name), kind = isSymlink ? kindOf(inner) : entry;
      if (!all && kind?.isDirectory && isKeptByProgram(inner)) {
        for (const file of (await walkFolder(inner, { all: true })).files) found.kept.push(file);
      } else if (!all && name.startsWith(".")) continue;
      else if (!kind) found.broken.push(inner);
      else if (kind.isDirectory) isSymlink ? linkedFolders.push(inner) : await walk(inner);
      else if (kind.isFile) isSymlink ? linkedFiles.push(inner) : list(inner);
    }
  };
  await walk(folder);
  for (const path of linkedFolders) await walk(path); // which may find more of them
  linkedFiles.forEach(list);
  return found;
}

async function entriesOf(path: string, { closed }: Walked): Promise<Deno.DirEntry[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path))).sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    closed.push({ path, error });
    return [];
  }
}

/** Describes what a path leads to; null if it leads nowhere, or into what is locked. */
export function kindOf(path: string): Deno.FileInfo | null {
  return orElse(() => Deno.statSync(path), null);
}

/** Takes a file or folder up; if that has been done, returns the path that it was done by, else null. */
export function take(path: string, seen: Map<string, string>): string | null {
  const id = identity(path), before = seen.get(id) ?? null;
  if (before === null) seen.set(id, path);
  return before;
}

/** Identifies what a path leads to; a hard link is a file of its own. */
function identity(path: string): string {
  return orElse(() => {
    const stat = statSync(path, { bigint: true }), { dev, ino } = stat;
    const isOneOfMany = ino === 0n || stat.isFile() && stat.nlink > 1n;
    return isOneOfMany ? realpathSync(path) : `${dev}:${ino}`;
  }, path);
}
