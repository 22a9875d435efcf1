/**
 * Opens JupyterLab on the notebooks.
 *
 * @module
 */
import { ROOT } from "@/base/project.ts";
import { command, runCommand } from "@tools/command.ts";
import { jupyterSettings, PYTHON } from "@tools/python.ts";

/** Settings of our own: no questions about news, no look-ups on the network. */
const SETTINGS = [
  `--ServerApp.root_dir=${ROOT}`,
  "--LabApp.default_url=/lab/tree/notebooks",
  "--LabApp.news_url=None",
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
  // JupyterLab refuses to run as root, as people in containers do, unless told so
  ...(Deno.uid() === 0 ? ["--allow-root"] : []),
];

async function openLab(settings: readonly string[]): Promise<void> {
  const args = ["-m", "jupyterlab", ...SETTINGS, ...settings];
  const { code } = await new Deno.Command(PYTHON, { args, env: jupyterSettings() }).spawn().status;
  Deno.exit(code);
}

await runCommand(
  command("lab", "Opens JupyterLab on the notebooks.")
    .argument("[settings...]", "JupyterLab's own, such as: deno task lab -- --no-browser")
    .action(openLab),
);
