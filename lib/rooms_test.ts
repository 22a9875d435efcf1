import { deepEqual } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { importsOf, sourcesOf, withoutComments } from "@/base/sources.ts";
import { testWith } from "@/testing.ts";

const ROOT = join(import.meta.dirname!, "..");

/** The rooms of `lib`, in the order in which photos go through them: each imports from those before it. */
const ROOMS = [
  ...["base", "dataset", "metrics", "native", "images", "faces", "sample", "model", "study"],
  ...["training", "figures", "answers", "search", "notebook"],
];

/** What only `native/` may name: raw ops, and what loads a library. */
const NATIVE = /\b(rawOps?|executeSingleOutput|executeMultipleOutputs|dlopen)\b|tfjs-node/;

/** What a program of `tools/` is named by. */
const TOOLS = /@tools\/|"tools\b|\.\.\/tools\b/;

/** Files of `lib` that are neither tests nor help for tests, with their texts. */
function sources(): [path: string, text: string][] {
  return readdirSync(join(ROOT, "lib"), { encoding: "utf8", recursive: true })
    .map((path) => `lib/${path}`)
    .filter((path) => /\/.*\/.*\.ts$/.test(path))
    .filter((path) => !/(_test|_testing|\/testing)\.ts$/.test(path)).sort()
    .map((path) => [path, withoutComments(Deno.readTextFileSync(`${ROOT}/${path}`))]);
}

const roomOf = (path: string) => path.split("/")[1]!;

testWith(["read"], "every folder of lib with code in it is a room", () => {
  deepEqual(sources().map(([path]) => path).filter((path) => !ROOMS.includes(roomOf(path))), []);
});

testWith(
  ["read"],
  "a room imports only from rooms above it, and nothing but lib and packages",
  () => {
    const isAllowed = (from: string, name: string) =>
      name.startsWith("@/")
        ? ROOMS.indexOf(roomOf(name)) <= ROOMS.indexOf(roomOf(from)) && ROOMS.includes(roomOf(name))
        : !name.startsWith(".");
    const wrong = sources().flatMap(([path, text]) => (
      importsOf(text).filter((name) => !isAllowed(path, name)).map((name) => `${path}: ${name}`)
    ));
    deepEqual(wrong, []);
  },
);

testWith(["read"], "no file imports itself through others", () => {
  const files = new Map(sources()), read = (path: string) => files.get(path) ?? null;
  const inCircle = (path: string, text: string) =>
    importsOf(text).some((name) => sourcesOf(name.replace("@/", "lib/"), read).has(path));
  deepEqual([...files].filter(([path, text]) => inCircle(path, text)).map(([path]) => path), []);
});

testWith(["read"], "only native/ names raw ops and loads libraries", () => {
  const outside = sources().filter(([path]) => roomOf(path) !== "native");
  deepEqual(outside.filter(([, text]) => NATIVE.test(text)).map(([path]) => path), []);
});

testWith(["read"], "lib names no program of tools", () => {
  deepEqual(sources().filter(([, text]) => TOOLS.test(text)).map(([path]) => path), []);
});
