/** The code of the notebooks as modules, for Deno's own tools, which pass over notebooks. */
import { join } from "node:path";
import { withLock } from "@/base/files.ts";
import { ROOT } from "@/base/project.ts";
import { type Cell, listNotebooks, NOTEBOOKS } from "@tools/notebooks/notebooks.ts";

/** The folder of the cells, from the project folder; inside it, so that its imports hold. */
export const CELLS = ".cells";

export async function readCells(): Promise<[notebook: string, cells: Cell[]][]> {
  return await Promise.all(
    listNotebooks().map(async (name): Promise<[string, Cell[]]> => {
      const text = await Deno.readTextFile(join(NOTEBOOKS, `${name}.ipynb`));
      return [name, JSON.parse(text).cells];
    }),
  );
}

/**
 * Does work while the cells of all notebooks are there as modules.
 *
 * @throws {Claimed} if another process is at such work: whichever ended first would take the cells away
 */
export async function withCells<T>(work: () => Promise<T>, project = ROOT): Promise<T> {
  const lock = join(project, "data", "checks.lock"), folder = join(project, CELLS);
  return await withLock(lock, "checking this project", () => besideCells(folder, work));
}

async function besideCells<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, cells] of await readCells()) {
    await Deno.writeTextFile(join(folder, `${name}.ts`), toModule(cells));
  }
  try {
    return await work();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The code of a notebook as one module, a comment before each cell telling which one it is. */
function toModule(cells: readonly Cell[]): string {
  const code = cells.flatMap(({ cell_type, source }, k) =>
    cell_type === "code" ? [`// cell ${k + 1}\n${source.join("")}\n`] : []
  );
  // at least one export makes a module of it, which may await at its top
  return [...code, "export {};\n"].join("\n");
}
