import { deepEqual } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { importsOf, withoutComments } from "@/base/sources.ts";
import config from "../../deno.json" with { type: "json" };

const ROOT = join(import.meta.dirname!, "..", "..");

/** The rooms of `lib`, in the order in which photos go through them: each imports from those before it. */
const LIB = [
  ...["base", "dataset", "metrics", "native", "images", "faces", "sample", "model", "study"],
  ...["training", "figures", "answers", "search", "notebook"],
].map((room) => `lib/${room}`);

/** All folders of code, in their order: what they serve comes before them. */
const ROOMS = [
  ...LIB,
  ...["web", "tools/shared", "tools/setup", "tools/notebooks", "tools/page", "tools/checks"],
  ...["tools/models", "tools/package"],
  ...["tests/support", "bench", "tools/commands"],
];

/** What only `native/` may name: raw ops, and what loads a library. */
const NATIVE = /\b(rawOps?|executeSingleOutput|executeMultipleOutputs|dlopen)\b|tfjs-node/;

/** Rooms that know nothing of tensors: they run without TensorFlow.js, in any process. */
const WITHOUT_TENSORS = ["base", "dataset", "metrics", "sample", "figures", "search"];

/** Rooms whose functions take and return values alone: they read and write no file. */
const WITHOUT_FILES = ["metrics"], FILES = /\bDeno\.|"node:fs|"@\/base\/files\.ts"/;

/** A file with its text, without comments and tests. */
type Source = readonly [path: string, text: string];

const SOURCES: readonly Source[] = ["lib", "tools", "bench", "web", "tests/support"]
  .flatMap((folder) => filesBelow(folder).filter((path) => path.endsWith(".ts")))
  .filter((path) => path.split("/").length > 2 || /^(web|bench)\//.test(path))
  .filter((path) => !/(_test|_testing|\/testing|\.d)\.ts$/.test(path)).sort()
  .map((path) => [path, withoutComments(Deno.readTextFileSync(join(ROOT, path)))]);

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true })
    .filter((path) => !path.includes("node_modules"))
    .map((path) => `${folder}/${path}`);
}

/** The folder of code that a path lies in; null if there is none. */
const roomOf = (path: string) => ROOMS.find((room) => path.startsWith(`${room}/`)) ?? null;

/** The path of what a file imports inside the project; null if that is a package. */
function resolve(name: string, from: string): string | null {
  if (name.startsWith(".")) return join(dirname(from), name);
  const entry = Object.entries(config.imports).find(([prefix, target]) => (
    prefix.endsWith("/") && target.startsWith("./") && name.startsWith(prefix)
  ));
  return entry ? join(entry[1], name.slice(entry[0].length)) : null;
}

/** What a file imports of the project, each with its path. */
const importsIn = ([from, text]: Source) =>
  importsOf(text).flatMap((name) => resolve(name, from) ?? []);

const inRooms = (rooms: readonly string[]) =>
  SOURCES.filter(([path]) => rooms.some((room) => roomOf(path) === `lib/${room}`));

const pathsWith = (sources: readonly Source[], pattern: RegExp) =>
  sources.filter(([, text]) => pattern.test(text)).map(([path]) => path);

Deno.test("every folder with code in it is a room", () => {
  deepEqual(SOURCES.map(([path]) => path).filter((path) => roomOf(path) === null), []);
});

Deno.test("a room imports only from itself and the rooms before it", () => {
  const place = (path: string) => ROOMS.indexOf(roomOf(path) ?? "");
  const wrong = SOURCES.flatMap((source) => (
    importsIn(source).filter((path) => place(path) > place(source[0]) || !roomOf(path))
      .filter((path) => !["lib/testing.ts"].includes(path) && existsSync(join(ROOT, path)))
      .map((path) => `${source[0]}: ${path}`)
  ));
  deepEqual(wrong, []);
});

Deno.test("no file imports itself through others", () => {
  const imports = new Map(SOURCES.map((source) => [source[0], importsIn(source)]));
  const reachable = (path: string, seen = new Set<string>()): Set<string> => {
    for (const next of imports.get(path) ?? []) {
      if (!seen.has(next)) reachable(next, seen.add(next));
    }
    return seen;
  };
  deepEqual([...imports.keys()].filter((path) => reachable(path).has(path)), []);
});

Deno.test("only native/ names raw ops and loads libraries", () => {
  const outside = SOURCES.filter(([path]) => LIB.includes(roomOf(path)!));
  deepEqual(pathsWith(outside.filter(([path]) => roomOf(path) !== "lib/native"), NATIVE), []);
});

Deno.test("rooms without tensors do not import TensorFlow.js", () => {
  const withTensors = inRooms(WITHOUT_TENSORS).filter(([, text]) => (
    importsOf(text).some((name) => name.startsWith("@tensorflow/"))
  ));
  deepEqual(withTensors.map(([path]) => path), []);
});

Deno.test("metrics/ takes and returns values, and reads no file", () => {
  deepEqual(pathsWith(inRooms(WITHOUT_FILES), FILES), []);
});
