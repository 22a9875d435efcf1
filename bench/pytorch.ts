/** PyTorch as a baseline: a Python environment of its own, made when a benchmark first asks for it. */
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { writeText } from "@/base/files.ts";
import type { Program } from "@bench/program.ts";
import { PYTHON } from "@tools/shared/python.ts";

const FOLDER = join(ROOT, ".build", "pytorch");
const REQUIREMENTS = join(ROOT, "tools", "shared", "requirements-pytorch.txt");

let making: Promise<void> | undefined;

export function pytorch(task: string, job: () => unknown): Program {
  return {
    command: [join(FOLDER, "bin", "python"), join(ROOT, "bench", "pytorch_baseline.py"), task],
    env: { PYTHONDONTWRITEBYTECODE: "1", TORCHINDUCTOR_CACHE_DIR: join(FOLDER, "compiled") },
    job: async () => {
      await (making ??= makeEnvironment());
      return await job();
    },
  };
}

/** Tells whether the processor computes in bfloat16; false where the system does not tell. */
export async function hasBfloat16(): Promise<boolean> {
  const processor = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return / (avx512_bf16|amx_bf16) /.test(processor);
}

/** Makes the environment, unless it is there with the very versions that are asked for. */
async function makeEnvironment(): Promise<void> {
  const made = join(FOLDER, "made-from.txt"), wanted = await Deno.readTextFile(REQUIREMENTS);
  if (await Deno.readTextFile(made).catch(() => null) === wanted) return;
  console.log("PyTorch is installed for its benchmarks: some gigabytes, once\n");
  await run(PYTHON, ["-m", "venv", "--clear", FOLDER]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await run(join(FOLDER, "bin", "python"), [...pip, "-r", REQUIREMENTS]);
  await writeText(made, wanted);
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) {
    throw new Error(`PyTorch cannot be installed:\n${new TextDecoder().decode(stderr)}`);
  }
}
