import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "@/base/project.ts";
import { listNotebooks, NOTEBOOKS } from "@tools/notebooks/notebooks.ts";
import { jupyterSettings, PYTHON } from "@tools/shared/python.ts";
import { withFolder } from "@/testing.ts";
import { run } from "../support/cli.ts";
import { putSample, TINIEST } from "../support/begin.ts";

Deno.test("a failing cell stops the notebook, shown with its source and message", async () => {
  await withFolder(async (folder) => {
    const source = join(folder, "broken.ipynb"), target = join(folder, "out.ipynb");
    await Deno.writeTextFile(
      source,
      notebook(["const a = 1;", "const b = a + 1;\nthrow new Error(`b is ${b}`);"]),
    );
    const args = [join(ROOT, "tools/notebooks/execute_notebook.py"), source, target, folder];
    const { success, text } = await run(PYTHON, args, jupyterSettings());
    equal(success, false);
    match(text, /broken: cell 2 of 2 failed/);
    match(text, /const b = a \+ 1;/);
    match(text, /Error: b is 2/);
    equal(existsSync(target), false, "half a notebook is not left");
  });
});

Deno.test("a notebook that cannot be written leaves nothing beside its place, and says why", async () => {
  await withFolder(async (folder) => {
    const source = join(folder, "any.ipynb"), target = join(folder, "taken");
    await Deno.writeTextFile(source, notebook(["1 + 1"]));
    await Deno.mkdir(target);
    const args = [join(ROOT, "tools/notebooks/execute_notebook.py"), source, target, folder];
    const { success, text } = await run(PYTHON, args, jupyterSettings());
    equal(success, false);
    match(text, /Cannot write .*taken: .*directory\. Make room for it, or allow it/i);
    deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(), [
      "any.ipynb",
      "taken",
    ]);
  });
});

Deno.test("an output arrives below its own cell, however large it is", async () => {
  await withFolder(async (folder) => {
    const source = join(folder, "large.ipynb"), target = join(folder, "out.ipynb");
    const start = `import { display } from "${pathToFileURL(join(ROOT, "lib/base/display.ts"))}";`;
    const names = ["a", "b", "c"];
    const shows = (name: string) =>
      `await display({ "text/plain": "${name}", "text/html": "x".repeat(2e7) });`;
    await Deno.writeTextFile(source, notebook([start, ...names.map(shows)]));
    const args = [join(ROOT, "tools/notebooks/execute_notebook.py"), source, target, folder];
    const { success, text } = await run(PYTHON, args, jupyterSettings());
    ok(success, text);
    const shown = readNotebook(target).cells.map(({ outputs }) =>
      outputs.map(({ data }) => [data["text/plain"]!.join(""), data["text/html"]!.join("").length])
    );
    deepEqual(shown, [[], ...names.map((name) => [[name, 2e7]])]);
  });
});

Deno.test("a notebook runs in a Jupyter of the reader's own, with a plain Deno kernel", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), own = join(folder, "jupyter");
    await putSample(data, TINIEST);
    await Deno.mkdir(join(own, "kernels", "plain"), { recursive: true });
    const argv = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
    const spec = { argv, display_name: "Plain", language: "typescript" };
    await Deno.writeTextFile(join(own, "kernels", "plain", "kernel.json"), JSON.stringify(spec));
    const code = [
      "import sys, nbformat, nbclient",
      "notebook = nbformat.read(sys.argv[1], as_version=4)",
      "nbclient.NotebookClient(notebook, kernel_name='plain', resources={'metadata': {'path': sys.argv[2]}}).execute()",
    ].join("\n");
    const { success, text } = await run(
      PYTHON,
      ["-c", code, join(NOTEBOOKS, "01_eda.ipynb"), NOTEBOOKS],
      {
        ...jupyterSettings(),
        JUPYTER_PATH: own,
        HUMAN_AGE_DATA: data,
        HUMAN_AGE_WORK: join(folder, "work"),
      },
    );
    ok(success, text);
  });
});

Deno.test("every figure that a committed notebook shows is in the figures folder", () => {
  for (const name of listNotebooks()) {
    const text = Deno.readTextFileSync(join(NOTEBOOKS, `${name}.ipynb`));
    const figures = new Set(text.match(/(?<=\\")figure\w+/g));
    ok(figures.size > 0, `${name} shows figures`);
    const files = [...figures].flatMap((figure) => [`${figure}.svg`, `${figure}.png`]);
    deepEqual(files.filter((file) => !existsSync(join(ROOT, "figures", file))), []);
  }
});

/** A committed notebook, with its text and its outputs' texts. */
function committed() {
  return listNotebooks().map((name) => {
    const path = join(NOTEBOOKS, `${name}.ipynb`), { cells } = readNotebook(path);
    const sources = cells.map(({ source }) => source.join(""));
    const outputs = cells.flatMap(({ outputs = [] }) =>
      outputs.flatMap(({ data }) =>
        Object.values(data ?? {}).map((lines) => [lines].flat().join(""))
      )
    );
    return { name, path, cells, sources, outputs };
  });
}

Deno.test("the first code cell of a notebook has its parameters, tagged as such", () => {
  for (const { name, cells } of committed()) {
    const first = cells.find(({ cell_type }) => cell_type === "code")!;
    deepEqual(first.metadata.tags, ["parameters"], name);
    match(first.source.join(""), /readParameters\(\{\s*folder: "sample"/, name);
  }
});

Deno.test("a notebook ends with what was computed in short, and a link to what comes next", () => {
  const all = committed();
  all.forEach(({ name, cells, sources }, k) => {
    const next = all[k + 1] ? `${all[k + 1]!.name}.ipynb` : "../README.md";
    ok(sources.at(-1)!.includes(`](${next})`), `${name} links to ${next}`);
    ok(existsSync(join(NOTEBOOKS, next)));
    ok(cells.at(-2)!.cell_type === "code" && sources.at(-2)!.includes("say`- "), name);
  });
});

Deno.test("the percentages that a notebook opens with are in its outputs", () => {
  // those of trained networks differ in the last digits from machine to machine
  for (const { name, sources, outputs } of committed().filter(({ name }) => name < "05")) {
    const shares = sources[0]!.match(/\d+\.\d%/g) ?? [], said = outputs.join("\n");
    ok(shares.length > 0, `${name} opens with its finding in numbers`);
    deepEqual(shares.filter((share) => !said.includes(share)), [], name);
  }
});

Deno.test("a committed notebook has less than 2 MB, and words for each picture and table", () => {
  for (const { name, path, cells } of committed()) {
    ok(Deno.statSync(path).size < 2e6, `${name} is too large`);
    const data = cells.flatMap(({ outputs = [] }) => outputs.map(({ data }) => data ?? {}));
    for (const { "text/html": html, ...others } of data) {
      const images = [html ?? []].flat().join("").match(/<img [^>]*>/g) ?? [];
      ok(images.every((image) => /alt="[^"]+"/.test(image)), name);
      ok(!("image/png" in others) || images.length > 0, `${name} has a picture without words`);
      ok(!html || others["text/plain"], `${name} has HTML without plain text`);
    }
  }
});

interface Notebook {
  cells: {
    cell_type: string;
    metadata: { tags?: string[] };
    source: string[];
    outputs: { data: Record<string, string[]> }[];
  }[];
}

function readNotebook(path: string): Notebook {
  return JSON.parse(Deno.readTextFileSync(path));
}

function notebook(sources: string[]): string {
  const cells = sources.map((source, k) => (
    { cell_type: "code", id: `cell-${k}`, metadata: {}, source, outputs: [], execution_count: null }
  ));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}
