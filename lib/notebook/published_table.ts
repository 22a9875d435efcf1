/**
 * Tables of results on real faces that come with the project; no photo is in them.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";

/** Reads the text of a table in `figures/utkface` by its folder there, and its name without the ending. */
export async function publishedTable(folder: string, name: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, "figures", "utkface", folder, `${name}.csv`));
}

/** Returns the number in a field of a table; null if the field is empty. */
export function numberOf(field: string | undefined): number | null {
  return field ? Number(field) : null;
}
