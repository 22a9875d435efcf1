import { deepEqual, equal } from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { LIST, listSurface, readSurface } from "@tools/checks/public_surface.ts";

/** The most imports of a notebook. */
const IMPORTS = 10;

/** Links, tables and line breaks aside. */
const words = (text: string) => text.replaceAll(/\s+/g, " ").trim();

Deno.test("docs/modules.md lists the public surface", () => {
  const listed = words(Deno.readTextFileSync(LIST));
  equal(listed, words(listSurface(readSurface())), "run tools/checks/public_surface.ts");
});

Deno.test("every public function has an example", () => {
  const without = readSurface().filter(({ isFunction, hasExample }) => isFunction && !hasExample);
  deepEqual(without.map(({ module, name }) => `${module}: ${name}`), []);
});

Deno.test("a notebook imports from modules and packages alone, in at most ten imports", () => {
  for (const path of globSync("notebooks/*.ipynb", { cwd: ROOT })) {
    const { cells } = JSON.parse(Deno.readTextFileSync(join(ROOT, path)));
    const code = cells.filter(({ cell_type }: { cell_type: string }) => cell_type === "code")
      .map(({ source }: { source: string[] }) => source.join("")).join("\n");
    const names = [...code.matchAll(/^import .*?from "([^"]+)";/gms)].map(([, name]) => name!);
    deepEqual(names.filter((name) => name.startsWith("@/") && !name.endsWith("/mod.ts")), [], path);
    equal(names.length <= IMPORTS, true, `${path}: ${names.length}`);
  }
});
