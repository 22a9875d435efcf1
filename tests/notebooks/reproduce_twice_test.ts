import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { withFolder } from "@/testing.ts";
import { listNotebooks } from "@tools/notebooks/notebooks.ts";
import { putSample, TINIEST } from "../support/begin.ts";
import { runTool } from "../support/cli.ts";

Deno.test("reproduce executes every notebook on another data set, twice the same", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const photos = await listing(data);
    const outcome = await runTool("reproduce", ["--data", data], work);
    ok(outcome.success, outcome.text);
    for (const name of listNotebooks()) {
      match(outcome.text, new RegExp(`${name} +\\d+\\.\\d  figure`));
    }
    const first = await executed(work);
    deepEqual([...new Set(first.map(([name]) => name))], listNotebooks());
    const again = await runTool("reproduce", ["--data", data], work);
    ok(again.success, again.text);
    const second = await executed(work); // finds all made, and says the same
    const other = second.filter((said, k) => `${said}` !== `${first[k]}`);
    const before = first.filter((said, k) => `${said}` !== `${second[k]}`);
    deepEqual(other, before); // only the cells that differ, for a failure to be read
    equal(second.length, first.length);
    deepEqual(await listing(data), photos, "the data folder is only read");
  });
});

type Said = [notebook: string, cell: number, text: string];

/**
 * What the executed notebooks in a work folder say, cell by cell, and last what is said of all cells;
 * long texts in short, for a failure to be read.
 */
async function executed(work: string): Promise<Said[]> {
  const paths = (await listing(join(work, "notebooks"))).map(([path]) => path).sort();
  return paths.flatMap((path) => {
    const { cells, ...rest } = JSON.parse(Deno.readTextFileSync(path)),
      name = basename(path, ".ipynb");
    return [...cells, rest].map((part, k): Said => [name, k, inShort(JSON.stringify(part))]);
  });
}

function inShort(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return text.length < 2000 ? text : `${text.slice(0, 1000)} ... ${hash}`;
}

/** All files below a folder, with size and time of the last change. */
async function listing(folder: string): Promise<[path: string, size: number, changed: number][]> {
  const found: [string, number, number][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await listing(path));
    else {
      const { size, mtime } = await Deno.stat(path);
      found.push([path, size, mtime!.getTime()]);
    }
  }
  return found.sort();
}
