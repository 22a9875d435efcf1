import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT, RUN } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import {
  copyNotebooks,
  listNotebooks,
  NOTEBOOKS,
  openGiven,
  privateCopy,
} from "@tools/notebooks/notebooks.ts";
import { PYTHON } from "@tools/shared/python.ts";
import { run } from "../support/cli.ts";

Deno.test("copyNotebooks() leaves outputs out, and what is there already alone", async () => {
  await withFolder(async (folder) => {
    const names = listNotebooks(), first = join(folder, `${names[0]}.ipynb`);
    await Deno.writeTextFile(first, "mine");
    await copyNotebooks({ hasPhotos: true, folder: "/photos" }, folder);
    equal(Deno.readTextFileSync(first), "mine");
    for (const name of names.slice(1)) {
      const { cells } = JSON.parse(Deno.readTextFileSync(join(folder, `${name}.ipynb`)));
      deepEqual(cells.flatMap(({ outputs = [] }) => outputs), [], name);
    }
  });
});

Deno.test("copyNotebooks() copies what can run on labels alone", async () => {
  await withFolder(async (folder) => {
    await copyNotebooks({ hasPhotos: false, folder: "/photos" }, folder);
    deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["01_eda.ipynb"]);
  });
});

Deno.test("photos without labels open the notebook that needs none; without a photo, none opens", async () => {
  await withFolder(async (folder) => {
    const photos = join(folder, "photos"), copies = join(folder, "copies");
    await Deno.mkdir(photos);
    await rejects(openGiven(photos), /Cannot tell the layout of/);
    await Deno.copyFile(join(ROOT, "figures", "people.jpg"), join(photos, "people.jpg"));
    await copyNotebooks(await openGiven(photos), copies);
    deepEqual(Array.from(Deno.readDirSync(copies), ({ name }) => name), ["07_your_photo.ipynb"]);
  });
});

const ignore = !existsSync(PYTHON);
const reason = ignore ? " [needs Jupyter: deno task setup installs it]" : "";

Deno.test({
  name: `lab stays until JupyterLab, asked by Ctrl+C, has shut down${reason}`,
  ignore,
}, async () => {
  const steps = [["/lab/tree/notebooks", "\x03"], ["Shut down", "y\n"]];
  const lab = [
    Deno.execPath(),
    ...RUN,
    join(ROOT, "tools", "commands", "lab.ts"),
    "--",
    "--no-browser",
  ];
  const args = [
    join(ROOT, "tests", "support", "terminal.py"),
    "600",
    JSON.stringify(steps),
    ...lab,
  ];
  const { success, text } = await run(PYTHON, args);
  equal(success, true, text);
  match(text, /Shut down this Jupyter server \(y\/\[n\]\)/);
});

Deno.test("a private copy of a notebook tells nothing of the sample", () => {
  for (const notebook of listNotebooks()) {
    const text = Deno.readTextFileSync(join(NOTEBOOKS, `${notebook}.ipynb`));
    const { cells } = JSON.parse(privateCopy(text, "/photos"));
    const prose = cells.filter(({ cell_type }: { cell_type: string }) => cell_type === "markdown");
    const opening = prose[0].source.join("");
    match(opening, /^# \d\. .+\n\n[^]*A private copy for the photos in `\/photos`/);
    const about = prose.slice(1).map(({ source }: { source: string[] }) => source.join(""));
    deepEqual(
      about.filter((text: string) => /\b([Oo]n|[Tt]he) (the )?sample('s)?\b/.test(text)),
      [],
    );
    deepEqual(cells.flatMap(({ outputs = [] }) => outputs), []);
  }
});
