import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importsOf, withoutComments } from "@/base/sources.ts";
import { testWith } from "@/testing.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

/** What the page bundles of this room. */
const DOORS = ["lib/faces/read_faces.ts", "lib/faces/crop_face.ts"];

/** The text of a file without comments and without the imports of types, which a bundle leaves out. */
function textOf(path: string): string {
  const text = withoutComments(readFileSync(join(ROOT, path), "utf8"));
  return text.replace(/import type [^;]*;/g, "");
}

/** Files of the project that some files import, and so on. */
function bundleOf(doors: readonly string[]): Map<string, string> {
  const bundle = new Map<string, string>(), open = [...doors];
  for (let path = open.pop(); path; path = open.pop()) {
    if (bundle.has(path)) continue;
    bundle.set(path, textOf(path));
    const names = importsOf(bundle.get(path)!).filter((name) => name.startsWith("@/"));
    open.push(...names.map((name) => name.replace("@/", "lib/")));
  }
  return bundle;
}

testWith(
  ["read"],
  "reading and cropping faces needs neither Deno nor Node.js nor native code",
  () => {
    const foreign = [...bundleOf(DOORS)].flatMap(([path, text]) =>
      [
        ...importsOf(text).filter((name) => /^(node:|@\/native\/)/.test(name)),
        ...text.match(/\bDeno\.\w+/g) ?? [],
      ].map((name) => `${path}: ${name}`)
    );
    deepEqual(foreign, []);
  },
);
