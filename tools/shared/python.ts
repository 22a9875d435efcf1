/** The project's own Python environment: where it is, and the settings its programs run with. */
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";

export const VENV = join(ROOT, ".venv");

export const PYTHON = join(VENV, "bin", "python");

/** The folder of an installed Python package, or null where it is not installed. */
export function packageFolder(name: string): string | null {
  const [folder] = globSync(`lib/python3.*/site-packages/${name}`, { cwd: VENV });
  return folder ? join(VENV, folder) : null;
}

/** Folders of a GPU wheel's NVIDIA libraries, for `LD_LIBRARY_PATH`: TensorFlow finds them by itself in Python only. */
export function nvidiaLibraries(): string[] {
  const nvidia = packageFolder("nvidia");
  if (!nvidia) return [];
  const folders = [...Deno.readDirSync(nvidia)].map(({ name }) => join(nvidia, name, "lib"));
  return folders.filter((folder) => existsSync(folder)).sort();
}

/** Settings that keep all that Jupyter writes inside the project folder. */
export function jupyterSettings() {
  const own = join(VENV, "jupyter");
  return {
    JUPYTER_CONFIG_DIR: join(own, "config"),
    JUPYTER_DATA_DIR: join(own, "data"),
    JUPYTER_RUNTIME_DIR: join(own, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(own, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(own, "workspaces"),
    IPYTHONDIR: join(own, "ipython"),
    PYTHONPYCACHEPREFIX: join(own, "bytecode"),
  };
}

/** Returns the output of a program, or an empty text where it is missing or fails. */
export async function output(program: string, args: string[]): Promise<string> {
  try {
    const command = new Deno.Command(program, { args, stdout: "piped", stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : "";
  } catch {
    return "";
  }
}
