import { equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { withFolder } from "@/testing.ts";
import { output } from "@tools/shared/python.ts";
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
