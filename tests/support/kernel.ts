/**
 * A kernel in which cells run and are interrupted, as in a front end.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ROOT } from "@/base/project.ts";
import { NOTEBOOKS } from "@tools/notebooks/notebooks.ts";
import { jupyterSettings, PYTHON } from "@tools/shared/python.ts";

/** What came of a cell. */
export interface CellResult {
  /** Its traceback; null if it did not fail. */
  error: string | null;
  seconds: number;
  /** How many seconds after the interruption it ended; null if it ended before. */
  late: number | null;
  /** Processes that the kernel has started, and that still run. */
  children: string[];
}

/** A kernel at work. */
export interface Kernel {
  /** Runs a cell; interrupts it after some seconds. */
  run(code: string, interrupt?: number): Promise<CellResult>;
  end(): Promise<void>;
}

/** Starts a kernel by its name, with further environment variables. */
export function openKernel(name: string, env: Record<string, string>): Kernel {
  Deno.mkdirSync(jupyterSettings().IPYTHONDIR!, { recursive: true });
  const child = new Deno.Command(PYTHON, {
    args: [join(ROOT, "tests", "support", "kernel.py"), name, NOTEBOOKS],
    env: { ...jupyterSettings(), NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const stdout: ReadableStream<Uint8Array> = child.stdout;
  const input = Readable.fromWeb(stdout as Parameters<typeof Readable.fromWeb>[0]);
  const answers = createInterface({ input })[Symbol.asyncIterator]();
  const writer = child.stdin.getWriter();
  return {
    async run(code, interrupt) {
      const line = JSON.stringify({ code, interrupt: interrupt ?? null }) + "\n";
      await writer.write(new TextEncoder().encode(line));
      const { value } = await answers.next();
      return JSON.parse(value!);
    },
    async end() {
      await writer.close();
      await child.status;
    },
  };
}

/**
 * Writes the kernel that `deno jupyter --install` installs into a folder, under the name `plain`; to be
 * named in JUPYTER_PATH.
 */
export async function installPlainKernel(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "kernels", "plain"), { recursive: true });
  const argv = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
  const spec = { argv, display_name: "Plain", language: "typescript" };
  await Deno.writeTextFile(join(folder, "kernels", "plain", "kernel.json"), JSON.stringify(spec));
}
