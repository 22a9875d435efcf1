/**
 * Executing the notebooks in a real Jupyter.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type DataSet, readDataSet } from "@/dataset/data_set.ts";
import { writeWhole } from "@/base/files.ts";
import { Interrupted } from "@/base/interruption.ts";
import { figuresFolder, ROOT, SAMPLE, WORK } from "@/base/project.ts";
import { INTERRUPTED } from "@tools/command.ts";
import { jupyterSettings, PYTHON } from "@tools/python.ts";
import { withTemporaryFolder } from "@tools/temporary_folder.ts";

/** Where the notebooks are. */
export const NOTEBOOKS = join(ROOT, "notebooks");

/** Notebooks that can run on labels without photos. */
const LABELS_ALONE = ["01_eda"];

/** The tags of the cells that need photos, and of those that tell of the sample. */
const PHOTOS = "photos", ABOUT_SAMPLE = "sample";

/** What became of one notebook. */
export interface Execution {
  notebook: string;
  /** The executed notebook. */
  path: string;
  seconds: number;
  /** The figures it wrote, by their names without ending. */
  figures: string[];
}

/** The names of all notebooks, in their order. */
export function listNotebooks(): string[] {
  const names = [...Deno.readDirSync(NOTEBOOKS)].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".ipynb")).map((name) => basename(name, ".ipynb"))
    .sort();
}

/**
 * Executes a notebook on a data folder, or on the sample where none is named.
 *
 * On the sample the notebook itself takes the new outputs; on any other data the executed notebook
 * goes to the work folder, since its outputs may show real faces.
 *
 * @param settings environment variables that the notebook reads in place of its first cell's values
 * @throws {Interrupted} after Ctrl+C
 * @throws {Error} if a cell fails; its source and message have been printed
 */
export async function executeNotebook(
  notebook: string,
  { folder, settings = {} }: { folder?: string; settings?: Record<string, string> } = {},
): Promise<Execution> {
  const data = folder ? await readDataSet(folder) : null;
  const source = join(NOTEBOOKS, `${notebook}.ipynb`);
  const start = Date.now();
  const target = data ? await privateTarget(data, notebook) : source;
  const tag = data?.hasPhotos === false ? [PHOTOS] : [];
  await Deno.mkdir(jupyterSettings().IPYTHONDIR!, { recursive: true });
  const run = async (source: string) =>
    await new Deno.Command(PYTHON, {
      args: [join(ROOT, "tools", "execute_notebook.py"), source, target, NOTEBOOKS, ...tag],
      env: {
        ...jupyterSettings(),
        ...settings,
        ...(folder ? { HUMAN_AGE_DATA: Deno.realPathSync(folder) } : {}),
        HUMAN_AGE_NOTEBOOK: target,
      },
      stdin: "null",
    }).spawn().status;
  const { success, code } = data ? await withPrivateCopy(source, data, run) : await run(source);
  if (code === INTERRUPTED) throw new Interrupted();
  if (!success) throw new Error(`The notebook ${notebook} failed; see above.`);
  const figures = figuresSince(figuresFolder(data ?? { name: SAMPLE }), start);
  return { notebook, path: target, seconds: (Date.now() - start) / 1000, figures };
}

/** Whether a notebook can run on a data set: some need photos. */
export function canRun(notebook: string, data: Pick<DataSet, "hasPhotos">): boolean {
  return data.hasPhotos || LABELS_ALONE.includes(notebook);
}

/**
 * Copies the notebooks that can run on a data set into a folder, without outputs: those of the sample
 * tell nothing of it. A copy that is there already stays as it is.
 */
export async function copyNotebooks(
  data: Pick<DataSet, "hasPhotos" | "folder">,
  folder: string,
): Promise<void> {
  for (const notebook of listNotebooks().filter((name) => canRun(name, data))) {
    const target = join(folder, `${notebook}.ipynb`);
    if (existsSync(target)) continue;
    const text = await Deno.readTextFile(join(NOTEBOOKS, `${notebook}.ipynb`));
    await writeWhole(target, (part) => Deno.writeTextFile(part, privateCopy(text, data.folder)));
  }
}

/** A cell of a notebook, as far as copying it goes. */
interface Cell {
  cell_type: string;
  source: string[];
  metadata: { tags?: string[] };
}

/**
 * The text of a notebook for another data set than the sample: without outputs, and without what tells of
 * the sample. Of a first cell that opens with findings on the sample, the title stays.
 *
 * @param folder where the photos are
 */
export function privateCopy(text: string, folder: string): string {
  const { cells, ...rest } = JSON.parse(text) as { cells: Cell[] };
  const [first, ...others] = cells.filter(({ metadata }) => !metadata.tags?.includes(ABOUT_SAMPLE));
  const isAbout = first!.source.some((line) => line.includes("sample"));
  const opened = isAbout ? first!.source.slice(0, 1) : [...first!.source, "\n"];
  const opening = { ...first!, source: [...opened, "\n", introduce(folder)] };
  const cleared = [opening, ...others].map((cell) => (
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell
  ));
  return JSON.stringify({ cells: cleared, ...rest }, null, 1) + "\n";
}

function introduce(folder: string): string {
  return `A private copy for the photos in \`${folder}\`. What was found stands at the end, under *In short*; the ` +
    "notebook of the same name in `notebooks/` tells it of the sample.";
}

/** Does something with a private copy of a notebook, which is gone afterwards. */
async function withPrivateCopy<T>(
  source: string,
  { folder }: DataSet,
  body: (copy: string) => Promise<T>,
): Promise<T> {
  return await withTemporaryFolder({ prefix: "human-age-" }, async (temporary) => {
    const copy = join(temporary, basename(source));
    await Deno.writeTextFile(copy, privateCopy(await Deno.readTextFile(source), folder));
    return await body(copy);
  });
}

async function privateTarget({ name }: DataSet, notebook: string): Promise<string> {
  const folder = join(WORK, "notebooks", name);
  await Deno.mkdir(folder, { recursive: true });
  return join(folder, `${notebook}.ipynb`);
}

function figuresSince(folder: string, start: number): string[] {
  if (!existsSync(folder)) return [];
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".png"));
  const isNew = (name: string) => Deno.statSync(join(folder, name)).mtime!.getTime() >= start - 1;
  return names.filter(isNew).map((name) => basename(name, ".png")).sort();
}
