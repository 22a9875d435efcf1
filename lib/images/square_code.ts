/** Identifies the code that makes squares: if any of it changes, squares are made again. */
import { createHash } from "node:crypto";
import { orElse } from "@/base/or_else.ts";
import { notSetUp, ROOT, SQUARE_LIBRARY } from "@/base/project.ts";
import { importsOf, readerOf, sourcesOf } from "@/base/sources.ts";
import { TENSORFLOW_VERSION } from "@/native/backend.ts";

/** The module that makes a square of a photo. */
const ENTRY = "lib/images/resize.ts";

/** All that the pixels of a square depend on. */
interface Surroundings {
  /** Reads a file of the project; see `sourcesOf`. */
  read: (path: string) => string | null;
  /** The compiler's arguments, and all C++ text, that the library was compiled from. */
  library: string;
  /** The version of TensorFlow, whose decoder is used. */
  tensorflow: string;
}

/**
 * Identifies the code that makes squares, of this process if no other is given, as a hash of {@linkcode Surroundings}.
 * Equal hashes mean equal squares.
 */
export function squareCode(surroundings?: Surroundings): string {
  return surroundings ? codeOf(surroundings) : LOADED ?? codeOf(ownSurroundings());
}

/**
 * The code as this process has loaded it, whatever becomes of the files afterwards, such as by a `git pull`; null
 * without set-up, which is refused to whoever makes squares.
 */
const LOADED = orElse(() => codeOf(ownSurroundings()), null);

function ownSurroundings(): Surroundings {
  const library = compiledFrom().replaceAll(ROOT, ""); // the same in another folder
  return { read: readerOf(ROOT), library, tensorflow: TENSORFLOW_VERSION };
}

function codeOf({ read, library, tensorflow }: Surroundings): string {
  const sources = sourcesOf(ENTRY, read), hash = createHash("sha256");
  const versions: Record<string, string> = JSON.parse(read("deno.json") ?? "{}").imports ?? {};
  const names = new Set([...sources.values()].flatMap(importsOf));
  const packages = [...names].sort().flatMap((name) => versions[name] ?? []);
  hash.update(JSON.stringify([[...sources], packages, library, tensorflow]));
  return hash.digest("hex");
}

function compiledFrom(): string {
  try {
    return Deno.readTextFileSync(`${SQUARE_LIBRARY}.made-from.txt`);
  } catch (error) {
    throw notSetUp(SQUARE_LIBRARY, error);
  }
}
