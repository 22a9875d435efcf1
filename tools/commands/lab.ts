import { join, relative } from "node:path";
import { ROOT } from "@/base/project.ts";
import { command, DATA, runCommand } from "@tools/shared/command.ts";
import { copyNotebooks, NOTEBOOKS, openGiven } from "@tools/notebooks/notebooks.ts";
import { jupyterSettings, PYTHON } from "@tools/shared/python.ts";

/** Settings of our own: no questions about news, no look-ups on the network. */
const SETTINGS = [
  `--ServerApp.root_dir=${ROOT}`,
  "--LabApp.news_url=None",
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
  // JupyterLab refuses to run as root, as people in containers do, unless told so
  ...(Deno.uid() === 0 ? ["--allow-root"] : []),
];

/**
 * Copies the notebooks for a data set into the project folder, where alone their imports hold; returns where. They are
 * for people to change: `reproduce` writes its own elsewhere.
 */
async function openCopies(data: string): Promise<string> {
  const set = await openGiven(data), folder = join(ROOT, "data", "lab", set.name);
  await copyNotebooks(set, folder);
  console.log(`The notebooks for ${data} are in ${folder}`);
  return folder;
}

export const program = command(
  "lab",
  "Opens JupyterLab on the notebooks; with --data, on private copies of them.",
)
  .addOption(DATA)
  .argument("[settings...]", "JupyterLab's own, such as: deno task lab -- --no-browser")
  .action(async (settings, { data }) => {
    const folder = data ? await openCopies(data) : NOTEBOOKS;
    const url = `--LabApp.default_url=/lab/tree/${relative(ROOT, folder)}`;
    const args = ["-m", "jupyterlab", ...SETTINGS, url, ...settings];
    const env = { ...jupyterSettings(), ...data ? { HUMAN_AGE_DATA: data } : {} };
    const lab = new Deno.Command(PYTHON, { args, env }).spawn();
    Deno.addSignalListener("SIGTERM", () => lab.kill("SIGTERM"));
    Deno.exit((await lab.status).code);
  });

// JupyterLab asks whether to shut down: it ends first, then we do
if (import.meta.main) await runCommand(program, { ownInterrupt: true });
