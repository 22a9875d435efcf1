/**
 * After set-up nothing is fetched: commands run in processes that have no network.
 *
 * @module
 */
import { deepEqual, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "@/base/project.ts";
import { makeScene } from "@/sample/photo/scene.ts";
import { leaveOut, withFolder } from "@/testing.ts";
import { PYTHON } from "@tools/shared/python.ts";
import { putSample, TINIEST } from "../support/begin.ts";
import { type Outcome, run } from "../support/cli.ts";

/** What takes the network away; an ordinary user plays root for it. */
const WITHOUT_NETWORK = [
  ...["unshare", Deno.uid() === 0 ? "-n" : "-rn"],
  ...[PYTHON, join(ROOT, "tests", "support", "offline.py")],
];

/** Runs a command without a network. */
function offline(command: string[], work?: string): Promise<Outcome> {
  const [program, ...args] = [...WITHOUT_NETWORK, ...command];
  return run(program!, args, work ? { HUMAN_AGE_WORK: work } : {});
}

const canDoWithout = Deno.build.os === "linux" &&
  await offline(["true"]).then(({ success }) => success, () => false);

/** Registers a test that takes the network away. */
function testOffline(name: string, body: () => Promise<void>): void {
  if (canDoWithout) Deno.test(name, body);
  else leaveOut(name, "needs the right to take the network away: unshare -n");
}

const task = (...args: string[]) => [Deno.execPath(), "task", ...args];

testOffline("a process without a network has nothing but the loopback interface", async () => {
  const { text } = await offline(["cat", "/proc/net/dev"]);
  deepEqual(Array.from(text.matchAll(/^ *(\w+):/gm), ([, name]) => name), ["lo"]);
});

testOffline("reproduce executes a notebook without a network", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const command = task("reproduce", "--only", "01", "--data", data);
    const { success, text } = await offline(command, work);
    ok(success, text);
    match(text, /01_eda +\d+\.\d +figure/);
  });
});

testOffline("predict answers a photo without a network", async () => {
  await withFolder(async (folder) => {
    const photo = join(folder, "photo.jpg");
    const { file } = await makeScene(7, { width: 500, height: 400, people: 1 });
    await Deno.writeFile(photo, file);
    const { success, text } = await offline(task("predict", photo), folder);
    ok(success, text);
    match(text, /photo\.jpg +1 +\d+×\d+ at \d+,\d+ /);
  });
});

testOffline("a model is trained without a network", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "tiny"), work = join(folder, "work");
    await putSample(data, TINIEST);
    const command = task("train", "IV", "--data", data, "--side", "80", "--epochs", "1");
    const { success, text } = await offline(command, work);
    ok(success, text);
    match(text, /IV: training after 1 epochs/);
  });
});
