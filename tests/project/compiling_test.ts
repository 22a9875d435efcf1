import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { OP_LIBRARIES, ROOT, SQUARE_LIBRARY } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import { output } from "@tools/shared/python.ts";
import { run } from "../support/cli.ts";

/** The words that a library was compiled with: each option with what belongs to it, also a path with spaces. */
async function optionsOf(library: string): Promise<string[]> {
  return (await Deno.readTextFile(`${library}.made-from.txt`)).split(/ (?=-)/);
}

/** The folders of headers that a library was compiled with, as g++ is given them. */
async function headersOf(library: string): Promise<string[]> {
  const folders = (await optionsOf(library)).flatMap((option) =>
    option.match(/^-isystem (.+)/s)?.[1] ?? []
  );
  return folders.flatMap((folder) => ["-isystem", folder]);
}

Deno.test("squares take the headers of JPEG from TensorFlow: g++ alone brings none", async () => {
  const headers = await headersOf(SQUARE_LIBRARY),
    source = join(ROOT, "lib", "native", "square.cc");
  const used = await output("g++", ["-std=c++17", "-M", ...headers, source]);
  ok(/jpeglib\.h/.test(used), used);
  deepEqual(used.match(/\/usr\/\S*\/j(peglib|error|config|morecfg)\.h/g), null);
});

Deno.test("a comma in the project's path does not end the path of TensorFlow", async () => {
  for (const library of [SQUARE_LIBRARY, ...OP_LIBRARIES]) {
    ok(!(await optionsOf(library)).some((option) => option.startsWith("-Wl,-rpath")), library);
  }
});

/** What the ops include, read as it is; then the compiler's word for x86-64 is forgotten. */
const ANOTHER = ["algorithm", "atomic", "chrono", "cmath", "condition_variable", "cstring"].concat(
  ["functional", "memory", "numeric", "mutex", "thread", "vector"],
).map((header) => `#include <${header}>\n`).join("") + "#undef __x86_64__\n";

Deno.test("ops can be compiled for another architecture, where none of their own arithmetic runs", async () => {
  await withFolder(async (folder) => {
    const another = join(folder, "another.h");
    await Deno.writeTextFile(another, ANOTHER);
    for (const library of OP_LIBRARIES) {
      const source = library.replace(/\.build.(\w+)\.so$/, "lib/native/$1.cc");
      const args = ["-std=c++17", "-w", "-fsyntax-only", "-include", another];
      const { text } = await run("g++", [...args, ...await headersOf(library), source]);
      equal(text, "", source);
    }
  });
});
