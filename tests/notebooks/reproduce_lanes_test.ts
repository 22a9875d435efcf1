import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { withFolder } from "@/testing.ts";
import { figureNames, listNotebooks, neededBy } from "@tools/notebooks/notebooks.ts";
import { jupyterSettings, PYTHON } from "@tools/shared/python.ts";
import { putSample, TINIEST } from "../support/begin.ts";
import { run, runTool } from "../support/cli.ts";

const ignore = !existsSync(PYTHON);
const reason = ignore ? " [needs Jupyter: deno task setup installs it]" : "";

Deno.test({
  name: `reproduce shows a failing notebook whole, and lets what is at work end${reason}`,
  ignore,
}, async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const { success, text } = await runTool("reproduce", ["--data", data, "--side", "70"], work);
    equal(success, false);
    match(
      text,
      /04_model_search: cell \d+ of \d+ failed:\n\n {4}const .*\n[^]*smallest side it takes is 80/,
    );
    match(text, /The notebook 04_model_search failed; see above\.\n$/);
    match(text, /01_eda +\d+\.\d +figure01_age_labels/);
    ok(!text.includes("05_model_iv"), "what needs the failed one does not begin");
  });
});

Deno.test("neededBy() names notebooks that come to their turn, whatever is left out", () => {
  const all = listNotebooks(), done = new Set<string>();
  for (const _ of all) {
    const next = all.find((name) =>
      !done.has(name) && neededBy(name).every((one) => done.has(one))
    );
    done.add(next!);
  }
  equal(done.size, all.length);
  const needs = (isOneSetting: boolean) => neededBy("06_better_network", isOneSetting);
  deepEqual(needs(true), ["04_model_search"], "both may train the same runs");
  equal(needs(false).includes("04_model_search"), false);
});

Deno.test("figureNames() finds the figures that cells name, also those with computed parts", () => {
  const source = [
    'await showFigure(data, "figure05_resolutions", svg);\n',
    "await showFigure(data, `figure${10 + 2 * group}_mistakes_${group}`, svg);",
  ];
  const patterns = figureNames(JSON.stringify({ cells: [{ source }] }));
  const isNamed = (name: string) => patterns.some((pattern) => pattern.test(name));
  ok(["figure05_resolutions", "figure10_mistakes_0", "figure18_mistakes_4"].every(isNamed));
  ok(!["figure05_resolutions_2", "figure10_reasons_0", "figure06_padding"].some(isNamed));
});

/** Executes a notebook with a kernel whose first ports are taken. */
const TAKEN = `
import socket, sys
sys.path.insert(0, "tools/notebooks")
import execute_notebook
taken = socket.create_server(("127.0.0.1", 0))

from jupyter_client.connect import LocalPortCache
find = LocalPortCache.find_available_port
first = iter([taken.getsockname()[1]])
LocalPortCache.find_available_port = lambda self, ip: next(first, None) or find(self, ip)
sys.exit(execute_notebook.execute(sys.argv[1], sys.argv[2], ".", ""))
`;

Deno.test({
  name: `a kernel whose port another program has taken is started anew${reason}`,
  ignore,
}, async () => {
  await withFolder(async (folder) => {
    const [source, target] = ["source", "target"].map((name) => join(folder, `${name}.ipynb`));
    const cell = { cell_type: "code", source: "1 + 1", metadata: {}, outputs: [], id: "a" };
    const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    await Deno.writeTextFile(source!, JSON.stringify(notebook));
    const { success, text } = await run(PYTHON, ["-c", TAKEN, source!, target!], jupyterSettings());
    ok(success, text);
    ok(existsSync(target!));
  });
});
