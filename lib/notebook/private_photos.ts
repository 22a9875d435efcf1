/** Keeping photos of people out of notebooks that are under version control. */
import { join, relative, resolve } from "node:path";
import { figuresFolder, ROOT, SAMPLE } from "@/base/project.ts";

/** The variables that name the notebook: the first is set by `reproduce`, the second by Jupyter's server. */
const VARIABLES = ["HUMAN_AGE_NOTEBOOK", "JPY_SESSION_NAME"];

/** The notebooks under version control. */
const NOTEBOOKS = join(ROOT, "notebooks");

/**
 * Tells whether photos of a data set may be shown in the notebook that runs: those of the sample in any, those
 * of people in a private copy alone. A notebook whose path nobody tells counts as one under version control.
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
    `in \`${figure}\`. To see it here, run \`deno task reproduce --data FOLDER\`, and open ` +
    `the copy of the notebook that it makes in \`data/notebooks/${data.name}/\`.*`;
}
