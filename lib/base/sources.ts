/** The files of the project that a file is built from: what it imports or includes, and what those do. */
import { dirname, join } from "node:path";

/** Doc comments: their examples import, too, but are not run. */
const COMMENT = /^\s*\/\*\*.*?\*\//gms;

/** Imports and re-exports, `import()` in the middle of a line, and includes of C++. */
const IMPORT =
  /^(?:import|export)\s(?:[^;]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)|^#include "([^"]+)"/gm;

/** Lists what the text of a TypeScript or C++ file imports or includes, as it names it, in order. */
export function importsOf(text: string): string[] {
  const matches = withoutComments(text).matchAll(IMPORT);
  return [...matches].map(([, first, second, third]) => (first ?? second ?? third)!);
}

export function withoutComments(text: string): string {
  return text.replaceAll(COMMENT, "");
}

/**
 * Reads a file of the project and all that it is built from: files that it imports or includes, and so on, no packages.
 *
 * @param entry the file's path inside the project folder, such as `lib/images/resize.ts`
 * @returns each file's text by its path, sorted by path
 */
export function sourcesOf(
  entry: string,
  read: (path: string) => string | null,
): Map<string, string> {
  const sources = new Map<string, string>(), paths = [entry];
  for (const path of paths) { // grows meanwhile
    const text = sources.has(path) ? null : read(path);
    if (text === null) continue;
    sources.set(path, text);
    paths.push(...importsOf(text).map((name) => resolveImport(name, path)));
  }
  return new Map([...sources].toSorted(([a], [b]) => a < b ? -1 : 1));
}

/** The path of what a file imports: inside `lib` with the import map's `@/`, else beside the file. */
function resolveImport(name: string, from: string): string {
  return name.startsWith("@/") ? join("lib", name.slice(2)) : join(dirname(from), name);
}

/** Reads files below a folder, as {@linkcode sourcesOf} wants it: null if there is none. */
export function readerOf(folder: string): (path: string) => string | null {
  return (path) => {
    try {
      return Deno.readTextFileSync(join(folder, path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  };
}
