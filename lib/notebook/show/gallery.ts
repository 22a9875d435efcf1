/**
 * Galleries of one's own photos: what was found about them, or what a network takes them for, to be looked at
 * one by one. They lie in the work folder, never under version control.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeWhole } from "@/base/files.ts";
import { SAMPLE, WORK } from "@/base/project.ts";
import { written } from "@/base/text.ts";
import { galleryPage } from "@/figures/pictures/gallery.ts";

/** A row about a photo: its path in the data folder, and what is said of it. */
export type GalleryRow = { photo: string } & Record<string, unknown>;

/**
 * Writes a gallery of rows about photos: a thumbnail each, with the photo's full name and the row's values.
 *
 * @param data the data set; of the sample none is made
 * @param name the page's file name without its ending, such as `findings`
 * @returns the page's path; null if there is nothing to look at
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
  const page = galleryPage(`${data.name}: ${name}`, items);
  await writeWhole(path, (part) => Deno.writeTextFile(part, page));
  return path;
}
