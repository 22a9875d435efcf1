/** Results as files: figures and tables that tell of photos without showing one. */
import { join } from "node:path";
import { csvTable } from "@/base/csv.ts";
import { saveFigure } from "@/figures/shared/save.ts";
import { writeText } from "@/base/files.ts";

/** Figures as SVG and tables as rows, each by its file's name without the ending. */
export interface Results {
  figures: Record<string, string>;
  tables: Record<string, readonly object[]>;
}

/** Writes each figure as SVG and PNG, each table as CSV, into a folder, and says so. */
export async function saveResults(folder: string, { figures, tables }: Results): Promise<void> {
  for (const [name, svg] of Object.entries(figures)) await saveFigure(folder, name, svg);
  for (const [name, rows] of Object.entries(tables)) {
    await writeText(join(folder, `${name}.csv`), csvTable(rows));
  }
  console.log(`Figures and tables are in ${folder}`);
}
