/**
 * Brings a fresh clone to the point where everything runs; does nothing that is done already.
 *
 * Writes inside the project folder alone, apart from the caches of npm, Deno, pip and uv.
 */
import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { CUT_LIBRARY, OP_LIBRARIES, ROOT, SQUARE_LIBRARY } from "@/base/project.ts";
import { readerOf, sourcesOf } from "@/base/sources.ts";
import { shareOut } from "@/base/worker_process.ts";
import { adviceFor } from "@tools/setup/setup_advice.ts";
import INSTALL from "@tools/setup/install.json" with { type: "json" };
import { nvidiaLibraries, output, packageFolder, PYTHON, VENV } from "@tools/shared/python.ts";

/** One step: what it makes, and how; `make` returns false where nothing was to be done. */
type Step = { name: string; make: (once: Once) => Promise<boolean> };

/** Makes something unless the file at `path`, its receipt, says already what is `wanted`, word by word. */
type Once = (path: string, wanted: string, make?: () => Promise<void>) => Promise<boolean>;

/** The versions of Python that the TensorFlow wheel is made for. */
const PYTHONS = ["3.10", "3.11", "3.12", "3.13"];

/**
 * Steps in a row of this table are made at the same time. What is in C++ needs nothing of Python but
 * TensorFlow's own package, so it is compiled while the other packages are fetched.
 */
const STAGES: Step[][] = [
  [{ name: "programs (python3 with venv, g++)", make: checkPrograms }],
  [
    { name: "npm packages", make: installPackages },
    { name: "Python environment with TensorFlow", make: makeEnvironment },
  ],
  [
    { name: "Jupyter and what TensorFlow needs", make: installOthers },
    { name: "TensorFlow binding, squares, ops", make: compileAll },
  ],
  [
    { name: "Jupyter kernel", make: installKernel },
    { name: "JupyterLab settings", make: writeLabSettings },
  ],
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
  const needed = `Python ${PYTHONS[0]} to ${PYTHONS.at(-1)} with venv is needed;`;
  throw missing("python3", `${needed} found ${found.join(", ") || "none"}.`);
}

function missing(program: keyof typeof INSTALL, reason = `${program} was not found.`): Error {
  const ways = Object.entries(INSTALL[program])
    .map(([system, command]) => `  ${system.padEnd(16)}${command}`);
  return new Error([reason, "Install it, then run the same command again:", ...ways].join("\n"));
}

/** Installs the npm packages; those of `predict` lie in the cache of whoever runs this, and are no part of the folder. */
async function installPackages(once: Once): Promise<boolean> {
  const lists = ["deno.json", "deno.lock"].map((name) => Deno.readTextFile(join(ROOT, name)));
  const receipt = join(ROOT, "node_modules", ".made-from.txt");
  const install = async () => {
    await run(Deno.execPath(), ["install", "--quiet"]);
    // some packages come readable by their owner alone; without "a", chmod minds the umask
    if (Deno.build.os !== "windows") await run("find", READABLE);
  };
  const made = await once(receipt, (await Promise.all(lists)).join("\n"), install);
  const isLooking = once === requireInPlace;
  // whoever has not set up fetches those packages when they are needed
  if (isLooking && !await isWritable(ROOT)) return made;
  await run(Deno.execPath(), [...FETCH_ANSWERS, ...isLooking ? ["--cached-only"] : []]);
  return made;
}

const READABLE = [
  ...["node_modules", "!", "-type", "l", "!", "-perm", "-g+r"],
  ...["-exec", "chmod", "+rX", "{}", "+"],
];

/** Fetches the packages of `deno task predict`, which lie in Deno's cache alone. */
const FETCH_ANSWERS = [
  ...["cache", "--quiet", "--frozen", "--config=deno.answers.json", "--node-modules-dir=none"],
  "tools/commands/predict.ts",
];

/** A file of requirements, whose versions are exact. */
const listed = (name: string) => join(ROOT, "tools", "shared", `requirements${name}.txt`);

/** The requirements of this machine's TensorFlow, and of all else. */
async function requirements(): Promise<[tensorFlow: string, others: string]> {
  const gpu = await output("nvidia-smi", []) !== "";
  return [listed(gpu ? "-gpu" : "-cpu"), listed("")];
}

/** The receipt of an environment, which is made anew when a version, or the project's place, changes. */
async function madeFrom(lists: string[]): Promise<string> {
  return [VENV, ...await Promise.all(lists.map((list) => Deno.readTextFile(list)))].join("\n");
}

/**
 * Tells whether the environment's Python is gone, or has become another version, which finds none of its packages. One
 * that this user may not start is neither: its owner has set up.
 */
async function hasLostPython(): Promise<boolean> {
  try {
    return !(await new Deno.Command(PYTHON, { args: ["-Ic", "import pip"] }).output()).success;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/** Makes an environment that holds TensorFlow alone, without what it needs to run. */
async function makeEnvironment(once: Once): Promise<boolean> {
  const lists = await requirements(), [tensorFlow] = lists, receipt = join(VENV, "begun-from.txt");
  if (await hasLostPython()) await once(receipt, "for a Python that is lost");
  return await once(receipt, await madeFrom(lists), async () => {
    await run(await findPython(), ["-m", "venv", "--clear", VENV]);
    await run(PYTHON, [...PIP, "-r", listed("-uv")]).catch(() => {}); // pip does without
    await install(["--no-deps", "-r", tensorFlow]);
  });
}

async function installOthers(once: Once): Promise<boolean> {
  const lists = await requirements(), packages = lists.flatMap((list) => ["-r", list]);
  const receipt = join(VENV, "made-from.txt");
  return await once(receipt, await madeFrom(lists), () => install(packages));
}

/** Neither compiles to bytecode, which takes longer than it saves in a run. */
const PIP = ["-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"];
const UV = ["-m", "uv", "pip", "install", "--quiet", "--python", PYTHON];

/** Installs Python packages with uv, or, where that is missing or does not reach them, with pip. */
async function install(packages: string[]): Promise<void> {
  await run(PYTHON, [...UV, ...packages]).catch(() => run(PYTHON, [...PIP, ...packages]));
}

/** Compiles all C++ against the TensorFlow wheel, as many at a time as there are cores, the longest sources first. */
async function compileAll(once: Once): Promise<boolean> {
  const wheel = packageFolder("tensorflow") ?? "";
  const length = ({ code }: Library) => code.join("").length;
  const libraries = [SQUARE_LIBRARY, CUT_LIBRARY, ...OP_LIBRARIES].map(readLibrary)
    .toSorted((a, b) => length(b) - length(a));
  const works = [
    ...libraries.map((library) => () => compileLibrary(library, wheel, once)),
    () => compileBinding(wheel, once),
  ];
  const lanes = Array(navigator.hardwareConcurrency).fill(null);
  const made = await shareOut(works, lanes, (work) => work());
  return made.includes(true);
}

/** Compiles the tfjs binding to where tfjs looks. (The package's install script would fetch a library of 2022.) */
async function compileBinding(wheel: string, once: Once): Promise<boolean> {
  const tfjs = await Deno.realPath(join(ROOT, "node_modules/@tensorflow/tfjs-node-gpu"));
  const napi = await Deno.realPath(join(ROOT, "node_modules/node-api-headers"));
  const folder = join(tfjs, "lib", "napi-v8");
  const args = compilerArguments(wheel, [
    ...["-O2", "-DNAPI_VERSION=8", `-I${join(napi, "include")}`, `-I${tfjs}`],
    ...["backend", "binding"].map((name) => join(tfjs, "binding", `tfjs_${name}.cc`)),
  ]);
  const binding = join(folder, "tfjs_binding.node");
  return await once(join(folder, "made-from.txt"), args.join(" "), () => compile(args, binding));
}

/** No multiplication and addition are made one unless the code says so: compilers and processors differ in when. */
const FLAGS = ["-O3", "-ffp-contract=off", "-fno-trapping-math"];

/** A library of the project: where it is put, the file in `lib` of its name, and all code, besides TensorFlow's headers. */
function readLibrary(library: string) {
  const source = join("lib", "native", `${basename(library, ".so")}.cc`);
  return { library, source, code: [...sourcesOf(source, readerOf(ROOT)).values()] };
}

type Library = ReturnType<typeof readLibrary>;

async function compileLibrary({ library, source, code }: Library, wheel: string, once: Once) {
  const linked = library === SQUARE_LIBRARY ? ALL_OF_TENSORFLOW : C_INTERFACE;
  const args = compilerArguments(wheel, [...FLAGS, join(ROOT, source)], linked);
  const wanted = [...args, ...code].join(" ");
  return await once(`${library}.made-from.txt`, wanted, () => compile(args, library));
}

/** TensorFlow's libraries. What ops call is in one of them; the other has 0.8 GB, which take the linker two seconds. */
const ALL_OF_TENSORFLOW = /^libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/;
const C_INTERFACE = /^libtensorflow_framework\.(so\.2|2\.dylib)$/;

/** The headers of TensorFlow, and those of JPEG, which they include: few systems have these. */
const HEADERS = ["include", "include/external/libjpeg_turbo"];

/** Arguments that make a library which calls TensorFlow's; the linker wants those libraries last. */
function compilerArguments(wheel: string, own: string[], linked = ALL_OF_TENSORFLOW): string[] {
  const libraries = [...Deno.readDirSync(wheel)].map(({ name }) => name)
    .filter((name) => linked.test(name)).sort();
  // ops cannot be taken out of TensorFlow again: a library that has been loaded is to stay
  const isMac = Deno.build.os === "darwin";
  return [
    ...["-std=c++17", "-fPIC", "-shared"],
    ...isMac ? ["-undefined", "dynamic_lookup"] : ["-Wl,-z,nodelete"],
    // headers without their warnings, which take a fifth of the time
    ...HEADERS.flatMap((name) => ["-isystem", join(wheel, name)]),
    ...[...own, ...libraries.map((name) => join(wheel, name))],
    ...["-Xlinker", "-rpath", "-Xlinker", wheel], // -Wl would end the path at a comma
  ];
}

async function compile(args: string[], library: string): Promise<void> {
  await Deno.mkdir(dirname(library), { recursive: true });
  await run("g++", [...args, "-o", `${library}.part`]);
  await Deno.rename(`${library}.part`, library);
}

/** Installs the Deno kernel; Jupyter interrupts it with a signal, which `lib/base/interruption.ts` awaits. */
async function installKernel(once: Once): Promise<boolean> {
  const folder = join(VENV, "share", "jupyter", "kernels", "deno");
  const libraries = nvidiaLibraries();
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    env: { NO_COLOR: "1", ...(libraries.length ? { LD_LIBRARY_PATH: libraries.join(":") } : {}) },
  };
  const path = join(folder, "kernel.json");
  if (existsSync(path) && !await isWritable(path)) return false; // it names the Deno of who set up
  return await once(path, JSON.stringify(spec, null, 2) + "\n");
}

async function isWritable(path: string): Promise<boolean> {
  return await access(path, constants.W_OK).then(() => true, () => false);
}

/** Keeps JupyterLab from asking about news, and from looking for new versions on the network. */
async function writeLabSettings(once: Once): Promise<boolean> {
  const notification = { fetchNews: "false", checkForUpdates: false };
  const settings = { "@jupyterlab/apputils-extension:notification": notification };
  const path = join(VENV, "share", "jupyter", "lab", "settings", "overrides.json");
  return await once(path, JSON.stringify(settings, null, 2) + "\n");
}

/** Makes what is missing, and then its receipt. */
const makeMissing: Once = async (path, wanted, make = () => Promise.resolve()) => {
  if (await isInPlace(path, wanted)) return false;
  await make();
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(`${path}.part`, wanted);
  await Deno.rename(`${path}.part`, path);
  return true;
};

const requireInPlace: Once = async (path, wanted) => {
  if (!await isInPlace(path, wanted)) throw new Error(`${path} is missing, or of another version`);
  return false;
};

async function isInPlace(path: string, wanted: string): Promise<boolean> {
  return await Deno.readTextFile(path).catch(() => null) === wanted;
}

async function run(program: string, args: string[]): Promise<void> {
  const command = new Deno.Command(program, { args, cwd: ROOT, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  if (success) return;
  const words = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  const call = `${basename(program)} ${args.join(" ")}`;
  throw new Error(`${call} failed and said:\n${words}${adviceFor(words)}`);
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

/** Makes a step, and says what came of it even if it fails. */
async function outcomeOf({ make }: Step, once: Once) {
  const start = performance.now();
  try {
    const made = await make(once), seconds = Math.ceil((performance.now() - start) / 1000);
    return { words: made ? `made in ${seconds} s` : "in place", error: undefined };
  } catch (error) {
    return { words: "failed", error: error as Error };
  }
}

/** Makes all steps, a line each in their order, also of those that are made at the same time. */
async function setup(): Promise<void> {
  for (const stage of STAGES) {
    const outcomes = stage.map((step) => outcomeOf(step, makeMissing));
    for (const [k, { name }] of stage.entries()) {
      Deno.stdout.writeSync(new TextEncoder().encode(`setup: ${name} ... `));
      console.log((await outcomes[k]!).words);
    }
    const failed = (await Promise.all(outcomes)).find(({ error }) => error);
    if (failed) throw failed.error;
  }
}

/** Says what is not in place, without writing anything: another user may have set up, or the disk be read-only. */
async function missingThings(): Promise<Error[]> {
  const outcomes = await Promise.all(STAGES.flat().map((step) => outcomeOf(step, requireInPlace)));
  return outcomes.flatMap(({ error }) => error ?? []);
}

const FILLED = [VENV, join(ROOT, "node_modules"), join(ROOT, ".build")];

/** Refuses to write through a link into a folder that is somebody else's. */
function requireOwnFolders(): void {
  for (const path of FILLED) {
    if (!existsSync(path) || !Deno.lstatSync(path).isSymlink) continue;
    if ([...Deno.readDirSync(path)].length === 0) continue;
    const target = Deno.realPathSync(path);
    throw new Error(
      `Something is missing, and ${path} is a link to ${target}: set-up would write there, ` +
        "and empties an environment of Python before it makes it. Remove the link, or let it lead to an empty folder",
    );
  }
}

/** Does so alone: a second set-up in the same folder waits, and then finds all in place. */
async function setupAlone([missing]: Error[]): Promise<void> {
  requireOwnFolders();
  using file = await openLock().catch(({ message }) => {
    throw new Error(`${missing!.message}, and ${message}. Let the owner of ${ROOT} set up`);
  });
  await file.lock(true);
  await setup();
}

async function openLock(): Promise<Deno.FsFile> {
  await Deno.mkdir(join(ROOT, "data"), { recursive: true });
  return await Deno.open(join(ROOT, "data", "setup.lock"), { write: true, create: true });
}

try {
  readArguments();
  const missing = await missingThings();
  if (missing.length > 0) await setupAlone(missing);
  else STAGES.flat().forEach(({ name }) => console.log(`setup: ${name} ... in place`));
} catch (error) {
  console.error(`\nSet-up cannot go on. ${(error as Error).message}`);
  Deno.exit(1);
}
