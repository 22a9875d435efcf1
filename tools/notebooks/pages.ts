/** Executed notebooks as web pages. */
import { basename, join } from "node:path";
import { writeWhole } from "@/base/files.ts";
import { jupyterSettings, PYTHON } from "@tools/shared/python.ts";

/** A page needs nothing from the network: the scripts that Jupyter would load there are left out. */
const SETTINGS = ["require_js_url", "mathjax_url"].map((name) => `--HTMLExporter.${name}=`);

/**
 * Writes an executed notebook into a folder as one web page, its figures in it, and returns the page's
 * path. Links from notebook to notebook lead from page to page.
 *
 * @throws {Error} if Jupyter cannot convert the notebook
 */
export async function writePage(notebook: string, folder: string): Promise<string> {
  const page = join(folder, `${basename(notebook, ".ipynb")}.html`);
  const args = ["-m", "nbconvert", "--to", "html", "--stdout", "--log-level=ERROR", ...SETTINGS];
  const command = new Deno.Command(PYTHON, { args: [...args, notebook], env: jupyterSettings() });
  const { success, stdout, stderr } = await command.output();
  if (!success) {
    throw new Error(`Cannot make a page of ${notebook}. ${new TextDecoder().decode(stderr)}`);
  }
  const html = new TextDecoder().decode(stdout);
  const linked = html.replaceAll(/(href="[\w./-]+)\.ipynb(["#])/g, "$1.html$2");
  await writeWhole(page, (part) => Deno.writeTextFile(part, linked));
  return page;
}
