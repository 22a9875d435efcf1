/** Results as files: figures and tables that tell of photos without showing one. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { csvTable } from "@/base/csv.ts";
import { saveFigure } from "@/figures/shared/save.ts";
import { removeIfThere } from "@/base/at_exit.ts";
import { writeText } from "@/base/files.ts";
import { resultTargets } from "@tools/shared/targets.ts";

/** Figures as SVG and tables as rows, each by its file's name without the ending. */
export interface Results {
  figures: Record<string, string>;
  tables: Record<string, readonly object[]>;
}

/**
 * Writes each figure as SVG and PNG, each table as CSV, into a folder, and says so.
 *
 * @param all the names of all that the command may write there: what an earlier call of it wrote and this one does not
 * would tell of another model
 */
export async function saveResults(
  folder: string,
  { figures, tables }: Results,
  all?: Parameters<typeof resultTargets>[1],
): Promise<void> {
  const stale = all ? earlierResults(folder, all) : [];
  for (const [name, svg] of Object.entries(figures)) await saveFigure(folder, name, svg);
  for (const [name, rows] of Object.entries(tables)) {
    await writeText(join(folder, `${name}.csv`), csvTable(rows));
  }
  const isNew = (path: string) => basename(path).replace(/\.\w+$/, "") in { ...figures, ...tables };
  for (const path of stale) if (!isNew(path)) removeIfThere(path);
  console.log(`Figures and tables are in ${folder}`);
}

/** The figures and tables in a folder that the command has written before. */
function earlierResults(folder: string, all: Parameters<typeof resultTargets>[1]): string[] {
  return resultTargets(folder, all)
    .filter(({ path, isOurs }) => isOurs && existsSync(path) && isOurs(path))
    .map(({ path }) => path);
}
