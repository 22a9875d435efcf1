import { deepEqual, equal, match } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import { copyNotebooks, listNotebooks } from "@tools/notebooks.ts";
import { PYTHON } from "@tools/python.ts";
import { run } from "./_cli.ts";

Deno.test("copyNotebooks() leaves outputs out, and what is there already alone", async () => {
  await withFolder(async (folder) => {
    const names = listNotebooks(), first = join(folder, `${names[0]}.ipynb`);
    await Deno.writeTextFile(first, "mine");
    await copyNotebooks({ hasPhotos: true }, folder);
    equal(Deno.readTextFileSync(first), "mine");
    for (const name of names.slice(1)) {
      const { cells } = JSON.parse(Deno.readTextFileSync(join(folder, `${name}.ipynb`)));
      deepEqual(cells.flatMap(({ outputs = [] }) => outputs), [], name);
    }
  });
});

Deno.test("copyNotebooks() copies what can run on labels alone", async () => {
  await withFolder(async (folder) => {
    await copyNotebooks({ hasPhotos: false }, folder);
    deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["01_eda.ipynb"]);
  });
});

const ignore = !existsSync(PYTHON);
const reason = ignore ? " [needs Jupyter: deno task setup installs it]" : "";

Deno.test({
  name: `lab stays until JupyterLab, asked by Ctrl+C, has shut down${reason}`,
  ignore,
}, async () => {
  const steps = [["/lab/tree/notebooks", "\x03"], ["Shut down", "y\n"]];
  const lab = [Deno.execPath(), "run", "-A", join(ROOT, "tools", "lab.ts"), "--", "--no-browser"];
  const args = [join(ROOT, "tests", "terminal.py"), "60", JSON.stringify(steps), ...lab];
  const { success, text } = await run(PYTHON, args);
  equal(success, true, text);
  match(text, /Shut down this Jupyter server \(y\/\[n\]\)/);
});
