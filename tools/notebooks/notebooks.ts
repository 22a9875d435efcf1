/** Executing the notebooks in a real Jupyter, and making web pages of them. */
import { existsSync, globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type DataSet, nameOf, readDataSet, UnknownLayout } from "@/dataset/data_set.ts";
import { writeText } from "@/base/files.ts";
import { Interrupted } from "@/base/interruption.ts";
import { figuresFolder, ROOT, SAMPLE, WORK } from "@/base/project.ts";
import { listPhotos } from "@/images/list_photos.ts";
import { linesOf } from "@/base/worker_process.ts";
import { INTERRUPTED } from "@tools/shared/command.ts";
import { jupyterSettings, PYTHON } from "@tools/shared/python.ts";
import { withTemporaryFolder } from "@/base/temporary_folder.ts";

export const NOTEBOOKS = join(ROOT, "notebooks");

/** The notebooks that need no photos, and those that need no labels. */
const LABELS_ALONE = ["01_eda"], PHOTOS_ALONE = ["07_your_photo"];

/** The tags of the cells that need photos, and of those that tell of the sample. */
const PHOTOS = "photos", ABOUT_SAMPLE = "sample";

/**
 * What a notebook needs of others: files that two of them must not make at the same time. The first makes the
 * sample and looks into all files, the second the squares of the third; 4 and 6 train the runs of model IV that 5
 * shows. The others make what they miss.
 */
const NEEDS: Record<string, string[]> = {
  "02_padding": ["01_eda"],
  "03_split": ["02_padding"],
  "04_model_search": ["01_eda"],
  "05_model_iv": ["04_model_search", "06_better_network"],
  "06_better_network": ["01_eda"],
  "07_your_photo": [],
};

export function listNotebooks(): string[] {
  return globSync("*.ipynb", { cwd: NOTEBOOKS }).map((name) => basename(name, ".ipynb")).sort();
}

/**
 * The notebooks that must have been executed before another: those that it needs, or else all before it.
 *
 * @param isOneSetting true if all have one side, split or seed: then 6 may train the runs that 4 does
 */
export function neededBy(notebook: string, isOneSetting = false): readonly string[] {
  const all = listNotebooks();
  if (isOneSetting && notebook === "06_better_network") return ["04_model_search"];
  return NEEDS[notebook] ?? all.slice(0, all.indexOf(notebook));
}

export type Execution = Awaited<ReturnType<typeof executeNotebook>>;

/** A notebook that failed; the message holds all that was said. */
export class Failed extends Error {}

/**
 * Executes a notebook on a data folder, or on the sample where none is named.
 *
 * On the sample the notebook itself takes the new outputs; on any other data the executed notebook
 * goes to the work folder, since its outputs may show real faces.
 *
 * @param options `folder`: the photos; the sample where none are named. `settings`: environment variables, such as
 * those that replace the first cell's values. `onProgress` is told what the notebook is at
 * @returns among others the figures it wrote, by their names without ending
 * @throws {Interrupted} after Ctrl+C
 * @throws {Failed} if a cell fails, with its source and message
 */
export async function executeNotebook(
  notebook: string,
  { folder, settings = {}, onProgress = () => {} }: {
    folder?: string;
    settings?: Record<string, string>;
    onProgress?: (text: string) => void;
  } = {},
) {
  const data = folder ? await readDataSet(folder) : null, start = Date.now();
  const source = join(NOTEBOOKS, `${notebook}.ipynb`), own = jupyterSettings();
  const target = data ? join(WORK, "notebooks", data.name, `${notebook}.ipynb`) : source;
  await Deno.mkdir(dirname(target), { recursive: true });
  await Deno.mkdir(own.IPYTHONDIR, { recursive: true });
  const program = join(ROOT, "tools", "notebooks", "execute_notebook.py");
  const left = data?.hasPhotos === false ? [PHOTOS] : [];
  const photos = folder && { HUMAN_AGE_DATA: Deno.realPathSync(folder) };
  const run = (source: string) => {
    const command = new Deno.Command(PYTHON, {
      args: [program, source, target, NOTEBOOKS, ...left],
      env: { ...own, ...settings, ...photos || {}, HUMAN_AGE_NOTEBOOK: target },
      ...{ stdin: "null", stdout: "piped", stderr: "piped" },
    });
    return follow(command.spawn(), onProgress);
  };
  const { code, said } = data ? await withPrivateCopy(source, data.folder, run) : await run(source);
  if (code === INTERRUPTED) throw new Interrupted();
  if (code !== 0) throw new Failed(said);
  const figures = await figuresSince(figuresFolder(data ?? { name: SAMPLE }), start, source);
  return { notebook, path: target, seconds: (Date.now() - start) / 1000, figures };
}

const PROGRESS = "\x1e";

/** Waits for an execution, tells its progress, and returns what else it said. */
async function follow(
  { stdout, stderr, status }: Deno.ChildProcess,
  onProgress: (text: string) => void,
): Promise<{ code: number; said: string }> {
  const errors = new Response(stderr).text(), lines: string[] = [];
  for await (const line of linesOf(stdout)) {
    if (line.startsWith(PROGRESS)) onProgress(line.slice(1));
    else lines.push(line);
  }
  const { code } = await status;
  return { code, said: [...lines, await errors].join("\n").trim() };
}

/** What there is for the notebooks: labels unless told. */
type Given = Pick<DataSet, "hasPhotos"> & { hasLabels?: boolean };

/** Tells whether a notebook can run on a data set: some need photos, most need labels. */
export function canRun(notebook: string, { hasPhotos, hasLabels = true }: Given): boolean {
  return (hasPhotos || LABELS_ALONE.includes(notebook)) &&
    (hasLabels || PHOTOS_ALONE.includes(notebook));
}

/**
 * Opens a data set, or photos without labels, for which it says what is missing.
 *
 * @throws {UnknownLayout} if there is no photo, either
 */
export async function openGiven(folder: string): Promise<Given & { name: string; folder: string }> {
  try {
    return await readDataSet(folder);
  } catch (error) {
    const isOther = !(error instanceof UnknownLayout);
    if (isOther || (await listPhotos([folder])).photos.length === 0) throw error;
    console.log(
      `${error.message}.\nThe notebook ${PHOTOS_ALONE} needs no labels: it alone is opened`,
    );
    return { name: await nameOf(folder), folder, hasPhotos: true, hasLabels: false };
  }
}

/** Copies the notebooks that can run on a data set into a folder, without outputs; a copy that is there stays. */
export async function copyNotebooks(data: Given & { folder: string }, folder: string) {
  for (const notebook of listNotebooks().filter((name) => canRun(name, data))) {
    const target = join(folder, `${notebook}.ipynb`);
    if (existsSync(target)) continue;
    const text = await Deno.readTextFile(join(NOTEBOOKS, `${notebook}.ipynb`));
    await writeText(target, privateCopy(text, data.folder));
  }
}

export interface Cell {
  cell_type: "code" | "markdown";
  source: string[];
  metadata: { tags?: string[] };
  execution_count?: number | null;
  outputs?: { output_type: string; data?: Record<string, unknown> }[];
  attachments?: Record<string, Record<string, unknown>>;
}

/** A notebook's text for other data: without outputs, and without what tells of the sample but its title. */
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
async function withPrivateCopy<T>(source: string, folder: string, body: (copy: string) => T) {
  return await withTemporaryFolder({ prefix: "human-age-" }, async (temporary) => {
    const copy = join(temporary, basename(source));
    await Deno.writeTextFile(copy, privateCopy(await Deno.readTextFile(source), folder));
    return await body(copy);
  });
}

/** The figures of a notebook that were written since a moment. Others may have been executed meanwhile. */
async function figuresSince(folder: string, start: number, notebook: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const named = figureNames(await Deno.readTextFile(notebook));
  const isNew = (name: string) => Deno.statSync(join(folder, name)).mtime!.getTime() >= start - 1;
  return globSync("*.png", { cwd: folder }).filter(isNew).map((name) => basename(name, ".png"))
    .filter((name) => named.some((pattern) => pattern.test(name))).sort();
}

/** The figures that a notebook's cells name, also where a part of a name is computed. */
export function figureNames(text: string): RegExp[] {
  const { cells } = JSON.parse(text) as { cells: Cell[] };
  const code = cells.map(({ source }) => [source].flat().join("")).join("\n");
  return Array.from(code.matchAll(/["`](figure[^"`]*)["`]/g), ([, name]) => (
    new RegExp(`^${name!.replaceAll(/\$\{[^}]*\}/g, "\\w+")}$`)
  ));
}

/** A page needs nothing from the network: the scripts that Jupyter would load there are left out. */
const SETTINGS = ["require_js_url", "mathjax_url"].map((name) => `--HTMLExporter.${name}=`);

/**
 * Writes an executed notebook into a folder as one web page, its figures in it, and returns the page's
 * path. Links from notebook to notebook lead from page to page.
 *
 * @throws {Error} if Jupyter cannot convert the notebook
 */
export async function writePage(notebook: string, folder: string): Promise<string> {
  const page = join(folder, `${basename(notebook, ".ipynb")}.html`);
  const args = ["-m", "nbconvert", "--to", "html", "--stdout", "--log-level=ERROR", ...SETTINGS];
  const command = new Deno.Command(PYTHON, { args: [...args, notebook], env: jupyterSettings() });
  const { success, stdout, stderr } = await command.output();
  const [html, fault] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`Cannot make a page of ${notebook}. ${fault}`);
  const linked = html!.replaceAll(/(href="[\w./-]+)\.ipynb(["#])/g, "$1.html$2");
  await writeText(page, linked);
  return page;
}
