import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, RUN_WHOLE } from "@/base/project.ts";
import { leaveOut, withFolder } from "@/testing.ts";
import { output, VENV } from "@tools/shared/python.ts";
import { run } from "../support/cli.ts";

const SETUP = ["run", "-A", join(ROOT, "tools", "commands", "setup.ts")];

Deno.test("set-up says in a line a step that all is in place", async () => {
  const { success, text } = await run(Deno.execPath(), SETUP);
  ok(success, text);
  const lines = text.trim().split("\n");
  equal(lines.length, 7, text);
  for (const line of lines) match(line, /^setup: .+ \.\.\. in place$/);
});

Deno.test("set-up names Python where it is missing, and how to install it", async () => {
  await withFolder(async (folder) => {
    const { success, text } = await run(Deno.execPath(), SETUP, { PATH: folder });
    equal(success, false);
    match(text, /Python 3\.10 to 3\.13 with venv is needed; found none\./);
    match(text, /Debian, Ubuntu +sudo apt install python3 python3-venv/);
    match(text, /Fedora +sudo dnf install python3/);
    match(text, /macOS +brew install/);
  });
});

Deno.test("set-up says that a Python is without venv", async () => {
  await withFolder(async (folder) => {
    const python = await output("python3", ["-c", "import sys; print(sys.executable)"]);
    const script = `#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec ${python} "$@"\n`;
    await Deno.writeTextFile(join(folder, "python3"), script, { mode: 0o755 });
    const { success, text } = await run(Deno.execPath(), SETUP, { PATH: folder });
    equal(success, false);
    match(text, /with venv is needed; found 3\.\d+ without venv\./);
    match(text, /sudo apt install python3 python3-venv/);
  });
});

Deno.test("set-up names the compiler where it is missing, and how to install it", async () => {
  await withFolder(async (folder) => {
    const python = await output("python3", ["-c", "import sys; print(sys.executable)"]);
    await Deno.symlink(python, join(folder, "python3"));
    const { success, text } = await run(Deno.execPath(), SETUP, { PATH: folder });
    equal(success, false);
    match(text, /g\+\+ was not found\./);
    match(text, /Debian, Ubuntu +sudo apt install g\+\+/);
  });
});

/** Copies what set-up reads of the project. */
async function copyProject(folder: string): Promise<string> {
  const project = join(folder, "project");
  for (const name of ["deno.json", "deno.lock", "lib/base", "tools", "web/deno.json"]) {
    await cp(join(ROOT, name), join(project, name), { recursive: true });
  }
  return project;
}

function setUpCopy(project: string, env: Record<string, string> = {}) {
  const args = ["run", "-A", "--cached-only", "--no-lock", "--node-modules-dir=none"];
  return run(Deno.execPath(), [...args, join(project, "tools", "commands", "setup.ts")], env);
}

Deno.test("set-up makes the environment anew if its Python has become another", async () => {
  await withFolder(async (folder) => {
    const project = await copyProject(folder), venv = join(project, ".venv");
    const lists = (await Deno.readTextFile(join(VENV, "begun-from.txt"))).replace(VENV, venv);
    await Deno.writeTextFile(join(project, "deno.lock"), "{"); // so that no package is fetched
    await Deno.mkdir(join(venv, "bin"), { recursive: true });
    await Deno.writeTextFile(join(venv, "begun-from.txt"), lists);
    const python = await output("python3", ["-c", "import sys; print(sys.executable)"]);
    const script =
      `#!/bin/sh\ncase "$2" in venv) echo a new one; exit 1;; esac\nexec ${python} "$@"\n`;
    await Deno.writeTextFile(join(folder, "python3"), script, { mode: 0o755 });
    const { text } = await setUpCopy(project, { PATH: `${folder}:${Deno.env.get("PATH")}` });
    match(text, /Python environment with TensorFlow \.\.\. failed/);
  });
});

Deno.test("set-up refuses to fill a folder through a link, and leaves what it leads to", async () => {
  await withFolder(async (folder) => {
    const project = await copyProject(folder), other = join(folder, "other");
    await Deno.mkdir(other);
    await Deno.writeTextFile(join(other, "pyvenv.cfg"), "");
    await Deno.symlink(other, join(project, ".venv"));
    const { success, text } = await setUpCopy(project);
    equal(success, false);
    match(text, /project\/\.venv is a link to .*other: set-up would write there.*Remove the link/);
    ok(existsSync(join(other, "pyvenv.cfg")));
    equal(existsSync(join(project, "data")), false);
  });
});

/** The words before a command that has it run by another user; the system's user of least rights. */
const AS_NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const NAME = "where one user has set up, another finds all in place, and is answered";

if (Deno.uid() === 0 && await output("setpriv", [...AS_NOBODY, "cat", join(ROOT, "deno.json")])) {
  Deno.test(NAME, async () => {
    await withFolder(async (folder) => {
      await Deno.chmod(folder, 0o777);
      const deno = join(folder, "deno"), photo = join(folder, "a.jpg");
      await Deno.copyFile(Deno.execPath(), deno); // it may lie where nobody else may look
      await Deno.copyFile(join(ROOT, "lib", "testdata", "rgb.jpg"), photo);
      const asNobody = (args: string[]) =>
        run("setpriv", [...AS_NOBODY, deno, ...args], {
          ...{
            HOME: folder,
            DENO_DIR: join(folder, "cache"),
            HUMAN_AGE_WORK: join(folder, "work"),
          },
          TMPDIR: folder,
        });
      const lock = join(ROOT, "data", "setup.lock"), before = Deno.statSync(lock).mtime;
      const { success, text } = await asNobody(["run", "-A", SETUP[2]!]);
      ok(success, text);
      equal(text.match(/in place$/gm)?.length, 7, text);
      deepEqual(Deno.statSync(lock).mtime, before);
      const program = join(ROOT, "tools", "commands", "predict.ts");
      match((await asNobody([...RUN_WHOLE, program, photo])).text, /a\.jpg .*no face found/);
    });
  });
} else {
  leaveOut(NAME, "needs root, setpriv, and a folder that others may read");
}
