/** Sentences, tables and figures below cells, each complete before the next cell runs. */
import { basename, join } from "node:path";
import { csvFormat } from "d3";
import { display } from "@/base/display.ts";
import { saveFigure } from "@/figures/shared/save.ts";
import { writeWhole } from "@/base/files.ts";
import { sentence } from "@/base/text.ts";
import { saveGallery } from "@/notebook/show/gallery.ts";
import { figureHtml, hasPhotos, titleOf, widthOf } from "@/notebook/show/figure.ts";
import { mayShowPhotos, refusal } from "@/notebook/private_photos.ts";
import { htmlTable, plainTable } from "@/notebook/show/table.ts";
import { figuresFolder, SAMPLE, WORK } from "@/base/project.ts";

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
export async function showTable(
  rows: readonly object[],
  { most = 20 }: { most?: number } = {},
): Promise<void> {
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
  await writeWhole(path, (part) => Deno.writeTextFile(part, csvFormat([...rows]) + "\n"));
  if (rows.length === 0) return await say`There is nothing to list.`;
  await say`All ${rows.length} are in \`${name}.csv\`, in the folder \`tables/${data.name}\` of the data.`;
}

/**
 * Makes a page of thumbnails of rows about photos, to be paged through in a browser, and says where it is. Of
 * the sample none is made, and nothing is said.
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
 * Saves a figure as SVG and PNG, and shows it: the sample's in `figures/`, those of any other data
 * set in the work folder, where they are not under version control.
 *
 * A figure without photos tells exact values where the pointer rests. One with photos of people is shown
 * in private copies of a notebook alone ({@linkcode mayShowPhotos}).
 *
 * @param options `scale`: how many pixels of the PNG stand for one of the figure; less for photos.
 * `alt`: what the figure shows, for those who do not see it; its title unless told.
 * `embedPng`: whether the notebook carries the PNG, too; not where photos already fill it
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
  { scale = 2, alt = titleOf(svg), embedPng = true }: {
    scale?: number;
    alt?: string;
    embedPng?: boolean;
  } = {},
): Promise<void> {
  const { png } = await saveFigure(figuresFolder(data), name, svg, { scale });
  if (hasPhotos(svg) && !mayShowPhotos(data)) {
    return await display({ "text/markdown": refusal(data, name) });
  }
  await showDrawn(name, svg, embedPng ? png : null, alt);
}

/**
 * Shows a figure that comes with the project, as it lies in `figures/`: results on real faces, without
 * photos.
 *
 * @param name the figure's path in `figures/` without its ending
 * @param options `alt`: what the figure shows, for those who do not see it; its title unless told
 *
 * @example The search on UTKFace
 * ```ts ignore
 * await showPublishedFigure("utkface/search/figure_model_search");
 * ```
 */
export async function showPublishedFigure(
  name: string,
  { alt }: { alt?: string } = {},
): Promise<void> {
  const path = join(figuresFolder({ name: SAMPLE }), name);
  const svg = await Deno.readTextFile(`${path}.svg`);
  await showDrawn(basename(name), svg, `${path}.png`, alt ?? titleOf(svg));
}

/** Shows a figure in the forms that front ends choose from; one with photos as HTML alone, being large. */
async function showDrawn(
  name: string,
  svg: string,
  png: string | null,
  alt: string,
): Promise<void> {
  const html = { "text/html": figureHtml(svg, alt), "text/plain": name };
  if (hasPhotos(svg) || png === null) return await display(html);
  const image = (await Deno.readFile(png)).toBase64();
  const metadata = { "image/png": { width: widthOf(svg) } };
  await display({ ...html, "image/png": image }, { metadata });
}
