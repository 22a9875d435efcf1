import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT } from "@/base/project.ts";
import { listNotebooks } from "@tools/notebooks.ts";
import { withFolder } from "@/testing.ts";
import { runTool } from "./_cli.ts";
import { putQueue, putSample, TINIEST } from "./_begin.ts";

Deno.test("reproduce executes every notebook on another data set, twice the same", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    await putQueue(work);
    const before = await listing(data);
    const outcome = await runTool("reproduce", ["--data", data], work);
    ok(outcome.success, outcome.text);
    for (const name of listNotebooks()) {
      match(outcome.text, new RegExp(`${name} +\\d+\\.\\d  figure`));
    }
    const first = await executed(work);
    deepEqual([...new Set(first.map(([name]) => name))], listNotebooks());
    ok((await runTool("reproduce", ["--data", data], work)).success);
    deepEqual(await executed(work), first); // a second run, which finds all made, tells the same
    deepEqual(await listing(data), before, "the data folder is only read");
  });
});

Deno.test("reproduce executes what needs no photos on labels alone", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data);
    await Deno.remove(join(data, "faces"), { recursive: true });
    const pages = join(folder, "pages"), args = ["--data", data, "--html", pages, "--seed", "8"];
    const { success, text } = await runTool("reproduce", args, work);
    ok(success, text);
    deepEqual(Array.from(Deno.readDirSync(pages), ({ name }) => name), ["01_eda.html"]);
    const page = await Deno.readTextFile(join(pages, "01_eda.html"));
    match(page, /<(img|object)[^>]*"data:image/);
    equal(/<script[^>]+src="http/.test(page), false, "the page needs no network");
    match(
      text,
      /figure01_age_labels, figure02_genders, figure03_age_by_gender, figure04_gender_panels/,
    );
    match(text, /02_padding: left out, since it needs photos/);
  });
});

Deno.test("reproduce refuses to run twice at a time, naming the process", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const args = ["run", "-A", "tools/reproduce.ts", "--data", data, "--only", "01"];
    const options = { args, cwd: ROOT, env: { HUMAN_AGE_WORK: work }, stdout: "null" } as const;
    const first = new Deno.Command(Deno.execPath(), options).spawn();
    while (!existsSync(join(work, "reproduce.lock"))) await delay(50);
    await delay(200);
    const second = await runTool("reproduce", ["--data", data, "--only", "01"], work);
    equal(second.success, false);
    match(second.text, new RegExp(`Process ${first.pid} is already reproducing the study`));
    ok((await first.status).success);
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
