/**
 * Opens JupyterLab on the notebooks.
 *
 * @module
 */
import { ROOT } from "@/base/project.ts";
import { jupyterSettings, PYTHON } from "@tools/python.ts";

// JupyterLab refuses to run as root, as people in containers do, unless told so
const root = Deno.uid() === 0 ? ["--allow-root"] : [];
const { code } = await new Deno.Command(PYTHON, {
  args: [
    ...[
      "-m",
      "jupyterlab",
      `--ServerApp.root_dir=${ROOT}`,
      "--LabApp.default_url=/lab/tree/notebooks",
    ],
    // no questions about news, no look-ups on the network
    ...[
      "--LabApp.news_url=None",
      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ],
    ...root,
    ...Deno.args,
  ],
  env: jupyterSettings(),
}).spawn().status;
Deno.exit(code);
