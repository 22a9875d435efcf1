/**
 * Brings a fresh clone to the point where everything runs; does nothing that is done already.
 *
 * Writes inside the project folder alone, apart from the caches of npm, Deno and pip.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { CUT_LIBRARY, OP_LIBRARIES, ROOT, SQUARE_LIBRARY } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import { adviceFor } from "@tools/setup_advice.ts";
import { nvidiaLibraries, output, packageFolder, PYTHON, VENV } from "@tools/python.ts";

/** One step: what it makes, and how; `make` returns false where nothing was to be done. */
interface Step {
  name: string;
  make: () => Promise<boolean>;
}

/** How a missing program is installed, by system. */
const INSTALL: Record<string, Record<string, string>> = {
  python3: {
    "Debian, Ubuntu": "sudo apt install python3 python3-venv",
    Fedora: "sudo dnf install python3",
    macOS: "brew install python@3.12",
  },
  "g++": {
    "Debian, Ubuntu": "sudo apt install g++",
    Fedora: "sudo dnf install gcc-c++",
    macOS: "xcode-select --install",
  },
};

/** The versions of Python that the TensorFlow wheel is made for. */
const PYTHONS = ["3.10", "3.11", "3.12", "3.13"];

/** What the binding is given besides its own code. */
const LISTS = join(ROOT, "tools", "binding_lists.h");

const steps: Step[] = [
  { name: "programs (python3 with venv, g++)", make: checkPrograms },
  { name: "npm packages", make: installPackages },
  { name: "Python environment (Jupyter, TensorFlow)", make: makeEnvironment },
  { name: "TensorFlow binding, squares, ops", make: compileAll },
  { name: "Jupyter kernel", make: installKernel },
  { name: "JupyterLab settings", make: writeLabSettings },
];

async function checkPrograms(): Promise<boolean> {
  await findPython();
  if (!await output("g++", ["--version"])) throw missing("g++");
  return false;
}

/** The first Python on the path that TensorFlow supports and that can make environments. */
async function findPython(): Promise<string> {
  const ask = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
  const plain = "import sys; print('%d.%d without venv' % sys.version_info[:2])";
  const found: string[] = [];
  for (const name of ["python3", ...PYTHONS.map((version) => `python${version}`)]) {
    const version = await output(name, ["-c", ask]);
    if (PYTHONS.includes(version)) return name;
    const other = version || await output(name, ["-c", plain]);
    if (other) found.push(other);
  }
  throw missing(
    "python3",
    `Python ${PYTHONS[0]} to ${PYTHONS.at(-1)} with venv is needed; ` +
      (found.length ? `found ${found.join(", ")}.` : "found none."),
  );
}

function missing(program: string, reason = `${program} was not found.`): Error {
  const ways = Object.entries(INSTALL[program]!)
    .map(([system, command]) => `  ${system.padEnd(16)}${command}`);
  return new Error(
    [reason, "Install it, then run the same command again:", ...ways].join("\n"),
  );
}

async function installPackages(): Promise<boolean> {
  const before = existsSync(join(ROOT, "node_modules"));
  await run(Deno.execPath(), ["install", "--quiet"]);
  return !before;
}

/** Makes the environment anew whenever the pinned versions, or the project's place, have changed. */
async function makeEnvironment(): Promise<boolean> {
  const gpu = await output("nvidia-smi", []) !== "";
  const list = join(ROOT, "tools", `requirements-${gpu ? "gpu" : "cpu"}.txt`);
  const common = join(ROOT, "tools", "requirements.txt");
  const wanted = [VENV, await Deno.readTextFile(list), await Deno.readTextFile(common)].join("\n");
  return await once(join(VENV, "made-from.txt"), wanted, async () => {
    await run(await findPython(), ["-m", "venv", "--clear", VENV]);
    await run(PYTHON, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "-r",
      list,
    ]);
  });
}

/** Compiles all that is in C++ against the TensorFlow wheel, each with one g++ command. */
async function compileAll(): Promise<boolean> {
  const wheel = await packageFolder("tensorflow") ?? "";
  const made = await Promise.all([
    compileBinding(wheel),
    ...[SQUARE_LIBRARY, CUT_LIBRARY, ...OP_LIBRARIES].map((library) =>
      compileLibrary(library, wheel)
    ),
  ]);
  return made.includes(true);
}

/**
 * Compiles the tfjs binding and puts it where tfjs looks. (The package's own install script would fetch a
 * library of 2022.)
 */
async function compileBinding(wheel: string): Promise<boolean> {
  const tfjs = await Deno.realPath(join(ROOT, "node_modules/@tensorflow/tfjs-node-gpu"));
  const napi = await Deno.realPath(join(ROOT, "node_modules/node-api-headers"));
  const folder = join(tfjs, "lib", "napi-v8");
  const args = compilerArguments(wheel, [
    ...["-O2", "-DNAPI_VERSION=8", `-I${join(napi, "include")}`, `-I${tfjs}`, "-include", LISTS],
    join(tfjs, "binding", "tfjs_backend.cc"),
    join(tfjs, "binding", "tfjs_binding.cc"),
  ]);
  const wanted = [...args, await Deno.readTextFile(LISTS)].join(" ");
  const binding = join(folder, "tfjs_binding.node");
  return await once(join(folder, "made-from.txt"), wanted, () => compile(args, binding));
}

/**
 * Libraries that give the bytes of Pillow, browsers and TensorFlow's Adam, which multiply and add in two steps; the
 * other ones may do both at once.
 */
const EXACT: ReadonlySet<string> = new Set(["square", "cut", "adamw"]);

/** Compiles a library of the project from the file in `lib` that has its name. */
async function compileLibrary(library: string, wheel: string): Promise<boolean> {
  const source = join("lib", "native", `${basename(library, ".so")}.cc`);
  const contract = `-ffp-contract=${EXACT.has(basename(library, ".so")) ? "off" : "fast"}`;
  const own = ["-O3", contract, "-fno-trapping-math", join(ROOT, source)];
  const args = compilerArguments(wheel, own);
  const wanted = [...args, ...sourcesOf(source, readerOf(ROOT)).values()].join(" ");
  return await once(`${library}.made-from.txt`, wanted, () => compile(args, library));
}

/** Arguments that make a library which calls TensorFlow's; the linker wants those libraries last. */
function compilerArguments(wheel: string, own: string[]): string[] {
  const libraries = [...Deno.readDirSync(wheel)].map(({ name }) => name)
    .filter((name) => /^libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name)).sort();
  // ops cannot be taken out of TensorFlow again: a library that has been loaded is to stay
  const platform = Deno.build.os === "darwin"
    ? ["-undefined", "dynamic_lookup"]
    : ["-Wl,-z,nodelete"];
  return [
    ...["-std=c++17", "-fPIC", "-shared", ...platform, `-I${join(wheel, "include")}`],
    ...own,
    ...libraries.map((name) => join(wheel, name)),
    `-Wl,-rpath,${wheel}`,
  ];
}

async function compile(args: string[], library: string): Promise<void> {
  await Deno.mkdir(dirname(library), { recursive: true });
  await run("g++", [...args, "-o", `${library}.part`]);
  await Deno.rename(`${library}.part`, library);
}

/**
 * Installs the Deno kernel into the project's own Jupyter, under the name a plain install has. Jupyter
 * interrupts it with a signal, which `lib/base/interruption.ts` awaits.
 */
async function installKernel(): Promise<boolean> {
  const folder = join(VENV, "share", "jupyter", "kernels", "deno");
  const libraries = await nvidiaLibraries();
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    env: {
      NO_COLOR: "1",
      ...(libraries.length ? { LD_LIBRARY_PATH: libraries.join(":") } : {}),
    },
  };
  const text = JSON.stringify(spec, null, 2) + "\n";
  return await once(join(folder, "kernel.json"), text);
}

/** Keeps JupyterLab from asking about news, and from looking for new versions on the network. */
async function writeLabSettings(): Promise<boolean> {
  const notification = { fetchNews: "false", checkForUpdates: false };
  const settings = { "@jupyterlab/apputils-extension:notification": notification };
  const path = join(VENV, "share", "jupyter", "lab", "settings", "overrides.json");
  return await once(path, JSON.stringify(settings, null, 2) + "\n");
}

/** Runs `make` and writes the file at `path`, unless it says already what is `wanted`, word by word. */
async function once(
  path: string,
  wanted: string,
  make: () => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  if (await Deno.readTextFile(path).catch(() => null) === wanted) return false;
  await make();
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(`${path}.part`, wanted);
  await Deno.rename(`${path}.part`, path);
  return true;
}

async function run(program: string, args: string[]): Promise<void> {
  const command = new Deno.Command(program, { args, cwd: ROOT, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  if (success) return;
  const words = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(
    `${basename(program)} ${args.join(" ")} failed and said:\n${words}${adviceFor(words)}`,
  );
}

/** Reads the command line by itself: the packages that other commands do so with may be missing. */
function readArguments(): void {
  const { help } = parseArgs({ options: { help: { type: "boolean" } } }).values;
  if (!help) return;
  console.log(
    "Usage: deno task setup\n\nInstalls what is missing; all of it in the project folder.",
  );
  Deno.exit();
}

/** Runs all steps, a line each. */
async function setup(): Promise<void> {
  for (const { name, make } of steps) {
    const start = performance.now();
    Deno.stdout.writeSync(new TextEncoder().encode(`setup: ${name} ... `));
    const made = await make().catch((error) => {
      console.log("failed");
      throw error;
    });
    console.log(made ? `made in ${Math.ceil((performance.now() - start) / 1000)} s` : "in place");
  }
}

/** Does so alone: a second set-up in the same folder waits, and then finds all in place. */
async function setupAlone(): Promise<void> {
  await Deno.mkdir(join(ROOT, "data"), { recursive: true });
  using file = await Deno.open(join(ROOT, "data", "setup.lock"), { write: true, create: true });
  await file.lock(true);
  await setup();
}

try {
  readArguments();
  await setupAlone();
} catch (error) {
  console.error(`\nSet-up cannot go on. ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
