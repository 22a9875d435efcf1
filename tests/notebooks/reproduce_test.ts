import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT, RUN } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import { runTool } from "../support/cli.ts";
import { putSample, TINIEST } from "../support/begin.ts";

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

const OTHERWISE: { what: string; args: string[]; env: Record<string, string> }[] = [
  { what: "with another seed", args: ["--seed", "8"], env: {} },
  { what: "on a processor without AVX2", args: [], env: { HUMAN_AGE_VECTORS: "none" } },
];

for (const { what, args, env } of OTHERWISE) {
  Deno.test(`reproduce ${what} on the sample leaves what is committed`, async () => {
    await withFolder(async (work) => {
      await putSample(join(work, "sample"), TINIEST);
      const committed = ["notebooks/01_eda.ipynb", "figures/figure01_age_labels.svg"];
      const changed = () => committed.map((file) => Deno.statSync(join(ROOT, file)).mtime);
      const before = changed();
      const { success, text } = await runTool("reproduce", ["--only", "01", ...args], work, env);
      ok(success, text);
      deepEqual(changed(), before);
      match(text, /01_eda +\d+\.\d +figure01_age_labels/);
      ok(text.includes(`Executed notebooks are in ${join(work, "notebooks", "sample-")}`));
      equal(text.includes("This machine cannot keep to the pinned arithmetic"), args.length === 0);
    });
  });
}

Deno.test("reproduce refuses to run twice at a time, naming the process", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const args = [...RUN, "tools/commands/reproduce.ts", "--data", data, "--only", "01"];
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
