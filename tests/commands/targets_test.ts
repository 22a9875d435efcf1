import { equal, match, throws } from "node:assert/strict";
import { join } from "node:path";
import { withFolder, withWork } from "@/testing.ts";
import { modelNames } from "@/answers/model_folder.ts";
import { checkTargets, modelTarget } from "@tools/shared/targets.ts";

const { module: { runHere } } = await withWork(() => import("../support/here.ts"));

const [MODEL] = modelNames();

/** A command whose options name what is not its own, in a folder with a table and a drawing of somebody's. */
interface Case {
  tool: string;
  args: (at: (...names: string[]) => string) => string[];
  /** The files that must be as they were, each of which is named. */
  files: string[];
}

const CASES: Case[] = [
  {
    tool: "evaluate",
    args: (at) => [MODEL!, "--out", at("mine.csv"), "--figures", at()],
    files: ["mine.csv", "figure09_confusion.svg", "measures.csv"],
  },
  {
    tool: "cross_validate",
    args: (at) => ["IV", "--out", at("mine.csv"), "--figures", at()],
    files: ["mine.csv", "figure_folds.svg"],
  },
  {
    tool: "label_errors",
    args: (at) => [at("other.csv"), "--out", at("mine.csv")],
    files: ["mine.csv"],
  },
  {
    tool: "search",
    args: (at) => ["--budget", "9", "--figures", at()],
    files: ["leaderboard.csv"],
  },
  { tool: "ablation", args: (at) => ["--figures", at()], files: ["ablation.csv"] },
  { tool: "reproduce", args: (at) => ["--only", "01", "--html", at()], files: ["01_eda.html"] },
  {
    tool: "ship",
    args: (at) => [at("run"), "--name", "mine", "--out", at()],
    files: ["mine/README.md"],
  },
];

for (const { tool, args, files } of CASES) {
  Deno.test(`${tool} leaves files that it has not written, and names them`, async () => {
    await withFolder(async (folder) => {
      await Deno.mkdir(join(folder, "mine"));
      for (const file of files) await Deno.writeTextFile(join(folder, file), "mine");
      const { code, err } = await runHere(tool, args((...names) => join(folder, ...names)));
      equal(code, 1);
      match(err, /Nothing was done:/);
      for (const file of files) {
        match(err, new RegExp(`${folder}/${file.split("/")[0]} was not written by this command`));
        equal(await Deno.readTextFile(join(folder, file)), "mine");
      }
    });
  });
}

Deno.test("label-errors does not write over the table that it reads, even if forced", async () => {
  await withFolder(async (folder) => {
    const table = join(folder, "table.csv");
    await Deno.writeTextFile(table, "photo,age,label,suggested,\n");
    const { code, err } = await runHere("label_errors", [table, "--out", table, "--force"]);
    equal(code, 1);
    match(err, /table.csv is read by this command/);
  });
});

Deno.test("checkTargets() takes what is new, empty, its own or forced", async () => {
  await withFolder(async (folder) => {
    const at = (name: string) => join(folder, name), option = "--out";
    for (const [name, text] of [["empty", ""], ["own", "own"], ["other", "other"]] as const) {
      await Deno.writeTextFile(at(name), text);
    }
    const isOurs = (path: string) => Deno.readTextFileSync(path) === "own";
    const check = (name: string, force = false, reads: string[] = []) => (
      checkTargets([{ option, path: at(name), isOurs }], { reads, force })
    );
    for (const name of ["new", "empty", "own"]) check(name);
    check("other", true);
    throws(() => check("other"), /other was not written by this command/);
    throws(() => check("own", true, [at("own")]), /own is read by this command/);
    throws(() => check("other", true, [folder]), /other lies among what this command reads/);
    throws(
      () => checkTargets([{ option, path: "/dev/null" }], { reads: [], force: true }),
      /--out \/dev\/null is a device or a pipe/,
    );
    await Deno.link(at("own"), at("linked"));
    throws(() => check("linked", true, [at("own")]), /linked is read by this command/);
  });
});

Deno.test("checkTargets() finds two that are one among very many, at once", async () => {
  await withFolder((folder) => {
    const path = (k: number) => join(folder, `IMG_${String(k).padStart(6, "0")}.jpg.xmp`);
    const targets = Array.from({ length: 60_000 }, (_, k) => ({ option: "--xmp", path: path(k) }));
    const again = { option: "--xmp", path: path(7) };
    throws(() => checkTargets([...targets, again], { reads: [] }), {
      message: `Nothing was done:\n  --xmp ${path(7)} would be written twice`,
    });
  });
});

Deno.test("modelTarget() takes a model that the same command has made", async () => {
  await withFolder(async (folder) => {
    const card = join(folder, "model_card.json");
    const refused = { message: /was not written by this command/ };
    for (const [isCalibrated, text] of [[true, '{"calibration":{}}'], [false, "{}"]] as const) {
      await Deno.writeTextFile(card, text);
      checkTargets([modelTarget(folder, { isCalibrated })], { reads: [] });
      const other = modelTarget(folder, { isCalibrated: !isCalibrated });
      throws(() => checkTargets([other], { reads: [] }), refused);
      checkTargets([other], { reads: [], force: true });
    }
  });
});

Deno.test("checkTargets() names ten faults, and counts the others", async () => {
  await withFolder((folder) => {
    const targets = Array.from({ length: 13 }, (_, k) => (
      { option: "--out", path: join(folder, `${k}.txt`), endings: [".csv"] }
    ));
    throws(() => checkTargets(targets, { reads: [] }), (error: Error) => (
      error.message.split("\n").length === 12 && error.message.endsWith("and 3 more")
    ));
  });
});
