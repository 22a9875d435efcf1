/** The checks of the project: each is a run of Deno that tells of faults. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { CELLS } from "@tools/checks/cells.ts";

/** A check: its name, and what Deno is given; `counts` where each of its tests counts. */
export interface Check {
  name: string;
  args: string[];
  counts?: boolean;
  /** The command that runs it alone, if not those same arguments. */
  alone?: string;
}

/** After set-up nothing is fetched any more; types are checked once, for all. */
const TEST = ["test", "--cached-only", "--no-check"];

/** Static checks of all code, that of cells and examples too. */
export const STATIC: Check[] = [
  checkCode("types", "check", "--quiet", "--doc", "lib", "tools", "bench", "tests", "web"),
  checkCode("formatting", "fmt", "--check", "."),
  checkCode("lint", "lint", "."),
  { name: "notebooks", args: ["run", "-A", "tools/checks/check_notebooks.ts"] },
  { name: "style", args: ["run", "-A", "tools/checks/check_style.ts"] },
];

/** The rules of the rooms; of the tests that need permissions, the one that takes no set-up. */
export const ROOMS: Check = {
  name: "rooms",
  args: [...TEST, "--allow-read", "tests/project/rooms_test.ts"],
  counts: true,
};

/** The tests of `lib` that need no permissions, room by room. */
export const PURE: Check[] = roomsWith("*_test.ts").map((room) => ({
  name: `tests of ${room} without permissions`,
  args: [...TEST, room],
  counts: true,
}));

/** The examples in the docstrings of `lib`, room by room. */
export const EXAMPLES: Check[] = roomsWith("*.ts").map((room) => ({
  name: `examples of ${room}`,
  args: [...TEST, "-A", "--doc", "--ignore=lib/**/*_test.ts", room],
  counts: true,
}));

/** The tests of `lib` that need permissions, file by file. */
export const PERMITTED: Check[] = filesLike("lib/*/**/*_test.ts")
  .filter((file) => /testing\.ts"/.test(Deno.readTextFileSync(join(ROOT, file))))
  .map((file) => checkFile(file, "--preload=tools/checks/skip_pure_tests.ts"));

export const WHOLE: Check[] = filesLike("tests/*/*_test.ts")
  .filter((file) => !ROOMS.args.includes(file))
  .map((file) => checkFile(file));

/** Also of the cells, which lie beside the code while all checks run. */
function checkCode(name: string, ...args: string[]): Check {
  return { name, args: [...args, CELLS], alone: "deno task check" };
}

/** Finds files by a pattern, from the project folder, with slashes on every system. */
function filesLike(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT }).map((file) => file.replaceAll("\\", "/")).sort();
}

function roomsWith(files: string): string[] {
  const rooms = filesLike(`lib/*/**/${files}`).map((file) => file.split("/").slice(0, 2).join("/"));
  return [...new Set(rooms)].sort();
}

function checkFile(file: string, ...options: string[]): Check {
  const args = [...TEST, "-A", ...options, file];
  return { name: file, args, counts: true, alone: `deno test -A ${file}` };
}
