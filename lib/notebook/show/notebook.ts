/** Sentences, tables and figures below cells, each complete before the next cell runs. */
import { basename, join, relative, resolve } from "node:path";
import { csvTable } from "@/base/csv.ts";
import { display } from "@/base/display.ts";
import { saveFigure } from "@/figures/shared/save.ts";
import { writeText } from "@/base/files.ts";
import { percent, sentence, written } from "@/base/text.ts";
import { figureHtml, hasPhotos, titleOf, widthOf } from "@/notebook/show/figure.ts";
import { htmlTable, plainTable } from "@/notebook/show/table.ts";
import { figuresFolder, ROOT, SAMPLE, WORK } from "@/base/project.ts";
import type { LeaderboardRow } from "@/search/leaderboard.ts";
import { trainingFigure } from "@/figures/results/training.ts";
import type { Run } from "@/training/run.ts";
import { pathToFileURL } from "node:url";
import { galleryPage } from "@/figures/pictures/gallery.ts";

/**
 * Shows a sentence or more, in Markdown, with numbers as people write them: `1,234`.
 *
 * @example The tag of a template
 * ```ts ignore
 * await say`The table has **${photos.length}** photos.`;
 * ```
 */
export async function say(strings: TemplateStringsArray, ...values: unknown[]): Promise<void> {
  await display({ "text/markdown": sentence(strings, ...values) });
}

/**
 * Shows rows as a table, numbers as people write them, and says how many rows it leaves out.
 *
 * @param rows plain records with the same keys, which are the column heads
 *
 * @example Two rows
 * ```ts ignore
 * await showTable([{ group: "0-6", photos: 1234 }, { group: "7-20", photos: 987 }]);
 * ```
 */
export async function showTable(rows: readonly object[], { most = 20 } = {}): Promise<void> {
  await display({ "text/html": htmlTable(rows, most), "text/plain": plainTable(rows, { most }) });
}

/**
 * Saves rows as a CSV table in the work folder, and says where.
 *
 * @example All photos of the sample
 * ```ts ignore
 * const data = await openData();
 * await saveTable(data, "photos", data.photos);
 * ```
 */
export async function saveTable(
  data: { name: string },
  name: string,
  rows: readonly object[],
): Promise<void> {
  const path = join(WORK, "tables", data.name, `${name}.csv`);
  await writeText(path, csvTable(rows));
  if (rows.length === 0) return await say`There is nothing to list.`;
  await say`All ${rows.length} are in \`tables/${data.name}/${name}.csv\` in the data folder.`;
}

/**
 * Makes a page of thumbnails of rows about photos, and says where it is; nothing of the sample.
 *
 * @param rows records with the photo's path as `photo`
 *
 * @example The first photos of a folder
 * ```ts ignore
 * const data = await openData("path/to/photos");
 * await showGallery(data, "first", data.photos.slice(0, 100));
 * ```
 */
export async function showGallery(
  data: { name: string; folder: string },
  name: string,
  rows: readonly object[],
): Promise<void> {
  const path = await saveGallery(data, name, rows);
  if (path !== null) await say`To look at them, open \`${path}\` in a browser.`;
}

/**
 * Saves a figure as SVG and PNG, and shows it: the sample's in `figures/`, those of any other data set in the work
 * folder, where they are not under version control. One with photos of people is shown in private copies of a
 * notebook alone ({@linkcode mayShowPhotos}).
 *
 * @param options `scale`: pixels of the PNG for one of the figure; `alt`: what the figure shows, its title unless told;
 * `embedPng`: whether the notebook carries the PNG, too
 *
 * @example Model IV's layers
 * ```ts ignore
 * const svg = architectureFigure(layerShapes(findSpec("IV"), 256));
 * await showFigure({ name: "sample" }, "figure_architecture", svg);
 * ```
 */
export async function showFigure(
  data: { name: string },
  name: string,
  svg: string,
  { scale = 2, alt = titleOf(svg), embedPng = true } = {},
): Promise<void> {
  const { png } = await saveFigure(figuresFolder(data), name, svg, { scale });
  if (hasPhotos(svg) && !mayShowPhotos(data)) {
    return await display({ "text/markdown": refusal(data, name) });
  }
  await showDrawn(name, svg, embedPng ? png : null, alt);
}

/**
 * Shows a figure that comes with the project: results on real faces, without photos.
 *
 * @param name the figure's path in `figures/` without its ending
 * @param options `alt`: what the figure shows, its title unless told
 *
 * @example The search on UTKFace
 * ```ts ignore
 * await showPublishedFigure("utkface/search/figure_model_search");
 * ```
 */
export async function showPublishedFigure(name: string, { alt }: { alt?: string } = {}) {
  const path = join(figuresFolder({ name: SAMPLE }), name);
  const svg = await Deno.readTextFile(`${path}.svg`);
  await showDrawn(basename(name), svg, `${path}.png`, alt ?? titleOf(svg));
}

/** Shows a figure in the forms that front ends choose from; one with photos as HTML alone, being large. */
async function showDrawn(name: string, svg: string, png: string | null, alt: string) {
  const html = { "text/html": figureHtml(svg, alt), "text/plain": name };
  if (hasPhotos(svg) || png === null) return await display(html);
  const image = (await Deno.readFile(png)).toBase64();
  const metadata = { "image/png": { width: widthOf(svg) } };
  await display({ ...html, "image/png": image }, { metadata });
}

/**
 * Writes rows of a leaderboard for a table: accuracies as percentages, with their intervals.
 *
 * @example A model that was trained
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const spec = { id: "IV", parent: null, technique: "none", parameters: 85_333 } as const;
 * const training = { learningRate: 0.001, batchSize: 64, epochs: 3, bestEpoch: 2, seconds: 60 };
 * const accuracy = { valAccuracy: 0.7, low: 0.66, high: 0.74, overParent: null };
 * const [row] = leaderboardTable([{ ...spec, ...training, ...accuracy, state: "finished" }]);
 * equal(row?.model, "IV");
 * ```
 */
export function leaderboardTable(rows: readonly LeaderboardRow[]) {
  return rows.map(({ id, technique, parameters, epochs, valAccuracy, low, high, state }) => ({
    ...{ model: id, technique, weights: parameters, epochs, accuracy: percent(valAccuracy) },
    "95% interval": low === null ? null : `${percent(low)} to ${percent(high)}`,
    state,
  }));
}

/**
 * Draws the accuracies of a training against its epochs below the cell that trains, anew after each epoch. What stays
 * depends on the run's history alone, so that a cell that finds its run finished shows the same.
 *
 * @returns what `train()` takes as `onEpoch`
 *
 * @example A training with its curve
 * ```ts ignore
 * const run = await train(folder, setting, study, { onEpoch: liveCurve() });
 * ```
 */
export function liveCurve(): (run: Pick<Run, "history">, last: boolean) => Promise<void> {
  const id = crypto.randomUUID();
  let update = false;
  return async ({ history }, last) => {
    const svg = trainingFigure(history);
    const data = { "text/html": figureHtml(svg, titleOf(svg)), "text/plain": "accuracy by epoch" };
    await display(data, { id, update, more: !last });
    update = true;
  };
}

/** A row about a photo: its path in the data folder, and what is said of it. */
export type GalleryRow = { photo: string } & Record<string, unknown>;

/**
 * Writes a gallery of rows about photos: a thumbnail each, with the photo's full name and the row's values.
 *
 * @param name the page's file name without its ending, such as `findings`
 * @returns the page's path; null if there is nothing to look at, or the photos are the sample's
 */
export async function saveGallery(
  data: { name: string; folder: string },
  name: string,
  rows: readonly object[],
): Promise<string | null> {
  if (data.name === SAMPLE || rows.length === 0) return null;
  const path = join(WORK, "galleries", data.name, `${name}.html`);
  const items = (rows as readonly GalleryRow[]).map(({ photo, ...said }) => ({
    name: photo,
    href: pathToFileURL(resolve(data.folder, photo)).href,
    lines: Object.values(said).filter((value) => value !== null && value !== "").map(written),
  }));
  await writeText(path, galleryPage(`${data.name}: ${name}`, items));
  return path;
}

/** The variables that name the notebook: the first is set by `reproduce`, the second by Jupyter's server. */
const VARIABLES = ["HUMAN_AGE_NOTEBOOK", "JPY_SESSION_NAME"];

/** The notebooks under version control. */
const NOTEBOOKS = join(ROOT, "notebooks");

/**
 * Tells whether photos of a data set may be shown in the notebook that runs: the sample's in any, those of people in a
 * private copy alone. A notebook whose path nobody tells counts as one under version control.
 */
export function mayShowPhotos(
  { name }: { name: string },
  environment: (variable: string) => string | undefined = (variable) => Deno.env.get(variable),
): boolean {
  if (name === SAMPLE) return true;
  const path = VARIABLES.map(environment).find((value) => value);
  return path !== undefined && relative(NOTEBOOKS, resolve(ROOT, path)).startsWith("..");
}

/** Writes what stands in place of a figure with photos, in Markdown: where it is, and how to see it. */
export function refusal(data: { name: string }, name: string): string {
  const figure = `${join(relative(ROOT, figuresFolder(data)), name)}.png`;
  return `*This figure shows photos of people, and this notebook is under version control. The figure is ` +
    `in \`${figure}\`. To see it here, open a private copy of this notebook: \`deno task lab --data FOLDER\`.*`;
}
