/**
 * Checks the notebooks: that each is committed with the outputs of a run from top to bottom, and that none shows a photo
 * other than the sample's.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { readCells } from "@tools/checks/cells.ts";
import type { Cell } from "@tools/notebooks/notebooks.ts";
import { contentOf, picturesOf, strangers } from "@tools/checks/pictures.ts";

/** Lists the signs that a notebook was not run from top to bottom without an error. */
function runFaults(name: string, cells: readonly Cell[]): string[] {
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  return code.flatMap(({ execution_count, outputs = [] }, k) => {
    const failed = outputs.some(({ output_type }) => output_type === "error");
    if (execution_count === k + 1 && !failed) return [];
    const fault = `code cell ${k + 1} was not run in its turn, or failed`;
    return [`${name}: ${fault}. Run \`deno task reproduce\`.`];
  });
}

function readFigures(): Set<string> {
  const paths = globSync("figures/**/*.{png,svg}", { cwd: ROOT }).map((path) => join(ROOT, path));
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

const figures = readFigures();
const faults = (await readCells()).flatMap(([name, cells]) => [
  ...runFaults(name, cells),
  ...pictureFaults(name, cells, figures),
]);
faults.forEach((fault) => console.error(fault));
Deno.exit(faults.length === 0 ? 0 : 1);
