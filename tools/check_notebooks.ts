/**
 * Checks the notebooks: their code, which Deno's own tools pass over, for formatting, lint and types;
 * that each is committed with the outputs of a run from top to bottom; and that none shows a photo
 * other than the sample's.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { listNotebooks, NOTEBOOKS } from "@tools/notebooks.ts";
import { contentOf, picturesOf, strangers } from "@tools/pictures.ts";

interface Cell {
  cell_type: "code" | "markdown";
  source: string[];
  execution_count?: number | null;
  outputs?: { output_type: string; data?: Record<string, unknown> }[];
  attachments?: Record<string, Record<string, unknown>>;
}

/** Where the cells are written as modules; inside the project, so that its imports hold. */
const FOLDER = join(ROOT, ".cells");

/** The code of a notebook as one module, a comment before each cell telling which one it is. */
function toModule(cells: readonly Cell[]): string {
  const code = cells.flatMap(({ cell_type, source }, k) =>
    cell_type === "code" ? [`// cell ${k + 1}\n${source.join("")}\n`] : []
  );
  // at least one export makes a module of it, which may await at its top
  return [...code, "export {};\n"].join("\n");
}

/** What speaks against a notebook's having been run from top to bottom without an error. */
function runFaults(name: string, cells: readonly Cell[]): string[] {
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  return code.flatMap(({ execution_count, outputs = [] }, k) => {
    const failed = outputs.some(({ output_type }) => output_type === "error");
    return execution_count === k + 1 && !failed ? [] : [
      `${name}: code cell ${
        k + 1
      } was not run in its turn, or failed. Run \`deno task reproduce\`.`,
    ];
  });
}

/** The committed figures, to be found by their content. */
function readFigures(): Set<string> {
  const folder = join(ROOT, "figures");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const paths = names.filter((name) => /\.(png|svg)$/.test(name)).map((name) => join(folder, name));
  return new Set(paths.map((path) => contentOf(path, Deno.readFileSync(path))));
}

/** Pictures that might show a person, since the project has not drawn them from the sample. */
function pictureFaults(name: string, cells: readonly Cell[], figures: Set<string>): string[] {
  return cells.flatMap((cell, k) =>
    strangers(picturesOf(cell), figures).map(({ type }) => (
      `${name}: cell ${k + 1} holds a picture (${type}) that is no figure of figures/. ` +
      "Run `deno task reproduce` without --data."
    ))
  );
}

async function run(...args: string[]): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT });
  return (await command.spawn().status).success;
}

const faults: string[] = [], figures = readFigures();
await Deno.mkdir(FOLDER, { recursive: true });
for (const name of listNotebooks()) {
  const { cells } = JSON.parse(await Deno.readTextFile(join(NOTEBOOKS, `${name}.ipynb`)));
  await Deno.writeTextFile(join(FOLDER, `${name}.ts`), toModule(cells));
  faults.push(...runFaults(name, cells), ...pictureFaults(name, cells, figures));
}
faults.forEach((fault) => console.error(fault));
const checks = [["fmt", "--check", FOLDER], ["lint", "--quiet", FOLDER], [
  "check",
  "--quiet",
  FOLDER,
]];
const passed = await Promise.all(checks.map((args) => run(...args)));
await Deno.remove(FOLDER, { recursive: true });
Deno.exit(faults.length === 0 && passed.every(Boolean) ? 0 : 1);
