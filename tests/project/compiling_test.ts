import { deepEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { OP_LIBRARIES, ROOT, SQUARE_LIBRARY } from "@/base/project.ts";
import { output } from "@tools/shared/python.ts";

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
